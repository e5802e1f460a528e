import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { deviationsOf, driftOf, follow } from './drift.ts';

test('what has drifted is the new normal after a few half-lives, and its spread too', () => {
  const random = createRandom(1);
  let drift = driftOf(Array.from({ length: 500 }, () => 5 + random.normal()));
  expect(drift.mean).toBeCloseTo(5, 0);
  expect(deviationsOf(drift, 11)).toBeGreaterThan(5);
  for (let row = 0; row < 2000; row++) drift = follow(drift, 11 + 2 * random.normal(), { halfLife: 100 });
  expect(drift.mean).toBeCloseTo(11, 0);
  expect(drift.deviation).toBeGreaterThan(1.5);
  expect(drift.deviation).toBeLessThan(2.5);
});

test('one wild score hardly moves it, half of the way takes a half-life', () => {
  const start = { mean: 0, deviation: 1 };
  expect(follow(start, 1e9, { halfLife: 100 }).mean).toBeCloseTo(3 * (1 - 2 ** (-1 / 100)), 12);
  let drift = start;
  for (let row = 0; row < 100; row++) drift = follow(drift, 1, { halfLife: 100 });
  expect(drift.mean).toBeCloseTo(0.5, 12);
});

test('scores that never vary leave room for a hundredth of their mean', () => {
  expect(driftOf([4, 4, 4])).toEqual({ mean: 4, deviation: 0.04 });
  let drift = driftOf([4]);
  for (let row = 0; row < 1000; row++) drift = follow(drift, 4, { halfLife: 10 });
  expect(deviationsOf(drift, 4)).toBeCloseTo(0, 9);
});
