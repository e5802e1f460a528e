import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { agreement, ranksOf } from './agreement.ts';

test('is 1 for one order, −1 for the other way round, and 0 on average for orders by chance', () => {
  const random = createRandom(1).fork('scores');
  const scores = Float64Array.from({ length: 200 }, () => random.normal());
  const ranks = ranksOf(scores);
  expect(ranks.toSorted((a, b) => a - b)).toEqual([...scores.keys()]);
  // Any increasing function of the scores is the same order.
  expect(agreement([ranks], [ranksOf(scores.map(Math.exp))])).toBe(1);
  expect(agreement([ranks], [ranksOf(scores.map((score) => -score))])).toBe(-1);
  const byChance = Array.from({ length: 50 }, () => ranksOf(scores.map(() => random.normal())));
  expect(
    agreement(
      Array.from(byChance, () => ranks),
      byChance,
    ),
  ).toBeCloseTo(0, 1);
});

test('is that of Pearson for the ranks', () => {
  const [one, other] = [ranksOf([3, 1, 2, 5, 4]), ranksOf([2, 1, 4, 5, 3])];
  expect([one, other]).toEqual([
    [2, 0, 1, 4, 3],
    [1, 0, 3, 4, 2],
  ]);
  const product = one.reduce((sum, rank, at) => sum + (rank - 2) * (other[at] - 2), 0);
  expect(agreement([one], [other])).toBeCloseTo(product / 10, 12);
});

test('is the mean over the splits that both have, and nothing without any', () => {
  expect(
    agreement(
      [
        [0, 1, 2],
        [0, 1, 2],
      ],
      [
        [0, 1, 2],
        [2, 1, 0],
        [0, 1],
      ],
    ),
  ).toBe(0);
  expect(agreement([[0, 1]], [])).toBeUndefined();
  expect(agreement([[0]], [[0]])).toBeUndefined();
});
