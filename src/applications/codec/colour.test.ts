import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { makePicture, type Picture } from '../../data/picture.ts';
import { pictureOf, planeSizes, planesOf } from './colour.ts';

const one = (...colour: readonly number[]): Picture =>
  makePicture({ name: 'x', channels: 3, width: 1, height: 1 }, (channel) => colour[channel] / 255);

test.each([
  ['black', [0, 0, 0], [0, 128, 128]],
  ['white', [255, 255, 255], [255, 128, 128]],
  ['red', [255, 0, 0], [76.245, 84.97, 255.5]],
  ['green', [0, 255, 0], [149.685, 43.53, 21.23]],
  ['blue', [0, 0, 255], [29.07, 255.5, 107.26]],
])('%s is what JFIF says', (_, colour, expected) => {
  // There neutral is 128, here half of the range, 127.5.
  const planes = planesOf(one(...colour)).map(({ values }, at) => 255 * values[0] + (at === 0 ? 0 : 0.5));
  for (const [at, value] of expected.entries()) expect(Math.abs(planes[at] - value)).toBeLessThan(0.02);
});

describe.each([
  [1, 1],
  [2, 2],
  [5, 4],
  [3, 7],
])('%i×%i', (width, height) => {
  test('what has one colour all over comes back, and has planes of the sizes that are told', () => {
    const picture = makePicture({ name: 'x', channels: 3, width, height }, (channel) => [0.2, 0.7, 0.4][channel]);
    const planes = planesOf(picture);
    expect(planes.map((plane) => [plane.width, plane.height])).toEqual(planeSizes(width, height, 3));
    const back = pictureOf(planes);
    expect([back.channels, back.width, back.height]).toEqual([3, width, height]);
    for (const [at, value] of picture.values.entries()) expect(back.values[at]).toBeCloseTo(value, 5);
  });

  test('lightness comes back whatever the colours are', () => {
    const random = createRandom(width);
    const picture = makePicture({ name: 'x', channels: 3, width, height }, () => random.uniform());
    const [lightness] = planesOf(picture);
    const [again] = planesOf(pictureOf(planesOf(picture)));
    for (const [at, value] of lightness.values.entries()) expect(again.values[at]).toBeCloseTo(value, 5);
  });
});

test('a grey picture is its own plane', () => {
  const picture = makePicture({ name: 'x', channels: 1, width: 3, height: 2 }, (_, y, x) => (y + x) / 5);
  expect(planesOf(picture)).toEqual([picture]);
  expect(pictureOf([picture])).toEqual(picture);
});
