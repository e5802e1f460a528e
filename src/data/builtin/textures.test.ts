import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { makeTextures } from './textures.ts';

const COUNT = 700;
const SIZE = 64 * 64;
const textures = makeTextures(COUNT, createRandom(3));
const { names = [], values: labels = new Int32Array(0) } = textures.labels ?? {};
const picture = (at: number): ArrayLike<number> => textures.values.subarray(at * SIZE, (at + 1) * SIZE);

/** Mean of something about the pictures of a family. */
function meanOf(family: string, of: (pixels: ArrayLike<number>) => number): number {
  const rows = [...labels.keys()].filter((row) => names[labels[row]] === family);
  return rows.reduce((sum, row) => sum + of(picture(row)), 0) / rows.length;
}

/** Mean of the differences between pixels and those to the right of them, of 255. */
function roughness(pixels: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < SIZE; at++) if (at % 64 < 63) sum += Math.abs(pixels[at + 1] - pixels[at]);
  return sum / (64 * 63);
}

/** Share of pixels that differ by more than 60 of 255 from the one to the right. */
function edges(pixels: ArrayLike<number>): number {
  let count = 0;
  for (let at = 0; at < SIZE; at++) if (at % 64 < 63 && Math.abs(pixels[at + 1] - pixels[at]) > 60) count++;
  return count / (64 * 63);
}

test('a seed fixes the textures, and fewer are the first of more', () => {
  expect(makeTextures(20, createRandom(3)).values).toEqual(textures.values.subarray(0, 20 * SIZE));
  expect(makeTextures(20, createRandom(4)).values).not.toEqual(textures.values.subarray(0, 20 * SIZE));
  expect(textures.shape).toEqual([COUNT, 1, 64, 64]);
});

test('seven families are about equally frequent, and no two pictures are alike', () => {
  expect(names).toEqual(['stripes', 'grain', 'clouds', 'bricks', 'leaves', 'gradients', 'mixture']);
  for (const at of names.keys()) {
    const count = labels.filter((label) => label === at).length;
    expect(count).toBeGreaterThan(65);
    expect(count).toBeLessThan(135);
  }
  expect(new Set(Array.from({ length: COUNT }, (_, at) => Array.from(picture(at)).join())).size).toBe(COUNT);
});

test('as light as photographs on average, with some contrast in each', () => {
  let mean = 0;
  for (const value of textures.values) mean += value / textures.values.length;
  expect(mean).toBeGreaterThan(100);
  expect(mean).toBeLessThan(150);
  for (let at = 0; at < COUNT; at++) {
    const pixels = Array.from(picture(at));
    expect(Math.max(...pixels) - Math.min(...pixels)).toBeGreaterThan(15);
  }
});

test('shades are smooth, clouds rough without edges, stripes and leaves have edges', () => {
  const [shades, clouds, bricks] = ['gradients', 'clouds', 'bricks'].map((family) => meanOf(family, roughness));
  expect(shades).toBeLessThan(2);
  expect(clouds).toBeGreaterThan(2 * shades);
  expect(bricks).toBeGreaterThan(clouds);
  expect(meanOf('gradients', edges)).toBe(0);
  expect(meanOf('clouds', edges)).toBeLessThan(0.005);
  for (const family of ['stripes', 'bricks', 'leaves']) expect(meanOf(family, edges)).toBeGreaterThan(0.01);
});
