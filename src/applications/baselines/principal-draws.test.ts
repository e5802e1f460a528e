import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { drawsOf } from './principal-draws.ts';

test('draws have the mean of the data, vary along the components as much as it does, and nowhere else', () => {
  const half = Math.SQRT1_2;
  const pca = {
    mean: Float32Array.of(1, 2, 3),
    directions: Float32Array.of(half, 0, half, 0, 0, 1),
    components: 2,
    variances: Float64Array.of(8, 0.5),
    totalVariance: 8.5,
  };
  const count = 20_000;
  const draws = drawsOf(pca, count, createRandom(1));
  const moment = (of: (x: number, y: number, z: number) => number): number => {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += of(draws[3 * row] - 1, draws[3 * row + 1] - 2, draws[3 * row + 2] - 3);
    return sum / count;
  };
  for (const axis of [0, 1, 2]) expect(moment((...place) => place[axis])).toBeCloseTo(0, 1);
  expect(moment((x) => x * x)).toBeCloseTo(4, 0);
  expect(moment((x, y) => (x - y) ** 2)).toBeCloseTo(0, 6);
  expect(moment((_x, _y, z) => z * z)).toBeCloseTo(0.5, 1);
  expect(moment((x, _y, z) => x * z)).toBeCloseTo(0, 1);
});
