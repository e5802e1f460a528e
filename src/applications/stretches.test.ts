import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { f1Of, findStretches, labelledStretches, overlapOf, stretchesOf } from './stretches.ts';

test('stretches are joined over small gaps, and dropped where they hardly stand out', () => {
  const scores = Float64Array.of(1, 9, 1, 9.5, 1, 1, 1, 1, 5, 4.9, 1, 1, 1, 1, 1.2);
  expect(stretchesOf(scores, 3, 2)).toEqual([
    { from: 1, to: 3, peak: 9.5 },
    { from: 8, to: 9, peak: 5 },
  ]);
  expect(stretchesOf(scores, 3, 1)).toHaveLength(3);
  // 1.2 is no tenth above the 1.15 below it.
  expect(stretchesOf(Float64Array.of(1.15, 1, 1, 1.2), 1.18, 1)).toEqual([]);
  expect(stretchesOf(Float64Array.of(1, 2), 5, 1)).toEqual([]);
});

test('found while scores come, they are those of all scores', () => {
  const random = createRandom(4);
  const scores = Float64Array.from({ length: 500 }, () => Math.abs(random.normal()) ** 3);
  for (const part of [1, 7, 100]) {
    const finder = findStretches(2, 5);
    for (let at = 0; at < scores.length; at += part) finder.add(scores.subarray(at, at + part));
    expect(finder.finish()).toEqual(stretchesOf(scores, 2, 5));
  }
});

test('stretches meet labels where they overlap', () => {
  const truth = labelledStretches([false, true, true, undefined, true, false, true]);
  expect(truth).toEqual([
    { from: 1, to: 2 },
    { from: 4, to: 4 },
    { from: 6, to: 6 },
  ]);
  const counts = overlapOf(
    [
      { from: 2, to: 4, peak: 1 },
      { from: 5, to: 5, peak: 1 },
    ],
    truth,
  );
  expect(counts).toEqual({ found: 2, missed: 1, falseAlarms: 1 });
  expect(f1Of(counts)).toBeCloseTo(4 / 6, 12);
  expect(f1Of({ found: 0, missed: 3, falseAlarms: 0 })).toBe(0);
});
