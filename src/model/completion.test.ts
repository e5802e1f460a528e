import { afterAll, describe, expect, test } from 'vitest';
import { examplesOf, parametersFor, tinyModel, WIDTH } from '../../test/conformance/tiny-models.ts';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { makeCompletion } from './completion.ts';
import type { Examples } from './examples.ts';
import { makeRunner } from './runner.ts';

const engine = nodeEngine({ threads: 1 });
const SAMPLES = 2000;

/** One number as the code, so that the integrals can be done on a grid; an encoder that says something, but little. */
const model = tinyModel({
  kind: 'variational',
  architecture: { latent: 1, loss: 'mixed', output: 'linear' },
  hasMissing: true,
});
const parameters = new Map(
  [...parametersFor(model)].map(([name, values]) => [
    name,
    values.map((v) => v * (name.startsWith('encoder') ? 0.4 : 1.5)),
  ]),
);
const runner = makeRunner(engine, model);
const completion = makeCompletion(engine, model, SAMPLES);
const examples = examplesOf(8, { form: 'table', missing: 0.4, seed: 3 });
afterAll(async () => {
  await runner.dispose();
  await completion.dispose();
});

/** The six numbers of the table; what comes after them are one-hot groups. */
const NUMBERS = 6;

/** Mean and variance of every entry given what is there, by a sum over a fine grid of codes. */
async function byQuadrature({ values, count }: Examples): Promise<{ mean: number[]; variance: number[] }> {
  const grid = Float32Array.from({ length: 2001 }, (_, i) => (i - 1000) / 150);
  const told = await runner.decode(parameters, grid);
  const noise = [...(parameters.get('likelihood.logVariance') ?? [])].map((v) => Math.exp(v) + 1e-4);
  const [mean, variance] = [new Array(count * WIDTH).fill(0), new Array(count * WIDTH).fill(0)];
  for (let row = 0; row < count; row++) {
    const weights = Array.from(grid, (z, at) => {
      let logarithm = -(z ** 2) / 2;
      for (let i = 0; i < WIDTH; i++) {
        const [x, m] = [values[row * WIDTH + i], told[at * WIDTH + i]];
        if (!Number.isNaN(x)) logarithm += i < NUMBERS ? -((x - m) ** 2) / noise[i] / 2 : x * Math.log(m);
      }
      return Math.exp(logarithm);
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < WIDTH; i++) {
      const over = (of: (m: number) => number): number =>
        weights.reduce((sum, weight, at) => sum + (weight / total) * of(told[at * WIDTH + i]), 0);
      const [first, second] = [over((m) => m), over((m) => (i < NUMBERS ? m ** 2 + noise[i] : m))];
      mean[row * WIDTH + i] = first;
      variance[row * WIDTH + i] = second - first ** 2;
    }
  }
  return { mean, variance };
}

describe('given what is there', () => {
  test('the expectation of what is missing is that of the integral over codes', async () => {
    const { mean } = await byQuadrature(examples);
    const found = await completion.complete(parameters, examples, 'mean', createRandom(1));
    const { reconstruction } = await runner.reconstruct(parameters, examples);
    const missing = [...examples.values].flatMap((value, at) => (Number.isNaN(value) ? [at] : []));
    const apart = (told: Float32Array): number => Math.max(...missing.map((at) => Math.abs(told[at] - mean[at])));
    expect(missing.length).toBeGreaterThan(20);
    expect(apart(found)).toBeLessThan(0.03);
    // The code that an untrained encoder gives says much less.
    expect(apart(reconstruction)).toBeGreaterThan(0.1);
  });

  test('draws have its mean and its spread, and categories are one of them', async () => {
    const times = 1500;
    const one = { values: examples.values.slice(0, WIDTH), count: 1 };
    const many = {
      values: Float32Array.from({ length: times * WIDTH }, (_, i) => one.values[i % WIDTH]),
      count: times,
    };
    const { mean, variance } = await byQuadrature(one);
    const drawn = await completion.complete(parameters, many, 'draw', createRandom(2));
    for (let i = 0; i < WIDTH; i++) {
      const values = Array.from({ length: times }, (_, row) => drawn[row * WIDTH + i]);
      const found = values.reduce((sum, value) => sum + value, 0) / times;
      const spread = values.reduce((sum, value) => sum + (value - found) ** 2, 0) / times;
      expect(Math.abs(found - mean[i]), `mean ${i}`).toBeLessThan(4.5 * Math.sqrt(variance[i] / times) + 0.005);
      expect(spread / variance[i], `variance ${i}`).toBeGreaterThan(0.8);
      expect(spread / variance[i], `variance ${i}`).toBeLessThan(1.25);
      if (i >= NUMBERS) expect(values.every((value) => value === 0 || value === 1)).toBe(true);
    }
  }, 60_000);

  test('the same source of randomness gives the same, another one something else', async () => {
    const first = await completion.complete(parameters, examples, 'mean', createRandom(1));
    expect(await completion.complete(parameters, examples, 'mean', createRandom(1))).toEqual(first);
    expect(await completion.complete(parameters, examples, 'mean', createRandom(2))).not.toEqual(first);
  });
});
