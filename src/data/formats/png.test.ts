import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import type { ArraySource } from '../dataset.ts';
import { encodeSource } from './formats.ts';
import { encodePngGrid } from './png.ts';

const images: ArraySource = {
  form: 'array',
  name: 'images',
  values: Uint8Array.of(10, 20, 30, 40, 50, 60),
  shape: [3, 1, 1, 2],
};

test('images stand in rows with a gap, pixel by pixel', () => {
  const { width, height, data } = decode(encodePngGrid(images, 2));
  expect([width, height]).toEqual([6, 4]);
  expect([...data.subarray(0, 6)]).toEqual([10, 20, 128, 128, 30, 40]);
  expect([...data.subarray(18, 20)]).toEqual([50, 60]);
});

test('channels become colours', () => {
  const colour: ArraySource = { ...images, values: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [1, 3, 1, 2] };
  const { channels, data } = decode(encodePngGrid(colour));
  expect(channels).toBe(3);
  expect([...data]).toEqual([1, 3, 5, 2, 4, 6]);
});

test('only images become pictures, and only known endings are written', () => {
  expect(() => encodePngGrid({ ...images, shape: [3, 2] })).toThrow('images of 1 or 3 channels');
  expect(() => encodeSource('out.tsv', images)).toThrow('.npy, .npz, .csv, .jsonl, .parquet, .arrow, .png');
  expect(new TextDecoder().decode(encodeSource('x.csv', { ...images, shape: [3, 2] }))).toBe(
    'feature1,feature2\n10,20\n30,40\n50,60\n',
  );
  for (const name of ['x.npy', 'x.jsonl', 'x.PNG']) expect(encodeSource(name, images).length).toBeGreaterThan(10);
});
