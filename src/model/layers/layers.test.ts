/** Layers with parameters or noise: laws that they keep. */
import { describe, expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { createRandom } from '../../base/random.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { collectParameters, type Initialiser, type Purpose, traceWith } from '../trace.ts';
import { dense, tiedDense } from './dense.ts';
import { dropout } from './dropout.ts';
import { glorotUniform, heNormal, ones, zeros } from './initialisers.ts';
import { layerNorm } from './layer-norm.ts';

const key = input('key', 'uint32', [2]);
const traceFor = (purpose: Purpose, parameters: ReadonlyMap<string, Tensor> = new Map()) =>
  traceWith(parameters, { purpose, key });
const random = createRandom(5);
const numbers = (shape: Shape): Float32Array => Float32Array.from({ length: sizeOf(shape) }, () => random.normal());

describe('dropout', () => {
  const x = input('x', 'float32', [400, 250]);
  const feeds = {
    x: float32(new Float32Array(100_000).fill(2), [400, 250]),
    key: { data: Uint32Array.of(77, 88), shape: [2] },
  };

  test.each([0.1, 0.5, 0.9])('drops a share of %d and keeps the mean', async (rate) => {
    const [values] = await runOnce(nodeEngine({ threads: 1 }), [dropout(traceFor('training'), x, rate)], feeds);
    const dropped = values.filter((value) => value === 0).length / values.length;
    expect(Math.abs(dropped - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / values.length));
    const wrong = values.filter((value) => value !== 0 && Math.abs(value - 2 / (1 - rate)) > 1e-5);
    expect(wrong).toEqual([]);
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    expect(Math.abs(mean - 2)).toBeLessThan((5 * 2 * Math.sqrt(rate / (1 - rate))) / Math.sqrt(values.length));
  });

  test('is off in validation, at inference and at rate 0', () => {
    expect(dropout(traceFor('validation'), x, 0.5)).toBe(x);
    expect(dropout(traceFor('inference'), x, 0.5)).toBe(x);
    expect(dropout(traceFor('training'), x, 0)).toBe(x);
  });

  test('two layers draw different numbers', async () => {
    const trace = traceFor('training');
    const [a, b] = await runOnce(
      nodeEngine({ threads: 1 }),
      [dropout(trace, x, 0.5), dropout(trace.in('next'), x, 0.5)],
      feeds,
    );
    const both = a.filter((value, i) => value === 0 && b[i] === 0).length / a.length;
    expect(both).toBeCloseTo(0.25, 1);
  });
});

test('layer norm gives every row mean 0 and variance 1, then gain and bias', () => {
  const x = input('x', 'float32', [5, 8]);
  const [gain, bias] = [input('gain', 'float32', [8]), input('bias', 'float32', [8])];
  const y = layerNorm(
    traceFor(
      'inference',
      new Map([
        ['gain', gain],
        ['bias', bias],
      ]),
    ),
    x,
  );
  const values = numbers([5, 8]).map((value, i) => 1000 * value + 100 * Math.floor(i / 8));
  const plain = evaluate([y], { x: values, gain: new Array(8).fill(1), bias: new Array(8).fill(0) })[0];
  for (let row = 0; row < 5; row++) {
    const part = plain.subarray(8 * row, 8 * row + 8);
    const mean = part.reduce((total, value) => total + value / 8, 0);
    expect(mean).toBeCloseTo(0, 10);
    expect(part.reduce((total, value) => total + (value - mean) ** 2 / 8, 0)).toBeCloseTo(1, 8);
  }
  const gains = numbers([8]);
  const biases = numbers([8]);
  const [shifted] = evaluate([y], { x: values, gain: gains, bias: biases });
  for (const [i, value] of shifted.entries()) expect(value).toBeCloseTo(plain[i] * gains[i % 8] + biases[i % 8], 10);
  // A constant row has no variance: it comes out as the bias, not as NaN.
  expect([...evaluate([y], { x: new Array(40).fill(3), gain: gains, bias: biases })[0].subarray(0, 8)]).toEqual([
    ...biases,
  ]);
});

test('a tied layer multiplies by the transpose of the weight that it mirrors', () => {
  const x = input('x', 'float32', [2, 4]);
  const specs = collectParameters((trace) => {
    const h = dense(trace.in('a'), x, 3, zeros);
    return tiedDense(trace.in('b'), trace.in('a'), h, 4, zeros);
  });
  expect(specs.map(({ name, shape, role }) => [name, shape, role])).toEqual([
    ['a.weight', [4, 3], 'weight'],
    ['a.bias', [3], 'offset'],
    ['b.bias', [4], 'offset'],
  ]);
  const trace = traceFor('inference', new Map(specs.map(({ name, shape }) => [name, input(name, 'float32', shape)])));
  const y = tiedDense(trace.in('b'), trace.in('a'), dense(trace.in('a'), x, 3, zeros), 4, zeros);
  const [w, a, b, values] = [numbers([4, 3]), numbers([3]), numbers([4]), numbers([2, 4])];
  const [result] = evaluate([y], { x: values, 'a.weight': w, 'a.bias': a, 'b.bias': b });
  for (let row = 0; row < 2; row++) {
    const h = [0, 1, 2].map(
      (j) => a[j] + [0, 1, 2, 3].reduce((total, i) => total + values[4 * row + i] * w[3 * i + j], 0),
    );
    for (let i = 0; i < 4; i++)
      expect(result[4 * row + i]).toBeCloseTo(b[i] + h.reduce((total, hj, j) => total + hj * w[3 * i + j], 0), 10);
  }
});

describe('initialisers', () => {
  const moments = (initialise: Initialiser, shape: Shape): { mean: number; variance: number } => {
    const values = initialise(shape, createRandom(9));
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    return { mean, variance: values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length };
  };

  test.each([
    ['He', heNormal, 2 / 300],
    ['Glorot', glorotUniform, 2 / 700],
  ] as const)('%s has its variance', (_, initialise, expected) => {
    const { mean, variance } = moments(initialise, [300, 400]);
    expect(variance / expected).toBeCloseTo(1, 1.5);
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / 120_000));
  });

  test('zeros and ones are what they say', () => {
    expect(moments(zeros, [3, 2])).toEqual({ mean: 0, variance: 0 });
    expect(moments(ones, [3, 2])).toEqual({ mean: 1, variance: 0 });
  });
});
