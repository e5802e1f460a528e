import { expect, test } from 'vitest';
import { gradient } from '../gradient.ts';
import { evaluate } from '../reference.ts';
import type { Tensor } from '../tensor.ts';
import { add, divide, multiply, negate, scaleOf, subtract } from './arithmetic.ts';
import { broadcastTo, sum } from './broadcast.ts';
import { constant, input, leaf } from './input.ts';
import { matmul } from './matmul.ts';

const X = [1, -2, 3];
const Y = [5, 7, -11];
const x = input('x', 'float32', [3]);
const y = input('y', 'float32', [3]);

function numbers(tensor: Tensor): number[] {
  return [...evaluate([tensor], { x: X, y: Y })[0]];
}

function expectNear(tensor: Tensor, expected: readonly number[]): void {
  for (const [i, value] of numbers(tensor).entries()) expect(value).toBeCloseTo(expected[i], 12);
}

test('constants are worked out beforehand and move outwards without changing the numbers', () => {
  const cases: readonly [Tensor, (x: number, y: number) => number, number | undefined][] = [
    [multiply(2, multiply(x, 3)), (a) => 6 * a, 6],
    [multiply(multiply(2, x), multiply(y, 5)), (a, b) => 10 * a * b, 10],
    [multiply(multiply(2, x), y), (a, b) => 2 * a * b, 2],
    [multiply(x, multiply(y, 2)), (a, b) => 2 * a * b, 2],
    [add(multiply(3, x), multiply(3, y)), (a, b) => 3 * a + 3 * b, 3],
    [add(multiply(3, x), multiply(-3, y)), (a, b) => 3 * a - 3 * b, 3],
    [subtract(multiply(3, x), multiply(y, 3)), (a, b) => 3 * a - 3 * b, 3],
    [subtract(multiply(3, x), multiply(-3, y)), (a, b) => 3 * a + 3 * b, 3],
    [subtract(multiply(-3, x), multiply(3, y)), (a, b) => -3 * a - 3 * b, -3],
    [subtract(multiply(-3, x), multiply(-3, y)), (a, b) => -3 * a + 3 * b, -3],
    [add(multiply(2, x), multiply(3, y)), (a, b) => 2 * a + 3 * b, undefined],
    [negate(negate(x)), (a) => a, undefined],
    [multiply(multiply(0, x), y), () => 0, 0],
  ];
  for (const [tensor, expected, factor] of cases) {
    expectNear(
      tensor,
      X.map((a, i) => expected(a, Y[i])),
    );
    expect(scaleOf(tensor)?.factor).toBe(factor);
  }
});

test('what was multiplied by −1 is subtracted instead of added, and the other way round', () => {
  const cases: readonly [Tensor, 'add' | 'sub', (x: number, y: number) => number][] = [
    [add(x, negate(y)), 'sub', (a, b) => a - b],
    [add(negate(x), y), 'sub', (a, b) => b - a],
    [subtract(x, negate(y)), 'add', (a, b) => a + b],
    [add(negate(constant(2)), negate(y)), 'sub', (_, b) => -2 - b],
  ];
  for (const [tensor, name, expected] of cases) {
    expect(tensor.node.operation.name).toBe(name);
    expectNear(
      tensor,
      X.map((a, i) => expected(a, Y[i])),
    );
  }
});

test('constants that fill a shape count as numbers, and the shape stays', () => {
  const spread = broadcastTo(constant(2), [4, 3]);
  const product = multiply(spread, constant(3, [4, 3]));
  expect(product.shape).toEqual([4, 3]);
  expect(numbers(product)).toEqual(new Array(12).fill(6));
  expect(multiply(constant(1, [4, 3]), x).shape).toEqual([4, 3]);
  expect(numbers(multiply(constant(1, [2, 3]), x))).toEqual([...X, ...X]);
  expect(numbers(divide(constant(6, [3]), constant(3, [3])))).toEqual([2, 2, 2]);
});

test('the factor of a gradient is left to the matrix products it goes through', () => {
  const a = input('a', 'float32', [2, 2]);
  const b = input('b', 'float32', [2, 2]);
  const [toA] = gradient(multiply(10, sum(matmul(a, b))), [a]);
  expect([...evaluate([toA], { a: [1, 2, 3, 4], b: [1, 10, 100, 1000] })[0]]).toEqual([110, 11_000, 110, 11_000]);
});

test('a product reached past by a simplification can still be differentiated by, as a leaf', () => {
  const doubled = leaf(multiply(2, x));
  const [slope] = gradient(sum(multiply(3, doubled)), [doubled]);
  expect(numbers(slope)).toEqual([3, 3, 3]);
  const inner = multiply(2, x);
  expect(() => gradient(sum(multiply(3, inner)), [inner])).toThrow('internal: differentiated by the result of mul');
});
