import { describe, expect, test } from 'vitest';
import { makePicture, type Picture } from '../data/picture.ts';
import { overTiles, spans } from './tiles.ts';

describe('spans', () => {
  test.each([
    [100, 40, 5],
    [41, 40, 5],
    [40, 40, 5],
    [1000, 40, 19],
    [83, 32, 8],
    [1, 40, 5],
  ])(
    'of a side of %i, pieces of %i with %i around: every pixel is kept once, away from cut edges',
    (length, size, margin) => {
      const pieces = spans(length, size, margin);
      let next = 0;
      for (const { from, to, keepFrom, keepTo } of pieces) {
        expect(keepFrom).toBe(next);
        expect(keepTo).toBeGreaterThan(keepFrom);
        next = keepTo;
        expect(to - from).toBe(Math.min(size, length));
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(length);
        if (from > 0) expect(keepFrom - from).toBeGreaterThanOrEqual(margin);
        if (to < length) expect(to - keepTo).toBeGreaterThanOrEqual(margin);
      }
      expect(next).toBe(length);
    },
  );
});

/** The mean of the pixels within `reach`, as far as they are there. */
const blurred = (picture: Picture, reach: number): Picture => {
  const { height, width, values } = picture;
  return makePicture(picture, (channel, row, column) => {
    let [sum, count] = [0, 0];
    for (let y = Math.max(0, row - reach); y <= Math.min(height - 1, row + reach); y++)
      for (let x = Math.max(0, column - reach); x <= Math.min(width - 1, column + reach); x++) {
        sum += values[(channel * height + y) * width + x];
        count++;
      }
    return sum / count;
  });
};

test('what is computed in pieces is what the whole would give', async () => {
  const picture = makePicture({ name: 'p', channels: 3, height: 53, width: 71 }, (channel, row, column) =>
    Math.sin(channel + row * 0.7 + column * 1.3),
  );
  const sizes = new Set<string>();
  const pieced = await overTiles(picture, { size: 24, margin: 3 }, async (piece) => {
    sizes.add(`${piece.height} ${piece.width}`);
    return blurred(piece, 3);
  });
  expect([...sizes]).toEqual(['24 24']);
  expect(pieced).toMatchObject({ name: 'p', channels: 3, height: 53, width: 71 });
  expect(Array.from(pieced.values)).toEqual(Array.from(blurred(picture, 3).values));
  // With less around, it is not.
  const wrong = await overTiles(picture, { size: 24, margin: 2 }, async (piece) => blurred(piece, 3));
  expect(Array.from(wrong.values)).not.toEqual(Array.from(pieced.values));
});

test('a picture of one pixel, and a very wide one', async () => {
  const pixel = makePicture({ name: 'dot', channels: 1, height: 1, width: 1 }, () => 0.25);
  expect(await overTiles(pixel, { size: 24, margin: 3 }, async (piece) => piece)).toEqual(pixel);
  const wide = makePicture({ name: 'wide', channels: 1, height: 2, width: 20_000 }, (_, row, column) => row + column);
  const same = await overTiles(wide, { size: 384, margin: 40 }, async (piece) => piece);
  expect(same.values).toEqual(wide.values);
});
