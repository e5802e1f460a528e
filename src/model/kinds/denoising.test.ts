import { describe, expect, test } from 'vitest';
import { parametersFor, tinyModel, WIDTH } from '../../../test/conformance/tiny-models.ts';
import { node } from '../../../test/conformance/train-tiny.ts';
import { createRandom } from '../../base/random.ts';
import { makeRunner } from '../runner.ts';

const COUNT = 2000;

/** What the encoder sees of rows that are `value` everywhere, less that: `[COUNT, WIDTH]`. */
async function noiseOf(value: number, kindOptions: Readonly<Record<string, unknown>>): Promise<Float32Array> {
  const model = tinyModel({ kind: 'denoising', kindOptions });
  const runner = makeRunner(node, model);
  const values = new Float32Array(COUNT * WIDTH).fill(value);
  const { corrupted } = await runner.denoise(parametersFor(model), { values, count: COUNT }, createRandom(1));
  await runner.dispose();
  return corrupted.map((seen) => seen - value);
}

const deviationOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/** The root mean square of each row. */
const levels = (noise: Float32Array): number[] =>
  Array.from({ length: COUNT }, (_, row) => deviationOf(noise.subarray(row * WIDTH, (row + 1) * WIDTH)));

describe('noise', () => {
  test('gaussian has the deviation that was asked for', async () => {
    expect(deviationOf(await noiseOf(0.5, { noiseLevel: 0.2 }))).toBeCloseTo(0.2, 2);
  });

  test.each([
    [1, 0.2],
    [0.25, 0.1],
    [0, 0],
  ])('poisson has a variance that goes with the input: %d', async (value, deviation) => {
    expect(deviationOf(await noiseOf(value, { noise: 'poisson', noiseLevel: 0.2 }))).toBeCloseTo(deviation, 2);
  });

  test('between two levels every example has one of its own, all as likely', async () => {
    const spread = levels(await noiseOf(0.5, { noiseLevel: 0.4, noiseLevelFrom: 0.1 })).toSorted((a, b) => a - b);
    // The mean of a square of a uniform level: (0.4³ − 0.1³) / (3 · 0.3).
    expect(deviationOf(Float32Array.from(spread)) ** 2).toBeCloseTo((0.4 ** 3 - 0.1 ** 3) / 0.9, 2);
    expect(spread[COUNT / 20]).toBeLessThan(0.14);
    expect(spread[COUNT - COUNT / 20]).toBeGreaterThan(0.36);
    const same = levels(await noiseOf(0.5, { noiseLevel: 0.4 })).toSorted((a, b) => a - b);
    expect(same[COUNT / 20]).toBeGreaterThan(0.22);
  });

  test('of salt and pepper and of masking, the level is the share that is hit', async () => {
    const salted = await noiseOf(0.4, { noise: 'salt-and-pepper', noiseLevel: 0.3 });
    const count = (value: number): number => salted.filter((seen) => Math.abs(seen - value) < 1e-6).length;
    expect(count(0.6) / salted.length).toBeCloseTo(0.15, 1);
    expect(count(-0.4) / salted.length).toBeCloseTo(0.15, 1);
    const masked = await noiseOf(0.4, { noise: 'masking', noiseLevel: 0.3, noiseLevelFrom: 0.1 });
    expect(masked.filter((seen) => Math.abs(seen) > 1e-6).length / masked.length).toBeCloseTo(0.2, 1);
  });

  test('from a level above the highest is refused', () => {
    expect(() => tinyModel({ kind: 'denoising', kindOptions: { noiseLevel: 0.1, noiseLevelFrom: 0.2 } })).toThrow(
      '--noise-level-from: expected at most the noise level, 0.1, got 0.2',
    );
  });
});
