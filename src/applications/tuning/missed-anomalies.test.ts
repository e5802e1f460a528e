import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { areaUnderRoc } from '../roc.ts';
import { missedShares } from './missed-anomalies.ts';

test('their mean is 1 − AUROC, with ties and without', () => {
  const random = createRandom(1).fork('scores');
  for (const digits of [12, 1]) {
    const draw = (about: number): Float64Array =>
      Float64Array.from({ length: 60 }, () => Number((about + random.normal()).toFixed(digits)));
    const [usual, made] = [draw(0), draw(0.8)];
    const missed = missedShares(usual, made);
    const isMade = Array.from({ length: 120 }, (_, at) => at >= 60);
    expect(missed.reduce((sum, share) => sum + share, 0) / 60).toBeCloseTo(
      1 - areaUnderRoc([...usual, ...made], isMade),
      12,
    );
  }
});

test('of rows that are told apart none is missed, of others all', () => {
  expect([...missedShares(Float64Array.of(1, 2, 3), Float64Array.of(5, 6, 7))]).toEqual([0, 0, 0]);
  expect([...missedShares(Float64Array.of(5, 6), Float64Array.of(1, 2))]).toEqual([1, 1]);
});
