import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../base/random.ts';
import { float32, type HostTensor } from '../engine/engine.ts';
import { nodeEngine } from '../engine/node.ts';
import { gradient } from '../graph/gradient.ts';
import { multiply } from '../graph/ops/arithmetic.ts';
import { sum } from '../graph/ops/broadcast.ts';
import { input } from '../graph/ops/input.ts';
import { sizeOf } from '../graph/tensor.ts';
import { architectureSchema, makeBlueprint } from '../model/blueprint.ts';
import { type Model, makeModel } from '../model/model.ts';
import { traceWith } from '../model/trace.ts';
import { layOut, viewMembers } from './layout.ts';
import { makeOptimiser, optimiserSchema } from './optimisers.ts';
import { nextName, stateName, trainingGraph } from './step.ts';

const BATCH = 4;
const engine = nodeEngine({ threads: 1 });

function wide(width: number, hidden: number): Model {
  return makeModel(
    makeBlueprint(
      architectureSchema.parse({ latent: 3 }),
      { kind: {}, network: { hidden: [hidden], activation: 'tanh' } },
      { shape: [width], hasMissing: false, isBytes: false, isUnitRange: false },
    ),
  );
}

const normals = (length: number, random: Random, scale: number): Float32Array =>
  Float32Array.from({ length }, () => scale * random.normal());

/** The gradient of the loss averaged over the batch, by name, from a graph of its own. */
async function gradientsOf(model: Model, parameters: ReadonlyMap<string, Float32Array>, x: HostTensor) {
  const inputs = new Map(model.parameters.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const trace = traceWith(inputs, { purpose: 'training', key: input('key', 'uint32', [2]) });
  const { reconstruction } = model.terms(trace, model.read(trace, { values: input('x', 'float32', x.shape) }));
  const gradients = gradient(multiply(sum(reconstruction), 1 / BATCH), [...inputs.values()]);
  const names = [...inputs.keys()];
  const program = await engine.compile(Object.fromEntries(names.map((name, at) => [`to ${name}`, gradients[at]])));
  const feeds = Object.fromEntries(
    model.parameters.map(({ name, shape }) => [name, { data: parameters.get(name) ?? new Float32Array(0), shape }]),
  );
  const results = await program.run({ ...feeds, x });
  await program.dispose();
  return new Map(names.map((name) => [name, results[`to ${name}`].data as Float32Array]));
}

// 1024 × 512 is divided into pieces; 1031 × 509 has no divisors and is not; 12 × 16 is small.
describe.each([
  [1024, 512],
  [1031, 509],
  [12, 16],
])('one step of Adam on %i × %i', (width, hidden) => {
  test('is the textbook, whatever pieces it is done in', async () => {
    const model = wide(width, hidden);
    const random = createRandom(1);
    const optimiser = makeOptimiser(optimiserSchema.parse({ optimizer: 'adam' }));
    const groups = layOut(model.parameters, false);
    expect(groups.some(({ shape: [pieces] }) => pieces > 1)).toBe(width === 1024);
    const program = await engine.compile(
      trainingGraph(model, groups, optimiser, { batchSize: BATCH, clip: 0 }).outputs,
    );
    const state = new Map(
      groups.map((group) => [
        group,
        [
          normals(group.size, random, 0.05),
          normals(group.size, random, 1e-3),
          // Away from 0, where a step is a quotient of two roundings.
          normals(group.size, random, 1e-2).map((value) => (Math.abs(value) + 5e-3) ** 2),
        ],
      ]),
    );
    const examples = float32(normals(BATCH * width, random, 1), [BATCH, width]);
    const [step, rate] = [10, 0.01];
    const feeds: Record<string, HostTensor> = {
      examples,
      index: { data: Int32Array.of(2, 0, 3, 1), shape: [1, BATCH] },
      keys: { data: new Uint32Array(2), shape: [1, 2] },
    };
    for (const [name, value] of Object.entries(optimiser.scalars(step, rate)))
      feeds[`scalar.${name}`] = float32([value]);
    for (const [group, vectors] of state)
      for (const [slot, data] of vectors.entries()) feeds[stateName(group, slot)] = { data, shape: group.shape };
    const results = await program.run(feeds);
    await program.dispose();

    const parameters = new Map(
      groups.flatMap((group) => [...viewMembers(group, state.get(group)?.[0] ?? new Float32Array(0))]),
    );
    const gradients = await gradientsOf(model, parameters, examples);
    for (const group of groups) {
      const [theta, m, v] = state.get(group) ?? [];
      const after = [0, 1, 2].map((slot) => results[nextName(group, slot)].data);
      for (const { spec, offset } of group.members) {
        const g = gradients.get(spec.name) ?? new Float32Array(0);
        let largest = 0;
        for (let i = 0; i < sizeOf(spec.shape); i++) {
          const at = offset + i;
          // The state holds m/(1 − β₁) and v/(1 − β₂).
          const first = 0.9 * (0.1 * m[at]) + 0.1 * g[i];
          const second = 0.999 * (0.001 * v[at]) + 0.001 * g[i] ** 2;
          const moved = (rate * (first / (1 - 0.9 ** step))) / (Math.sqrt(second / (1 - 0.999 ** step)) + 1e-8);
          largest = Math.max(largest, Math.abs(after[0][at] - (theta[at] - moved)));
          largest = Math.max(largest, Math.abs(0.1 * after[1][at] - first), Math.abs(0.001 * after[2][at] - second));
        }
        expect(largest, spec.name).toBeLessThan(2e-6);
      }
    }
  });
});

test('clipping bounds the norm of the whole gradient and leaves small ones alone', async () => {
  const model = wide(12, 16);
  const random = createRandom(2);
  const optimiser = makeOptimiser(optimiserSchema.parse({ optimizer: 'sgd', momentum: 0 }));
  // Two groups, so that the norm is over both.
  const groups = layOut(model.parameters, true);
  expect(groups.length).toBe(2);
  const start = new Map(groups.map((group) => [group, normals(group.size, random, 0.5)]));
  const moved = async (clip: number): Promise<{ readonly distance: number; readonly norm: number }> => {
    const program = await engine.compile(trainingGraph(model, groups, optimiser, { batchSize: BATCH, clip }).outputs);
    const feeds: Record<string, HostTensor> = {
      examples: float32(
        Float32Array.from({ length: BATCH * 12 }, (_, i) => Math.sin(i)),
        [BATCH, 12],
      ),
      index: { data: Int32Array.of(0, 1, 2, 3), shape: [1, BATCH] },
      keys: { data: new Uint32Array(2), shape: [1, 2] },
      'scalar.rate': float32([optimiser.scalars(1, 1).rate]),
    };
    for (const [group, data] of start) feeds[stateName(group, 0)] = { data, shape: group.shape };
    const results = await program.run(feeds);
    await program.dispose();
    let squared = 0;
    for (const [group, before] of start)
      for (const [i, value] of before.entries()) squared += (results[nextName(group, 0)].data[i] - value) ** 2;
    return { distance: Math.sqrt(squared), norm: results.gradientNorm?.data[0] ?? NaN };
  };
  const { distance: whole } = await moved(0);
  expect(whole).toBeGreaterThan(1);
  const clipped = await moved(0.25);
  expect(clipped.norm).toBeCloseTo(whole, 4);
  expect(clipped.distance).toBeCloseTo(0.25, 5);
  expect((await moved(10 * whole)).distance).toBeCloseTo(whole, 5);
});
