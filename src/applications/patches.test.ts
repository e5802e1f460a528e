import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { makePicture } from '../data/picture.ts';
import { cutPatches, planCuts } from './patches.ts';

/** Pixels that say where they are. */
const marked = (name: string, height: number, width: number, first: number) =>
  makePicture({ name, channels: 1, height, width }, (_, row, column) => (first + row * width + column) / 255);

test('a piece is what the picture has there, in eight ways', () => {
  const picture = marked('a', 3, 4, 0);
  const cut = (way: number) => Array.from(cutPatches([picture], [{ picture: 0, top: 1, left: 1, way }], 2));
  // [[5, 6], [9, 10]]
  expect(cut(0)).toEqual([5, 6, 9, 10]);
  expect(cut(1)).toEqual([6, 5, 10, 9]);
  expect(cut(2)).toEqual([9, 10, 5, 6]);
  expect(cut(3)).toEqual([10, 9, 6, 5]);
  expect(cut(4)).toEqual([5, 9, 6, 10]);
  expect(new Set([0, 1, 2, 3, 4, 5, 6, 7].map((way) => cut(way).join())).size).toBe(8);
});

test('colours are cut at the same place', () => {
  const picture = makePicture(
    { name: 'c', channels: 3, height: 5, width: 5 },
    (channel, row, column) => (channel * 50 + row * 5 + column) / 255,
  );
  const [red, green, blue] = [0, 1, 2].map((channel) =>
    cutPatches([picture], [{ picture: 0, top: 2, left: 1, way: 5 }], 2).subarray(channel * 4, channel * 4 + 4),
  );
  expect(Array.from(green, (value) => value - 50)).toEqual(Array.from(red));
  expect(Array.from(blue, (value) => value - 100)).toEqual(Array.from(red));
});

test('every place is as likely, and pictures that are too small give nothing', () => {
  const pictures = [marked('large', 10, 20, 0), marked('small', 3, 30, 0), marked('square', 8, 8, 0)];
  const cuts = planCuts(pictures, { count: 9000, size: 8, random: createRandom(1) });
  const counts = [0, 1, 2].map((at) => cuts.filter(({ picture }) => picture === at).length);
  // 3 · 13 places and 1.
  expect(counts[1]).toBe(0);
  expect(counts[2] / cuts.length).toBeCloseTo(1 / 40, 2);
  expect(new Set(cuts.filter(({ picture }) => picture === 0).map(({ top, left }) => `${top} ${left}`)).size).toBe(39);
  expect(Math.max(...cuts.map(({ top }) => top))).toBe(2);
  expect(() => planCuts(pictures, { count: 1, size: 11, random: createRandom(1) })).toThrow(
    'expected pictures of at least 11×11 pixels, got none of 3',
  );
});
