import { expect, test } from 'vitest';
import { gradient } from '../gradient.ts';
import { evaluate } from '../reference.ts';
import { sum } from './broadcast.ts';
import { input } from './input.ts';
import { averagePool, maxPool, upsample, windowSum } from './pooling.ts';

const x = input('x', 'float32', [1, 1, 3, 3]);
const feeds = { x: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
const valuesOf = (...tensors: Parameters<typeof evaluate>[0]): number[][] =>
  evaluate(tensors, feeds).map((values) => [...values]);

test('windows of 2×2 on 3×3: the last ones are cut', () => {
  const [largest, mean, total] = valuesOf(maxPool(x, [2, 2]), averagePool(x, [2, 2]), windowSum(x, [2, 2]));
  expect(largest).toEqual([5, 6, 8, 9]);
  for (const [i, value] of [3, 4.5, 7.5, 9].entries()) expect(mean[i]).toBeCloseTo(value, 6);
  expect(total).toEqual([12, 9, 15, 9]);
});

test('enlarging repeats numbers and cuts to the size asked for', () => {
  const small = input('x', 'float32', [1, 1, 2, 2]);
  const [values] = evaluate([upsample(small, [2, 2], [3, 4])], { x: [1, 2, 3, 4] });
  expect([...values]).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4]);
  expect(() => upsample(small, [2, 2], [5, 4])).toThrow(
    'upsample: expected 3×2, which windows of 2×2 enlarge to 5×4, got 2×2',
  );
});

test('the gradient of a maximum goes to the largest, in equal shares where there are several', () => {
  const [slope] = evaluate(gradient(sum(maxPool(x, [2, 2])), [x]), { x: [1, 1, 7, 1, 1, 7, 2, 3, 4] });
  expect([...slope]).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0, 1, 1]);
});
