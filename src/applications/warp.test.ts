import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { warped } from './warp.ts';

const shape = [2, 20, 24] as const;
const slope = Uint8Array.from({ length: 2 * 20 * 24 }, (_, at) => {
  const [channel, row, column] = [Math.floor(at / 480), Math.floor(at / 24) % 20, at % 24];
  return 20 + 100 * channel + 4 * row + column;
});

test('without strength a picture stays as it is', () => {
  expect(warped(slope, shape, 0, createRandom(1))).toEqual(slope);
});

test('points move by about the strength, the same way in every channel, and smoothly', () => {
  const random = createRandom(2);
  let squares = 0;
  const times = 40;
  for (let time = 0; time < times; time++) {
    const moved = warped(slope, shape, 0.05, random);
    let largest = 0;
    for (let at = 0; at < 480; at++) {
      // The channels are the same slope, 100 apart.
      expect(moved[480 + at] - moved[at]).toBe(100);
      if (at % 24 > 0) largest = Math.max(largest, Math.abs(moved[at] - moved[at - 1]));
    }
    expect(largest).toBeLessThan(12);
    // In the middle nothing is cut off: 4 for each of 1 row, 1 for each of 1.2 columns.
    squares += (moved[10 * 24 + 12] - slope[10 * 24 + 12]) ** 2 / times;
  }
  expect(Math.sqrt(squares)).toBeGreaterThan(2);
  expect(Math.sqrt(squares)).toBeLessThan(7);
});

test('a picture of one row, and of one pixel', () => {
  expect(warped(Uint8Array.of(7), [1, 1, 1], 0.1, createRandom(1))).toEqual(Uint8Array.of(7));
  expect(warped(Uint8Array.of(1, 2, 3), [1, 1, 3], 0.1, createRandom(1))).toHaveLength(3);
});
