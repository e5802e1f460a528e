import { describe, expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { ShapeError } from '../../base/errors.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../gradient.ts';
import { evaluate } from '../reference.ts';
import type { Tensor } from '../tensor.ts';
import { add, divide, maximum, minimum } from './arithmetic.ts';
import { sum } from './broadcast.ts';
import { isNan, where } from './comparison.ts';
import { abs, erf, relu, sigmoid, sign, softplus, square } from './elementwise.ts';
import { constant, input } from './input.ts';

/** Value and gradient at each of `points`, in float64 and on the engine. */
async function valueAndGradient(build: (x: Tensor) => Tensor, points: readonly number[]) {
  const x = input('x', 'float32', [points.length]);
  const y = build(x);
  const outputs = [y, ...gradient(sum(y), [x])];
  const [value, slope] = evaluate(outputs, { x: points });
  const [engineValue, engineSlope] = await runOnce(nodeEngine({ threads: 1 }), outputs, { x: float32(points) });
  return { value: [...value], slope: [...slope], engineValue, engineSlope };
}

describe('known values', () => {
  test('erf, from Abramowitz & Stegun table 7.1', () => {
    const x = input('x', 'float32', [8]);
    const points = [0, 0.5, 1, 2, 2.4999, 2.5001, 3, -1];
    const [values] = evaluate([erf(x)], { x: points });
    const known = [
      0,
      0.5204998778130465,
      0.8427007929497149,
      0.9953222650189527,
      NaN,
      NaN,
      0.9999779095030014,
      -0.8427007929497149,
    ];
    for (const [i, value] of known.entries()) if (!Number.isNaN(value)) expect(values[i]).toBeCloseTo(value, 14);
    // Where the series gives way to the continued fraction nothing jumps.
    expect(values[5] - values[4]).toBeCloseTo((2 / Math.sqrt(Math.PI)) * Math.exp(-6.25) * 0.0002, 12);
  });

  test('softplus neither overflows nor loses the small side', async () => {
    const { value, slope, engineValue, engineSlope } = await valueAndGradient(softplus, [0, 1e4, -1e4, 1, -20]);
    const known = [Math.LN2, 1e4, 0, 1.3132616875182228, 2.061153620314381e-9];
    const slopes = [0.5, 1, 0, 0.7310585786300049, 2.0611536181902037e-9];
    for (const [i, expected] of known.entries()) {
      expect(value[i]).toBeCloseTo(expected, 12);
      expect(engineValue[i]).toBeCloseTo(expected, expected > 100 ? 2 : 6);
      expect(slope[i]).toBeCloseTo(slopes[i], 12);
      expect(engineSlope[i]).toBeCloseTo(slopes[i], 6);
    }
  });

  test('sigmoid at ±1e4 is 1 and 0, with slope 0', async () => {
    const { value, slope, engineValue, engineSlope } = await valueAndGradient(sigmoid, [0, 1e4, -1e4]);
    expect(value).toEqual([0.5, 1, 0]);
    expect(slope).toEqual([0.25, 0, 0]);
    for (const [i, expected] of [0.5, 1, 0].entries()) expect(engineValue[i]).toBeCloseTo(expected, 6);
    for (const [i, expected] of [0.25, 0, 0].entries()) expect(engineSlope[i]).toBeCloseTo(expected, 6);
  });

  test('gradients at kinks are the documented ones', async () => {
    expect((await valueAndGradient(relu, [0, -1, 1])).engineSlope).toEqual([0, 0, 1]);
    expect((await valueAndGradient(abs, [0, -2, 3])).engineSlope).toEqual([0, -1, 1]);
    expect((await valueAndGradient(sign, [0, -2, 3])).engineValue).toEqual([0, -1, 1]);
    expect((await valueAndGradient((x) => maximum(x, 2), [2, 1, 3])).engineSlope).toEqual([1, 0, 1]);
    expect((await valueAndGradient((x) => maximum(2, x), [2, 1, 3])).engineSlope).toEqual([0, 0, 1]);
    expect((await valueAndGradient((x) => minimum(x, 2), [2, 1, 3])).engineSlope).toEqual([1, 1, 0]);
    expect((await valueAndGradient((x) => minimum(2, x), [2, 1, 3])).engineSlope).toEqual([0, 1, 0]);
  });
});

test('what `where` does not choose has gradient 0, even where it is not a number', async () => {
  const x = input('x', 'float32', [4]);
  const chosen = where(isNan(x), 7, square(x));
  const outputs = [chosen, ...gradient(sum(chosen), [x])];
  const [value, slope] = await runOnce(nodeEngine({ threads: 1 }), outputs, { x: float32([1, NaN, 3, NaN]) });
  expect(value).toEqual([1, 7, 9, 7]);
  expect([slope[0], slope[2]]).toEqual([2, 6]);
  const y = input('y', 'float32', [2]);
  const [toY] = gradient(sum(where(constant([1, 0], [2], 'bool'), divide(1, x1(y)), y)), [y]);
  expect([...evaluate([toY], { y: [2, 0] })[0]]).toEqual([-0.25, 1]);
});

/** y where it is not 0, else 1: the usual guard before a division. */
function x1(y: Tensor): Tensor {
  return where(constant([1, 0], [2], 'bool'), y, 1);
}

test('shapes that do not broadcast are refused with both shapes named', () => {
  const complaint = (): Tensor => add(input('a', 'float32', [2, 3]), input('b', 'float32', [2]));
  expect(complaint).toThrow(ShapeError);
  expect(complaint).toThrow('[2,3] and [2]');
});
