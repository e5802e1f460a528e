import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { makePicture } from '../data/picture.ts';
import { pictureQuality, psnr, ssim } from './picture-quality.ts';

const like = { name: 'p', channels: 1, height: 40, width: 50 } as const;
const waves = makePicture(like, (_, row, column) => 0.5 + 0.3 * Math.sin(row / 3) * Math.cos(column / 5));
const random = createRandom(1);
const noisy = { ...waves, values: waves.values.map((value) => value + 0.1 * random.normal()) };

test('PSNR of a constant error, of none, and of a border left out', () => {
  const brighter = { ...waves, values: waves.values.map((value) => value + 0.1) };
  expect(psnr(brighter, waves)).toBeCloseTo(20, 5);
  expect(psnr(waves, waves)).toBe(Infinity);
  const edged = makePicture(like, (_, row, column) => waves.values[row * 50 + column] + (row === 0 ? 0.1 : 0.01));
  expect(psnr(edged, waves, 1)).toBeCloseTo(40, 4);
  expect(psnr(edged, waves)).toBeLessThan(36);
  expect(psnr(edged, waves, 0, (at) => at < 50)).toBeCloseTo(20, 4);
});

test('what lies outside of black and white counts as black and white', () => {
  const white = makePicture(like, () => 1);
  expect(
    psnr(
      makePicture(like, () => 1.7),
      white,
    ),
  ).toBe(Infinity);
});

test('SSIM is 1 for equal pictures, symmetric, and falls with noise', () => {
  expect(ssim(waves, waves)).toBeCloseTo(1, 10);
  expect(ssim(noisy, waves)).toBeCloseTo(ssim(waves, noisy), 10);
  const noisier = { ...waves, values: waves.values.map((value) => value + 0.3 * random.normal()) };
  expect(ssim(noisy, waves)).toBeLessThan(0.9);
  expect(ssim(noisier, waves)).toBeLessThan(ssim(noisy, waves));
});

test('SSIM of constant pictures is that of their brightness alone', () => {
  const [a, b] = [0.4, 0.6].map((value) => makePicture(like, () => value));
  // (2 · 0.4 · 0.6 + C₁) / (0.4² + 0.6² + C₁) with C₁ = 10⁻⁴.
  expect(ssim(a, b)).toBeCloseTo((0.48 + 1e-4) / (0.52 + 1e-4), 5);
});

test('pictures of few pixels have a similarity too', () => {
  const tiny = makePicture({ ...like, height: 2, width: 3 }, (_, row, column) => (row + column) / 4);
  expect(pictureQuality(tiny, tiny)).toEqual({ psnr: Infinity, ssim: 1 });
});
