import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { areaUnderRoc, averagePrecision, detectionAt } from './roc.ts';

const SCORES = [0.9, 0.8, 0.8, 0.3, 0.1];
const TRUTH = [true, false, true, false, true];

test('of five examples, counted by hand', () => {
  // Pairs (anomaly, normal): 0.9 wins two, 0.8 ties one and wins one, 0.1 loses two.
  expect(areaUnderRoc(SCORES, TRUTH)).toBeCloseTo(3.5 / 6, 12);
  // Recall ⅓ at precision 1, ⅔ at ⅔ (the tie is taken whole), 1 at ⅗.
  expect(averagePrecision(SCORES, TRUTH)).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 3, 12);
  expect(detectionAt(SCORES, TRUTH, 0.5)).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 });
  expect(detectionAt(SCORES, TRUTH, 1)).toEqual({ precision: 0, recall: 0, f1: 0 });
});

test('order is all that counts, and chance is a half', () => {
  expect(areaUnderRoc([1, 2, 3, 4], [false, false, true, true])).toBe(1);
  expect(areaUnderRoc([4, 3, 2, 1], [false, false, true, true])).toBe(0);
  expect(areaUnderRoc([7, 7, 7, 7], [false, false, true, true])).toBe(0.5);
  const random = createRandom(1);
  const scores = Array.from({ length: 4000 }, () => random.uniform());
  const truth = scores.map(() => random.uniform() < 0.1);
  expect(areaUnderRoc(scores, truth)).toBeCloseTo(0.5, 1);
  expect(averagePrecision(scores, truth)).toBeCloseTo(0.1, 1);
  expect(
    areaUnderRoc(
      scores.map((score) => score ** 3),
      truth,
    ),
  ).toBe(areaUnderRoc(scores, truth));
});
