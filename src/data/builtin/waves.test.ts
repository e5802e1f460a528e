import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { makeWaves } from './waves.ts';

const parts = [makeWaves('train', createRandom(3)), makeWaves('test', createRandom(3))];
const [time, temperature, demand, price] = [0, 1, 2, 3].map((at) =>
  parts.flatMap((part) => Array.from(part[at].values as Float64Array)),
);

/** Correlation of a series with another one so many hours earlier. */
function correlation(a: readonly number[], b: readonly number[], lag: number): number {
  const pairs = a.slice(lag).map((value, at) => [value, b[at]]);
  const mean = (side: 0 | 1): number => pairs.reduce((total, pair) => total + pair[side] / pairs.length, 0);
  const [left, right] = [mean(0), mean(1)];
  const sum = (of: (x: number, y: number) => number): number =>
    pairs.reduce((total, [x, y]) => total + of(x - left, y - right), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
}

test('a seed fixes the series, hour after hour over both parts', () => {
  expect(makeWaves('train', createRandom(3))).toEqual(parts[0]);
  expect(makeWaves('train', createRandom(4))).not.toEqual(parts[0]);
  expect(time).toHaveLength(5000);
  for (let at = 1; at < 5000; at++) expect(time[at] - time[at - 1]).toBe(3600);
  expect(time[0]).toBe(Date.UTC(2024, 0, 1) / 1000);
});

test('days and weeks come again', () => {
  expect(correlation(demand, demand, 24)).toBeGreaterThan(correlation(demand, demand, 12) + 0.3);
  expect(correlation(demand, demand, 168)).toBeGreaterThan(correlation(demand, demand, 96) + 0.05);
  expect(correlation(temperature, temperature, 24)).toBeGreaterThan(0.7);
  const half = (from: number): number => demand.slice(from, from + 2016).reduce((total, value) => total + value) / 2016;
  expect(half(2900)).toBeGreaterThan(half(0));
});

test('the price follows the demand of three hours ago', () => {
  const at = (lag: number): number => correlation(price, demand, lag);
  expect(at(3)).toBeGreaterThan(0.9);
  expect(at(3)).toBeGreaterThan(at(0) + 0.1);
});
