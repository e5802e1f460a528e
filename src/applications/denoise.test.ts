import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { makePicture } from '../data/picture.ts';
import { denoise, levelWords, type Noise } from './denoise.ts';

const half = makePicture({ name: 'p', channels: 1, height: 100, width: 100 }, () => 0.5);
const noiseOf = (how: Noise, brightness = 0.5): Float32Array => {
  const picture = { ...half, values: half.values.map(() => brightness) };
  return denoise.spoil(picture, how, createRandom(5)).values.map((value) => value - brightness);
};
const deviation = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('noise', () => {
  test('gaussian has its sigma', () => {
    expect(255 * deviation(noiseOf({ noise: 'gaussian', from: 25 / 255, to: 25 / 255 }))).toBeCloseTo(25, 0);
  });

  test.each([
    [30, 0.5],
    [30, 0.02],
    [1000, 0.5],
  ])('counts of %d photons at white vary as their number does, at brightness %d', (peak, brightness) => {
    const level = 1 / Math.sqrt(peak);
    const noise = noiseOf({ noise: 'poisson', from: level, to: level }, brightness);
    expect(deviation(noise) / Math.sqrt(brightness / peak)).toBeCloseTo(1, 1);
    expect(Math.abs(noise.reduce((sum, value) => sum + value, 0) / noise.length)).toBeLessThan(0.01);
  });

  test('salt and pepper hit the share that was asked for, half of it each', () => {
    const noise = noiseOf({ noise: 'salt-and-pepper', from: 0.2, to: 0.2 });
    const share = (value: number): number => noise.filter((own) => own === value).length / noise.length;
    expect(share(0.5)).toBeCloseTo(0.1, 1);
    expect(share(-0.5)).toBeCloseTo(0.1, 1);
    expect(share(0)).toBeCloseTo(0.8, 1);
  });

  test.each([
    ['gaussian', 40 / 255, 0.5],
    ['poisson', 0.1, 0.5],
    ['poisson', 0.1, 0.2],
  ] as const)(
    'the level of %s noise that was %d is told from the good picture, whatever the model is for',
    (noise, level, brightness) => {
      const clean = { ...half, values: half.values.map(() => brightness) };
      const spoiled = denoise.spoil(clean, { noise, from: level, to: level }, createRandom(5));
      const { from, to } = denoise.seen?.({ noise, from: 0.01, to: 0.9 }, spoiled, clean) ?? {};
      expect(from).toBe(to);
      expect((to ?? 0) / level).toBeCloseTo(1, 1);
      expect(denoise.seen?.({ noise, from: 0.01, to: 0.9 }, clean, clean)).toEqual({ noise, from: 0.01, to: 0.9 });
    },
  );

  test('of a range is of one level for a picture, another one for the next', () => {
    const random = createRandom(2);
    const levels = Array.from({ length: 20 }, () => {
      const spoiled = denoise.spoil(half, { noise: 'gaussian', from: 0, to: 0.2 }, random);
      return deviation(spoiled.values.map((value) => value - 0.5));
    });
    expect(Math.max(...levels)).toBeGreaterThan(0.15);
    expect(Math.min(...levels)).toBeLessThan(0.05);
  });
});

test('a model for a range is measured at the levels of papers that lie in it', () => {
  const names = (how: Noise): string[] => denoise.trials(how).map(({ name }) => name);
  expect(names({ noise: 'gaussian', from: 0, to: 55 / 255 })).toEqual(['sigma 15', 'sigma 25', 'sigma 50']);
  expect(names({ noise: 'gaussian', from: 25 / 255, to: 25 / 255 })).toEqual(['sigma 25']);
  expect(names({ noise: 'gaussian', from: 60 / 255, to: 80 / 255 })).toEqual(['sigma 70', 'sigma 80']);
  expect(names({ noise: 'salt-and-pepper', from: 0.1, to: 0.3 })).toEqual(['20 % of the pixels', '30 % of the pixels']);
  expect(levelWords('poisson', 1 / Math.sqrt(30))).toBe('peak 30');
});
