import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { gradient } from '../../graph/gradient.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { wholeBatch } from '../whole-batch.ts';
import { klPerDimension, maximumMeanDiscrepancy, squaredDistances } from './divergence.ts';

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

describe('maximum mean discrepancy', () => {
  const random = createRandom(3);
  const normals = (rows: number, columns: number, shift = 0): Float64Array =>
    Float64Array.from({ length: rows * columns }, () => random.normal() + shift);
  const discrepancy = (a: Float64Array, b: Float64Array, columns: number): number => {
    const shape = [a.length / columns, columns];
    const value = maximumMeanDiscrepancy(input('a', 'float32', shape), input('b', 'float32', shape), wholeBatch());
    return evaluate([value], { a, b })[0][0];
  };

  test('is the textbook sum over pairs', () => {
    const [a, b] = [normals(5, 2), normals(5, 2, 1)];
    const at = (values: Float64Array, row: number): number[] => [values[2 * row], values[2 * row + 1]];
    const kernel = ([u, v]: number[], [s, t]: number[]): number =>
      [0.1, 0.2, 0.5, 1, 2, 5, 10].reduce((total, c) => total + (4 * c) / (4 * c + (u - s) ** 2 + (v - t) ** 2), 0);
    let expected = 0;
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 5; j++) {
        if (i !== j) expected += (kernel(at(a, i), at(a, j)) + kernel(at(b, i), at(b, j))) / 20;
        expected -= (2 * kernel(at(a, i), at(b, j))) / 25;
      }
    expect(discrepancy(a, b, 2)).toBeCloseTo(expected, 10);
  });

  test('is about 0 between samples of one distribution and grows with the shift between two', () => {
    const average = (shift: number): number => {
      let total = 0;
      for (let i = 0; i < 40; i++) total += discrepancy(normals(30, 3), normals(30, 3, shift), 3) / 40;
      return total;
    };
    expect(Math.abs(average(0))).toBeLessThan(0.05);
    expect(average(0.5)).toBeGreaterThan(0.1);
    expect(average(2)).toBeGreaterThan(average(0.5));
  });

  test('distances are those between all pairs of rows', () => {
    const [a, b] = [normals(3, 4), normals(2, 4)];
    const distances = squaredDistances(input('a', 'float32', [3, 4]), input('b', 'float32', [2, 4]));
    const [values] = evaluate([distances], { a, b });
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 2; j++) {
        let expected = 0;
        for (let k = 0; k < 4; k++) expected += (a[4 * i + k] - b[4 * j + k]) ** 2;
        expect(values[2 * i + j]).toBeCloseTo(expected, 10);
      }
  });
});
