import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { makePicture, type Picture } from '../../data/picture.ts';
import { psnr } from '../picture-quality.ts';
import { medianFilter } from './median-filter.ts';
import { nonLocalMeans } from './non-local-means.ts';
import { meanFilling, smoothFilling } from './smooth-filling.ts';

const like = { name: 'p', channels: 1, height: 36, width: 40 } as const;
const stripes = makePicture(like, (_, row, column) => (Math.floor((row + 2 * column) / 6) % 2 === 0 ? 0.3 : 0.7));
const withNoise = (picture: Picture, deviation: number): Picture => {
  const random = createRandom(3);
  return { ...picture, values: picture.values.map((value) => value + deviation * random.normal()) };
};

describe('the median', () => {
  test('takes a lone wrong pixel away, and keeps an edge', () => {
    const edge = makePicture(like, (_, __, column) => (column < 20 ? 0.2 : 0.8));
    const spotted = { ...edge, values: edge.values.slice() };
    spotted.values[10 * 40 + 5] = 1;
    spotted.values[0] = 0.9;
    expect(medianFilter(spotted).values).toEqual(edge.values);
  });

  test('is that of what is there at a corner', () => {
    const picture = makePicture(
      { ...like, height: 2, width: 2 },
      (_, row, column) => [0.1, 0.2, 0.6, 0.9][2 * row + column],
    );
    expect(medianFilter(picture).values[0]).toBeCloseTo(0.4, 6);
  });
});

describe('non-local means', () => {
  test('finds stripes again where they repeat, far better than a median', () => {
    const noisy = withNoise(stripes, 0.1);
    const [own, median] = [nonLocalMeans(noisy, 0.1), medianFilter(noisy)].map((picture) => psnr(picture, stripes));
    expect(psnr(noisy, stripes)).toBeCloseTo(20, 0);
    expect(own).toBeGreaterThan(27);
    expect(own).toBeGreaterThan(median + 3);
  });

  test('keeps a constant', () => {
    const flat = makePicture(like, () => 0.5);
    expect(psnr(nonLocalMeans(flat, 0.1), flat)).toBeGreaterThan(100);
  });
});

describe('holes', () => {
  const holed = (picture: Picture): Picture => ({
    ...picture,
    values: picture.values.map((value, at) => {
      const [row, column] = [Math.floor(at / 40), at % 40];
      return row >= 10 && row < 22 && column >= 12 && column < 30 ? NaN : value;
    }),
  });

  test('are filled with the mean of what is there', () => {
    const two = makePicture(like, (_, row) => (row < 5 ? 1 : 0.5));
    const filled = meanFilling(holed(two));
    const around = (5 * 40 + 0.5 * (31 * 40 - 12 * 18)) / (36 * 40 - 12 * 18);
    expect(filled.values[15 * 40 + 20]).toBeCloseTo(around, 5);
    expect(filled.values[0]).toBe(1);
  });

  test('are filled so smoothly that a slope goes on through them', () => {
    const slope = makePicture(like, (_, row, column) => 0.1 + row / 100 + column / 80);
    const filled = smoothFilling(holed(slope));
    expect(Math.max(...filled.values.map((value, at) => Math.abs(value - slope.values[at])))).toBeLessThan(0.01);
  });

  test('are mid-grey where nothing is there', () => {
    const none = makePicture(like, () => NaN);
    expect(smoothFilling(none).values.every((value) => value === 0.5)).toBe(true);
  });
});
