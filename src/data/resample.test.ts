import { describe, expect, test } from 'vitest';
import { makePicture, type Picture } from './picture.ts';
import { resample } from './resample.ts';

const made = (height: number, width: number, valueAt: (row: number, column: number) => number): Picture =>
  makePicture({ name: 'p', channels: 1, height, width }, (_, row, column) => valueAt(row, column));

describe('bicubic resampling', () => {
  test('leaves a picture of the same size, and constants, as they are', () => {
    const picture = made(7, 9, (row, column) => Math.sin(row * 3 + column));
    expect(Array.from(resample(picture, 7, 9).values)).toEqual(Array.from(picture.values));
    for (const [height, width] of [
      [14, 27],
      [3, 4],
      [1, 1],
    ]) {
      const { values } = resample(
        made(7, 9, () => 0.3),
        height,
        width,
      );
      expect(Math.max(...values.map((value) => Math.abs(value - 0.3)))).toBeLessThan(1e-6);
    }
  });

  test('keeps a slope, away from the edge', () => {
    const large = resample(
      made(10, 10, (row) => row / 10),
      20,
      20,
    );
    // Pixels are squares: row i of the large one is at (i + ½) / 2 − ½ of the small one.
    for (let row = 4; row < 16; row++) expect(large.values[row * 20 + 10]).toBeCloseTo((row / 2 - 0.25) / 10, 5);
  });

  test('has the numbers of Keys’ kernel: a dot doubled in one direction', () => {
    const { values } = resample(
      made(1, 9, (_, column) => (column === 4 ? 1 : 0)),
      1,
      18,
    );
    // At distances ¼, ¾, 1¼ and 1¾ of the dot.
    expect(Array.from(values.slice(8, 13))).toEqual(
      [0.8671875, 0.8671875, 0.2265625, -0.0703125, -0.0234375].map((value) => expect.closeTo(value, 6)),
    );
  });

  test('made smaller, every pixel counts: the mean stays', () => {
    const picture = made(24, 24, (row, column) => (Math.sin(row * 1.1) * Math.cos(column * 0.9) + 1) / 2);
    const mean = ({ values }: Picture): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(resample(picture, 12, 12))).toBeCloseTo(mean(picture), 2);
    const checks = made(24, 24, (row, column) => (row + column) % 2);
    expect(Math.max(...resample(checks, 8, 8).values.map((value) => Math.abs(value - 0.5)))).toBeLessThan(0.02);
  });
});
