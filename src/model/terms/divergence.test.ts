import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { gradient } from '../../graph/gradient.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { klPerDimension } from './divergence.ts';

const COUNT = 200;
const mean = input('mean', 'float32', [1, COUNT]);
const logVariance = input('logVariance', 'float32', [1, COUNT]);

test('KL is 0 at the prior, flat there, and positive elsewhere', () => {
  const kl = klPerDimension(mean, logVariance);
  const outputs = [kl, ...gradient(sum(kl), [mean, logVariance])];
  const zeros = new Float64Array(COUNT);
  for (const values of evaluate(outputs, { mean: zeros, logVariance: zeros })) expect([...values]).toEqual([...zeros]);
  const random = createRandom(1);
  const feeds = {
    mean: Float64Array.from(zeros, () => 3 * random.normal()),
    logVariance: Float64Array.from(zeros, () => 3 * random.normal()),
  };
  const [values] = evaluate([kl], feeds);
  expect(values.every((value) => value > 0)).toBe(true);
});

test('KL agrees with the integral of q log(q/p)', () => {
  const [m, logV] = [0.7, -1.2];
  const v = Math.exp(logV);
  let integral = 0;
  const step = 1e-3;
  for (let z = -12; z < 12; z += step) {
    const q = Math.exp(-((z - m) ** 2) / (2 * v)) / Math.sqrt(2 * Math.PI * v);
    if (q > 0) integral += step * q * (-((z - m) ** 2) / (2 * v) - logV / 2 + z ** 2 / 2);
  }
  const fill = (value: number): Float64Array => new Float64Array(COUNT).fill(value);
  const [values] = evaluate([klPerDimension(mean, logVariance)], { mean: fill(m), logVariance: fill(logV) });
  expect(values[0]).toBeCloseTo(integral, 8);
});
