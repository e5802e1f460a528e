import { expect, test } from 'vitest';
import { largestOf, qualityOf } from './ranking.ts';

test('the largest come first, equal ones in order, without what is left out', () => {
  expect(largestOf([1, 5, 3, 5, Number.NaN, 4], 3)).toEqual([1, 3, 5]);
  expect(largestOf([1, 5, 3, 5, 4], 3, new Set([1, 4]))).toEqual([3, 2, 0]);
  expect(largestOf([1, 2], 5)).toEqual([1, 0]);
});

test('a list of all that is relevant is perfect, in any order; a wrong one is worth nothing', () => {
  expect(qualityOf([3, 1], new Set([1, 3]), 2)).toEqual({ ndcg: 1, recall: 1 });
  expect(qualityOf([3, 1, 5], new Set([1, 3]), 3)).toEqual({ ndcg: 1, recall: 1 });
  expect(qualityOf([2, 4], new Set([1, 3]), 2)).toEqual({ ndcg: 0, recall: 0 });
});

test('one of three relevant ones in second place of two', () => {
  const { ndcg, recall } = qualityOf([9, 1], new Set([1, 3, 4]), 2);
  expect(ndcg).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 12);
  expect(recall).toBe(1 / 2);
});
