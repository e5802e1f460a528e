/** Convolutional layers and the norms made for them: laws that they keep. */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { convolveTransposed } from '../../graph/ops/convolution.ts';
import { input } from '../../graph/ops/input.ts';
import { upsample } from '../../graph/ops/pooling.ts';
import { slice } from '../../graph/ops/shape.ts';
import { evaluate } from '../../graph/reference.ts';
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { samePadding } from '../../graph/window.ts';
import { collectParameters, type Purpose, type Trace, traceWith } from '../trace.ts';
import { batchNorm } from './batch-norm.ts';
import { convolution, transposedConvolution, upsampledConvolution } from './convolution.ts';
import { channelNorm, groupNorm } from './group-norm.ts';
import { heNormal } from './initialisers.ts';

const random = createRandom(11);
const numbers = (shape: Shape): Float32Array => Float32Array.from({ length: sizeOf(shape) }, () => random.normal());

/** The value of `layer`, with fresh parameters or those given, and the states that it updates. */
function run(
  layer: (trace: Trace) => Tensor,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
  purpose: Purpose = 'inference',
) {
  const specs = collectParameters(layer);
  const fresh = Object.fromEntries(
    specs.map(({ name, shape, initialise }) => [name, initialise(shape, random.fork(name))]),
  );
  const updates: Record<string, Tensor> = {};
  const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const update = (name: string, value: Tensor): void => {
    updates[name] = value;
  };
  const y = layer(traceWith(parameters, { purpose, key: input('key', 'uint32', [2]), update }));
  const [values, ...next] = evaluate([y, ...Object.values(updates)], { ...fresh, ...feeds });
  return {
    y: values,
    shape: y.shape,
    next: Object.fromEntries(Object.keys(updates).map((name, at) => [name, next[at]])),
  };
}

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const all = Array.from(values);
  const mean = all.reduce((total, value) => total + value, 0) / all.length;
  return { mean, variance: all.reduce((total, value) => total + (value - mean) ** 2, 0) / all.length };
}

describe.each([
  [
    [9, 7],
    [5, 4],
  ],
  [
    [8, 6],
    [4, 3],
  ],
  [
    [1, 1],
    [1, 1],
  ],
] as const)('of %s', (size, half) => {
  const window = [3, 3] as const;
  test('a stride of 2 halves, rounded up, and the transposed layer goes back', () => {
    const x = input('x', 'float32', [2, 3, ...size]);
    const options = { units: 4, window, stride: [2, 2] as const, initialise: heNormal };
    const down = run((trace) => convolution(trace, x, options), { x: numbers(x.shape) });
    expect(down.shape).toEqual([2, 4, ...half]);
    const code = input('code', 'float32', [2, 4, ...half]);
    const up = run((trace) => transposedConvolution(trace, code, size, { ...options, units: 3 }), {
      code: numbers(code.shape),
    });
    expect(up.shape).toEqual([2, 3, ...size]);
  });
});

test.each([
  [
    [3, 3],
    [2, 2],
    [8, 6],
  ],
  [
    [3, 3],
    [2, 2],
    [7, 5],
  ],
  [
    [2, 4],
    [2, 2],
    [5, 8],
  ],
  [
    [1, 5],
    [1, 2],
    [1, 9],
  ],
] as const)('an upsampled convolution is enlarging, then a convolution, then a cut: %j', (window, stride, size) => {
  const half = [Math.ceil(size[0] / stride[0]), Math.ceil(size[1] / stride[1])] as const;
  const whole = [half[0] * stride[0], half[1] * stride[1]] as const;
  const x = input('x', 'float32', [2, 3, ...half]);
  const weight = input('weight', 'float32', [3, 4, ...window]);
  const feeds = { x: numbers(x.shape), weight: numbers(weight.shape), bias: [1, 2, 3, 4] };
  const { y } = run(
    (trace) => upsampledConvolution(trace, x, size, { units: 4, window, stride, initialise: heNormal }),
    feeds,
  );
  const enlarged = upsample(x, stride, whole);
  const convolved = convolveTransposed(
    enlarged,
    weight,
    whole,
    { padding: samePadding(window) },
    input('bias', 'float32', [4]),
  );
  const [expected] = evaluate([slice(slice(convolved, 2, 0, size[0]), 3, 0, size[1])], feeds);
  for (const [i, value] of expected.entries()) expect(y[i]).toBeCloseTo(value, 10);
  expect(y.length).toBe(expected.length);
});

test('He start: the result has twice the variance of rectified input, whatever kernel and stride', () => {
  const x = input('x', 'float32', [4, 16, 14, 14]);
  const options = { units: 16, window: [3, 3] as const, initialise: heNormal };
  const feeds = { x: numbers(x.shape) };
  const away = { ...options, stride: [2, 2] as const };
  // He's variance of 2/inputs doubles that of normal numbers; the zeros around take a little.
  for (const layer of [
    (trace: Trace) => convolution(trace, x, options),
    (trace: Trace) => convolution(trace, x, away),
    (trace: Trace) => transposedConvolution(trace, x, [28, 28], away),
  ]) {
    const { variance } = moments(run(layer, feeds).y);
    expect(variance).toBeGreaterThan(1.5);
    expect(variance).toBeLessThan(2.3);
  }
});

describe('batch norm', () => {
  const x = input('x', 'float32', [6, 2, 3, 3]);
  const values = numbers(x.shape).map((value, i) => (Math.floor(i / 9) % 2 === 0 ? 5 + 2 * value : 0.1 * value));
  const channel = (all: ArrayLike<number>, at: number): number[] =>
    Array.from(all).filter((_, i) => Math.floor(i / 9) % 2 === at);
  const layer = (trace: Trace): Tensor => batchNorm(trace, x);

  test('in training every channel comes to mean 0 and variance 1, and the states move a tenth of the way', () => {
    const { y, next } = run(layer, { x: values }, 'training');
    for (const at of [0, 1]) {
      const { mean, variance } = moments(channel(y, at));
      expect(mean).toBeCloseTo(0, 6);
      expect(variance).toBeCloseTo(1, 2);
      const before = moments(channel(values, at));
      expect(next.mean[at]).toBeCloseTo(0.1 * before.mean, 6);
      expect(next.variance[at]).toBeCloseTo(0.9 + (0.1 * before.variance * 54) / 53, 6);
    }
  });

  test('at inference each example is by itself: the states are used', () => {
    const { y, next } = run(layer, { x: values, mean: [5, -1], variance: [4, 9], gain: [1, 2], bias: [0, 3] });
    expect(next).toEqual({});
    expect(y[0]).toBeCloseTo((values[0] - 5) / Math.sqrt(4 + 1e-5), 6);
    expect(y[9]).toBeCloseTo(3 + (2 * (values[9] + 1)) / Math.sqrt(9 + 1e-5), 6);
  });

  test('its statistics are states, not parameters', () => {
    expect(collectParameters(layer).map(({ name, role }) => [name, role])).toEqual([
      ['mean', 'state'],
      ['variance', 'state'],
      ['gain', 'offset'],
      ['bias', 'offset'],
    ]);
  });
});

test('group norm: mean 0 and variance 1 in every group of every example', () => {
  const x = input('x', 'float32', [2, 6, 2, 3]);
  const { y } = run((trace) => groupNorm(trace, x, 3), { x: numbers(x.shape).map((value, i) => 3 * value + i) });
  for (let group = 0; group < 6; group++) {
    const { mean, variance } = moments(y.subarray(12 * group, 12 * group + 12));
    expect(mean).toBeCloseTo(0, 10);
    expect(variance).toBeCloseTo(1, 4);
  }
});

test('channel norm: mean 0 and variance 1 over the channels at every place', () => {
  const x = input('x', 'float32', [2, 5, 2, 3]);
  const { y } = run((trace) => channelNorm(trace, x), { x: numbers(x.shape).map((value, i) => 3 * value + i) });
  for (const [example, place] of [
    [0, 0],
    [1, 4],
  ]) {
    const { mean, variance } = moments([0, 1, 2, 3, 4].map((channel) => y[example * 30 + channel * 6 + place]));
    expect(mean).toBeCloseTo(0, 10);
    expect(variance).toBeCloseTo(1, 4);
  }
});
