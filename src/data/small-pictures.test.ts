import { expect, test } from 'vitest';
import { smallPictures } from './small-pictures.ts';

test('what is small enough stays as it is', () => {
  const given = { pixels: Uint8Array.of(1, 2, 3, 4), shape: [1, 1, 2, 2] } as const;
  expect(smallPictures(given)).toEqual(given);
});

test('larger ones are averaged over squares, those at the edge over what there is, each picture and channel by itself', () => {
  const [count, channels, height, width] = [2, 3, 33, 64];
  const planes = Array.from({ length: count * channels }, (_, plane) => {
    const pixels = new Uint8Array(height * width).fill(10 * plane);
    pixels[0] = 10 * plane + 4;
    pixels[height * width - 1] = 10 * plane + 6;
    return pixels;
  });
  const { pixels, shape } = smallPictures({
    pixels: Uint8Array.from(planes.flatMap((plane) => [...plane])),
    shape: [count, channels, height, width],
  });
  expect(shape).toEqual([2, 3, 17, 32]);
  for (let plane = 0; plane < 6; plane++) {
    const own = pixels.subarray(plane * 17 * 32, (plane + 1) * 17 * 32);
    expect([own[0], own[1], own.at(-1)]).toEqual([10 * plane + 1, 10 * plane, 10 * plane + 3]);
  }
});
