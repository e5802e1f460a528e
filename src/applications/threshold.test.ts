import { expect, test } from 'vitest';
import { chooseThreshold, parseThreshold, quantile } from './threshold.ts';

const reference = [1, 2, 3, 4, 5];
const scores = [1, 9, 2, 8, 3, 7];
const isAnomaly = [false, true, false, true, false, false];

test('each rule draws its line', () => {
  const at = (text: string): number => chooseThreshold(parseThreshold(text), { reference, scores, isAnomaly });
  expect(at('quantile:0.5')).toBe(3);
  expect(at('quantile:0.875')).toBe(4.5);
  expect(at('deviations:2')).toBeCloseTo(3 + 2 * Math.SQRT2, 12);
  expect(at('4.25')).toBe(4.25);
  expect(at('-1')).toBe(-1);
  // A third of six examples: the two highest scores are above.
  const share = at('share:0.34');
  expect(scores.filter((score) => score > share)).toEqual([9, 8]);
  // Best F1: both anomalies and nothing else.
  expect(at('labels')).toBe(7.5);
});

test('the dearer a miss, the lower the line', () => {
  const mixed = { reference, scores: [1, 2, 3, 4], isAnomaly: [false, true, false, true] };
  // Below the first anomaly: one false alarm more saves one miss.
  expect(chooseThreshold({ by: 'cost', ratio: 5 }, mixed)).toBe(1.5);
  expect(chooseThreshold({ by: 'cost', ratio: 0.5 }, mixed)).toBe(3.5);
});

test('where calling anything costs more than it brings, nothing is called', () => {
  const scores = [3, 2, 1];
  const threshold = chooseThreshold({ by: 'cost', ratio: 0.1 }, { reference, scores, isAnomaly: [false, false, true] });
  expect(scores.filter((score) => score > threshold)).toEqual([]);
});

test('labels of one sort, or none, are refused; unlabelled examples are left out', () => {
  const one = { reference, scores: [1, 2], isAnomaly: [false, false] };
  expect(() => chooseThreshold({ by: 'labels' }, one)).toThrow('0 anomalies among 2 labelled');
  expect(() => chooseThreshold({ by: 'cost', ratio: 1 }, { reference, scores })).toThrow('no labels');
  const some = { reference, scores: [9, 1, 5], isAnomaly: [undefined, false, true] };
  expect(chooseThreshold({ by: 'labels' }, some)).toBe(3);
});

test.each(['quantile', 'quantile:2', 'share:0', 'cost:-1', 'best', '', 'quantile:0.9x'])('refuses %j', (text) => {
  expect(() => parseThreshold(text)).toThrow('--threshold');
});

test('quantiles lie between neighbours', () => {
  expect([0, 0.25, 0.3, 1].map((share) => quantile([0, 10, 20, 30, 40], share))).toEqual([0, 10, 12, 40]);
});
