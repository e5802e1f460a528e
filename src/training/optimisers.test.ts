import { describe, expect, test } from 'vitest';
import { runOnce } from '../../test/conformance/run.ts';
import { createRandom } from '../base/random.ts';
import { float32 } from '../engine/engine.ts';
import { nodeEngine } from '../engine/node.ts';
import { input } from '../graph/ops/input.ts';
import { evaluate } from '../graph/reference.ts';
import { makeOptimiser, optimiserSchema } from './optimisers.ts';

const SIZE = 7;
const STEPS = 25;

interface Setting {
  readonly optimizer: 'adam' | 'adamw' | 'sgd';
  readonly weightDecay: number;
  readonly momentum: number;
  readonly decays: boolean;
}

/** The algorithms as their papers print them, one number at a time in float64. */
function textbook({ optimizer, weightDecay, momentum, decays }: Setting) {
  const decay = decays ? weightDecay : 0;
  let [m, v] = [0, 0];
  return (theta: number, gradient: number, rate: number, t: number): number => {
    if (optimizer === 'sgd') {
      m = momentum * m + gradient + decay * theta;
      return theta - rate * m;
    }
    const g = optimizer === 'adam' ? gradient + decay * theta : gradient;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g ** 2;
    const step = (rate * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
    return theta - step - (optimizer === 'adamw' ? rate * decay * theta : 0);
  };
}

const settings: readonly Setting[] = [
  { optimizer: 'adam', weightDecay: 0, momentum: 0.9, decays: true },
  { optimizer: 'adam', weightDecay: 0.1, momentum: 0.9, decays: true },
  { optimizer: 'adam', weightDecay: 0.1, momentum: 0.9, decays: false },
  { optimizer: 'adamw', weightDecay: 0, momentum: 0.9, decays: true },
  { optimizer: 'adamw', weightDecay: 0.1, momentum: 0.9, decays: true },
  { optimizer: 'adamw', weightDecay: 0.1, momentum: 0.9, decays: false },
  { optimizer: 'sgd', weightDecay: 0, momentum: 0, decays: true },
  { optimizer: 'sgd', weightDecay: 0.1, momentum: 0, decays: true },
  { optimizer: 'sgd', weightDecay: 0, momentum: 0.9, decays: true },
  { optimizer: 'sgd', weightDecay: 0.1, momentum: 0.9, decays: true },
  { optimizer: 'sgd', weightDecay: 0.1, momentum: 0.9, decays: false },
];

describe.each(settings)('$optimizer, weight decay $weightDecay, momentum $momentum, decays $decays', (setting) => {
  const { decays, ...options } = setting;
  const optimiser = makeOptimiser(optimiserSchema.parse(options));
  const names = ['parameter', 'gradient', ...Array.from({ length: optimiser.slotCount }, (_, at) => `slot${at}`)];
  const [parameter, gradient, ...slots] = names.map((name) => input(name, 'float32', [SIZE]));
  const scalars = Object.fromEntries(optimiser.scalarNames.map((name) => [name, input(name, 'float32', [])]));
  const next = optimiser.update({ parameter, gradient, slots, scalars, decays });
  const outputs = [next.parameter, ...next.slots];

  // Gradients of very different sizes, some exactly 0; the rate changes from step to step.
  const random = createRandom(6);
  const gradients = Array.from({ length: STEPS }, () =>
    Float32Array.from({ length: SIZE }, (_, i) => (i === 0 ? 0 : random.normal() * 10 ** (i - 4))),
  );
  const rateAt = (step: number): number => 0.05 / step;
  const start = Float32Array.from({ length: SIZE }, () => random.normal());

  async function follow(run: (feeds: Record<string, ArrayLike<number>>) => Promise<readonly ArrayLike<number>[]>) {
    let state: readonly ArrayLike<number>[] = [start, ...slots.map(() => new Float32Array(SIZE))];
    const path: ArrayLike<number>[] = [];
    for (let step = 1; step <= STEPS; step++) {
      const [now, ...memory] = state;
      const numbers = Object.entries(optimiser.scalars(step, rateAt(step))).map(([name, value]) => [name, [value]]);
      const slotFeeds = memory.map((values, at) => [`slot${at}`, values]);
      state = await run({
        parameter: now,
        gradient: gradients[step - 1],
        ...Object.fromEntries([...slotFeeds, ...numbers]),
      });
      path.push(state[0]);
    }
    return path;
  }

  const expected = ((): number[][] => {
    const steppers = Array.from({ length: SIZE }, () => textbook(setting));
    let theta = [...start];
    return gradients.map((g, at) => {
      theta = theta.map((value, i) => steppers[i](value, g[i], rateAt(at + 1), at + 1));
      return theta;
    });
  })();

  test('is the textbook in float64', async () => {
    const path = await follow(async (feeds) => evaluate(outputs, feeds));
    for (const [at, values] of path.entries())
      for (let i = 0; i < SIZE; i++) expect(Math.abs(values[i] - expected[at][i])).toBeLessThan(1e-12);
  });

  test('is the textbook on the engine', async () => {
    const path = await follow((feeds) =>
      runOnce(
        nodeEngine({ threads: 1 }),
        outputs,
        Object.fromEntries(
          Object.entries(feeds).map(([name, values]) => [name, float32(values, name in scalars ? [] : [SIZE])]),
        ),
      ),
    );
    for (const [at, values] of path.entries())
      for (let i = 0; i < SIZE; i++)
        expect(Math.abs(values[i] - expected[at][i])).toBeLessThan(2e-5 * Math.max(1, Math.abs(expected[at][i])));
  });
});
