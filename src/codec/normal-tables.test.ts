import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { erf } from '../graph/ops/elementwise.ts';
import { input } from '../graph/ops/input.ts';
import { evaluate } from '../graph/reference.ts';
import { ansStack } from './ans-stack.ts';
import {
  areSound,
  INVERSE_BITS,
  levelOf,
  makeNormalTables,
  PLACE_BITS,
  POSTERIOR_BITS,
  posteriorSlots,
} from './normal-tables.ts';

const tables = makeNormalTables(10);
const slots = posteriorSlots(tables);
const buckets = 1024;
const one = 2 ** PLACE_BITS;

/** Φ, from the erf that has its own test. */
function distribution(x: number): number {
  const [value] = evaluate([erf(input('x', 'float32', [1]))], { x: [x / Math.SQRT2] });
  return (1 + value[0]) / 2;
}

describe('buckets of the prior', () => {
  test('are bounded by the known quantiles', () => {
    const bound = (chance: number): number => tables.bounds[chance * buckets - 1] / one;
    expect(bound(0.5)).toBe(0);
    expect(bound(0.75)).toBeCloseTo(0.67448975, 5);
    expect(bound(1 / buckets)).toBeCloseTo(-3.0972691, 4);
    expect(bound(1 - 1 / buckets)).toBeCloseTo(3.0972691, 4);
  });

  test('each has its centre within', () => {
    for (let bucket = 1; bucket < buckets - 1; bucket++) {
      expect(tables.centres[bucket]).toBeGreaterThan(tables.bounds[bucket - 1]);
      expect(tables.centres[bucket]).toBeLessThan(tables.bounds[bucket]);
    }
  });
});

describe.each([
  [0, 4],
  [0.3, 36],
  [-2.9, 20],
  [1.7, 60],
  [5, 0],
  [-40, 111],
])('a posterior around %f of level %i', (mean, level) => {
  const place = Math.round(mean * one);
  const sigma = 2 ** INVERSE_BITS / tables.inverseWidths[level];

  test('its slots are all of 2³², and none is empty', () => {
    let sum = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const frequency = slots.frequency(place, level, bucket);
      expect(frequency).toBeGreaterThanOrEqual(1);
      sum += frequency;
    }
    expect(sum).toBe(2 ** POSTERIOR_BITS);
  });

  test('are as likely as the normal distribution says', () => {
    for (let bucket = 0; bucket < buckets; bucket += 7) {
      const bound = (at: number): number =>
        at === 0 ? 0 : at === buckets ? 1 : distribution((tables.bounds[at - 1] / one - mean) / sigma);
      const expected = bound(bucket + 1) - bound(bucket);
      // Straight between knots that are σ/16 apart: h²/8 · max |φ′| of a bound.
      expect(Math.abs(slots.frequency(place, level, bucket) / 2 ** POSTERIOR_BITS - expected)).toBeLessThan(3e-4);
    }
  });

  test('a bucket that is popped is pushed back', () => {
    const random = createRandom(level);
    const bytes = Uint8Array.from({ length: 4000 }, (_, at) => (at === 0 ? 128 : random.integer(256)));
    const refuse = (): never => {
      throw new Error('refused');
    };
    const stack = ansStack({ width: 48, bytes, below: refuse, refuse });
    const popped = Array.from({ length: 500 }, () => slots.pop(stack, place, level));
    for (const bucket of popped.toReversed()) slots.push(stack, place, level, bucket);
    expect(stack.bytes()).toEqual(bytes);
  });
});

test('the level of a variance is the nearest width above: within a sixteenth', () => {
  for (const logVariance of [-9, -4.2, -1, -0.1, 0, 0.3]) {
    const sigma = 2 ** INVERSE_BITS / tables.inverseWidths[levelOf(Math.round(logVariance * 2 ** 14), 14)];
    expect(Math.log(sigma) - logVariance / 2).toBeGreaterThan(-0.001);
    expect(Math.log(sigma) - logVariance / 2).toBeLessThan(1 / 16 + 0.001);
  }
  expect(levelOf(2 ** 23, 1)).toBe(0);
  expect(levelOf(-(2 ** 23), 1)).toBe(tables.inverseWidths.length - 1);
});

test('tables out of order or beyond are not sound', () => {
  expect(areSound(tables)).toBe(true);
  expect(areSound({ ...tables, bounds: tables.bounds.toReversed() })).toBe(false);
  expect(areSound({ ...tables, knots: tables.knots.map((knot) => knot + 2000) })).toBe(false);
  expect(areSound({ ...tables, centres: tables.centres.map((centre) => centre * 100) })).toBe(false);
  expect(areSound({ ...tables, inverseWidths: tables.inverseWidths.map(() => 0) })).toBe(false);
});
