import { describe, expect, test } from 'vitest';
import { autoencoder } from '../../autoencoder.ts';
import { createRandom } from '../../base/random.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../../graph/gradient.ts';
import { multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { greater } from '../../graph/ops/comparison.ts';
import { sigmoid, square } from '../../graph/ops/elementwise.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { collectParameters, type Purpose, type Trace, traceWith } from '../trace.ts';
import { recurrent } from './recurrent.ts';

type Options = Readonly<Record<string, unknown>>;

const networkOf = (options: Options) => recurrent.make(recurrent.options.parse({ units: 5, ...options }));
const random = createRandom(4);
const draw = (length: number, name: string): Float64Array => {
  const own = random.fork(name);
  return Float64Array.from({ length }, () => 0.5 * own.normal());
};

/** What `build` gives with drawn parameters, in float64. */
function run(
  build: (trace: Trace) => readonly Tensor[],
  feeds: Readonly<Record<string, ArrayLike<number>>>,
  purpose: Purpose = 'inference',
): Float64Array[] {
  const specs = collectParameters(build);
  const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const numbers = Object.fromEntries(specs.map(({ name, shape }) => [name, draw(sizeOf(shape), name)]));
  const outputs = build(traceWith(parameters, { purpose, key: input('key', 'uint32', [2]) }));
  return evaluate(outputs, { ...numbers, ...feeds, key: [1, 2] });
}

const variants: readonly Options[] = [
  {},
  { cell: 'gru', direction: 'bidirectional', outputOrder: 'reversed' },
  { layers: 2, decoding: 'free-running', dropout: 0.2 },
  { cell: 'gru', layers: 2, decoding: 'teacher-forcing', direction: 'bidirectional' },
  { cell: 'gru', decoding: 'teacher-forcing', stepDropout: 0.5 },
];

describe.each(variants)('%o', (options) => {
  test.each([[[6]], [[4, 3]], [[2, 4, 3]]] as const)('restores data of shape %j with every parameter', (shape) => {
    const network = networkOf(options);
    const x = input('x', 'float32', [2, ...shape]);
    const build = (trace: Trace): Tensor =>
      network.decode(trace, network.encode(trace, x, 2, 1), shape, {
        target: trace.purpose === 'training' ? x : undefined,
        shown: (output) => output,
      });
    const specs = collectParameters(build);
    const parameters = new Map(specs.map(({ name, shape: own }) => [name, input(name, 'float32', own)]));
    const output = build(traceWith(parameters, { purpose: 'training', key: input('key', 'uint32', [2]) }));
    expect(output.shape).toEqual(x.shape);
    const slopes = gradient(sum(square(subtract(output, x))), [...parameters.values()]);
    const numbers = Object.fromEntries(specs.map(({ name, shape: own }) => [name, draw(sizeOf(own), name)]));
    const values = evaluate(slopes, { x: draw(sizeOf(x.shape), 'x'), key: [3, 4], ...numbers });
    for (const [at, { name }] of specs.entries()) {
      expect(values[at].every(Number.isFinite), name).toBe(true);
      expect(Math.max(...values[at].map(Math.abs)), name).toBeGreaterThan(1e-9);
    }
  });

  test('padded series have the code of what is there', () => {
    const network = networkOf(options);
    const codeOf = (time: number) => {
      const x = input('x', 'float32', [2, time, 3]);
      const missing = greater(input('missing', 'float32', [2, time, 3]), 0.5);
      return (trace: Trace) => [network.encode(trace, x, 2, 1, missing)];
    };
    const seen = draw(2 * 4 * 3, 'seen');
    const padded = new Float64Array(2 * 6 * 3);
    const missing = new Float64Array(2 * 6 * 3).fill(1);
    for (let example = 0; example < 2; example++) {
      padded.set(seen.subarray(12 * example, 12 * (example + 1)), 18 * example);
      missing.fill(0, 18 * example, 18 * example + 12);
    }
    const [whole] = run(codeOf(4), { x: seen, missing: new Float64Array(24) });
    const [part] = run(codeOf(6), { x: padded, missing });
    for (const [i, value] of whole.entries()) expect(part[i]).toBeCloseTo(value, 12);
  });
});

test.each(['forward', 'reversed'] as const)('shown its own output, the decoder gives it again (%s)', (outputOrder) => {
  const network = networkOf({ decoding: 'teacher-forcing', outputOrder, layers: 2 });
  const code = input('code', 'float32', [2, 3]);
  const target = input('target', 'float32', [2, 5, 2]);
  const feeds = { code: draw(6, 'code') };
  const shape: Shape = [5, 2];
  // What it is shown of itself is its output as data, here squashed.
  const shown = (output: Tensor): Tensor => sigmoid(output);
  const [free, squashed] = run((trace) => {
    const output = network.decode(trace, code, shape, { shown });
    return [output, shown(output)];
  }, feeds);
  const [forced] = run(
    (trace) => [network.decode(trace, code, shape, { target, shown })],
    { ...feeds, target: squashed },
    'training',
  );
  for (const [i, value] of free.entries()) expect(forced[i]).toBeCloseTo(value, 12);
});

test('steps that are dropped are not there for the decoder, in training alone', () => {
  const code = input('code', 'float32', [2, 3]);
  const target = input('target', 'float32', [2, 5, 2]);
  const feeds = { code: draw(6, 'code'), target: draw(20, 'target') };
  const decode = (stepDropout: number, scale: number, purpose: Purpose) =>
    run(
      (trace) => [
        networkOf({ decoding: 'teacher-forcing', stepDropout }).decode(trace, code, [5, 2], {
          target: multiply(target, scale),
          shown: (output) => output,
        }),
      ],
      feeds,
      purpose,
    )[0];
  const [whole, nothing] = [decode(0, 1, 'training'), decode(0, 0, 'training')];
  expect(decode(0.9999, 1, 'training')).toEqual(nothing);
  expect(decode(0.9999, 1, 'validation')).toEqual(whole);
  const half = decode(0.5, 1, 'training');
  expect(half).not.toEqual(whole);
  expect(half).not.toEqual(nothing);
});

test('the reversed order gives the series of the forward one, backwards', () => {
  const code = input('code', 'float32', [2, 3]);
  const feeds = { code: draw(6, 'code') };
  const build = (outputOrder: string) => (trace: Trace) => [networkOf({ outputOrder }).decode(trace, code, [7])];
  const [forward] = run(build('forward'), feeds);
  const [reversed] = run(build('reversed'), feeds);
  for (let row = 0; row < 2; row++)
    expect([...reversed.subarray(7 * row, 7 * (row + 1))]).toEqual(
      [...forward.subarray(7 * row, 7 * (row + 1))].reverse(),
    );
});

test('learns waves of random phase and frequency', async () => {
  const own = createRandom(8);
  const [count, time] = [64, 20];
  const values = new Float32Array(count * time);
  for (let row = 0; row < count; row++) {
    const [phase, pace] = [6.28 * own.uniform(), 0.2 + 0.4 * own.uniform()];
    for (let at = 0; at < time; at++) values[row * time + at] = Math.sin(phase + pace * at);
  }
  const model = autoencoder({ network: 'recurrent', units: 16, latent: 4, engine: nodeEngine({ threads: 1 }) });
  const data = { values, shape: [count, time] };
  await model.fit(data, { epochs: 120, batchSize: 16, learningRate: 0.01, patience: 0, scale: 'none', clip: 1 });
  const { mse } = await model.evaluate(data);
  // Their variance is ½.
  expect(mse).toBeLessThan(0.05);
}, 30_000);
