import { describe, expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { createRandom } from '../../base/random.ts';
import { nodeEngine } from '../../engine/node.ts';
import { webEngine } from '../../engine/web.ts';
import { input, iota } from './input.ts';
import { normal, uniform } from './random.ts';

const COUNT = 100_000;
const node = nodeEngine({ threads: 1 });
const web = webEngine({ threads: 1 });

const key = input('key', 'uint32', [2]);
const feed = (first: number, second: number) => ({ key: { data: Uint32Array.of(first, second), shape: [2] } });
const uniforms = async (engine = node, keys = feed(12_345, 67_890)): Promise<number[]> =>
  (await runOnce(engine, [uniform(iota(COUNT), key)], keys))[0];
const normals = async (engine = node, keys = feed(12_345, 67_890)): Promise<number[]> =>
  (await runOnce(engine, [normal(iota(COUNT), key, [COUNT])], keys))[0];

function moments(values: readonly number[]) {
  const mean = values.reduce((total, x) => total + x, 0) / values.length;
  const central = (power: number): number =>
    values.reduce((total, x) => total + (x - mean) ** power, 0) / values.length;
  const variance = central(2);
  return { mean, variance, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}

/** Largest distance between the empirical and the given distribution, times √n: above 1.95 once in a thousand times. */
function kolmogorovSmirnov(values: readonly number[], distribution: (x: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b);
  let largest = 0;
  for (const [i, x] of sorted.entries()) {
    const expected = distribution(x);
    largest = Math.max(largest, Math.abs(expected - i / sorted.length), Math.abs(expected - (i + 1) / sorted.length));
  }
  return largest * Math.sqrt(sorted.length);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [left, right] = [moments(a), moments(b)];
  let product = 0;
  for (const [i, x] of a.entries()) product += (x - left.mean) * (b[i] - right.mean);
  return product / a.length / Math.sqrt(left.variance * right.variance);
}

/** Φ by Abramowitz & Stegun 7.1.26 (1.5e-7): independent of the package's own erf. */
function normalDistribution(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const tail =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp(-z * z);
  return x < 0 ? tail / 2 : 1 - tail / 2;
}

/** Standard errors of 100 000 numbers, five of them: chance alone fails once in two million times. */
const within = (deviation: number): number => (5 * deviation) / Math.sqrt(COUNT);

describe('uniform', () => {
  test('moments, distribution and range', async () => {
    const values = await uniforms();
    const { mean, variance } = moments(values);
    expect(Math.abs(mean - 0.5)).toBeLessThan(within(Math.sqrt(1 / 12)));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(within(Math.sqrt(1 / 180)));
    expect(kolmogorovSmirnov(values, (x) => x)).toBeLessThan(1.95);
    expect(values.reduce((least, x) => Math.min(least, x))).toBeGreaterThan(0);
    expect(values.reduce((most, x) => Math.max(most, x))).toBeLessThan(1);
  });

  test.each([1, 2, 3, 7, 28, 64, 784, 1024])('numbers %i apart are uncorrelated', async (lag) => {
    const values = await uniforms();
    expect(Math.abs(correlation(values.slice(lag), values.slice(0, -lag)))).toBeLessThan(within(1));
  });

  test('pairs of neighbours fill the square evenly', async () => {
    const values = await uniforms();
    const cells = new Float64Array(256);
    for (let i = 0; i < COUNT; i += 2) cells[16 * Math.floor(16 * values[i]) + Math.floor(16 * values[i + 1])] += 1;
    const expected = COUNT / 2 / 256;
    const chiSquare = cells.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
    expect(Math.abs(chiSquare - 255)).toBeLessThan(5 * Math.sqrt(2 * 255));
  });
});

describe('normal', () => {
  test('moments and distribution', async () => {
    const values = await normals();
    const { mean, variance, skewness, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(within(1));
    expect(Math.abs(variance - 1)).toBeLessThan(within(Math.SQRT2));
    expect(Math.abs(skewness)).toBeLessThan(within(Math.sqrt(6)));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(within(Math.sqrt(24)));
    expect(kolmogorovSmirnov(values, normalDistribution)).toBeLessThan(1.95);
  });

  test('both halves of the transform are uncorrelated, and so are their squares', async () => {
    const values = await normals();
    const [cosines, sines] = [values.slice(0, COUNT / 2), values.slice(COUNT / 2)];
    expect(Math.abs(correlation(cosines, sines))).toBeLessThan(within(Math.SQRT2));
    expect(
      Math.abs(
        correlation(
          cosines.map((x) => x * x),
          sines.map((x) => x * x),
        ),
      ),
    ).toBeLessThan(within(Math.SQRT2));
  });
});

describe('keys', () => {
  test('the same key gives the same numbers on both runtimes', async () => {
    expect(await uniforms(web)).toEqual(await uniforms(node));
    const [native, portable] = [await normals(node), await normals(web)];
    const largest = native.reduce((most, x, i) => Math.max(most, Math.abs(x - portable[i])), 0);
    expect(largest).toBeLessThan(1e-5);
  });

  test('keys as training draws them give uncorrelated numbers, each with each', async () => {
    const source = createRandom(0);
    const streams: number[][] = [];
    for (let step = 0; step < 8; step++) {
      const drawn = source.fork(`noise ${step}`);
      streams.push(await uniforms(node, feed(drawn.bits(), drawn.bits())));
    }
    for (const [i, stream] of streams.entries())
      for (const other of streams.slice(i + 1)) expect(Math.abs(correlation(stream, other))).toBeLessThan(within(1));
  });

  // Not promised, and not so: keys that share the first half and are close in the second.
  test.each([
    [
      [1, 0],
      [2, 0],
    ],
    [
      [1, 2],
      [2, 1],
    ],
    [
      [12_345, 6],
      [12_345 ^ 0x80000000, 6],
    ],
    [
      [12_345, 661_488_388],
      [12_345, 2_496_278_095],
    ],
  ] as const)('keys %j and %j give uncorrelated numbers', async (a, b) => {
    const [left, right] = [await uniforms(node, feed(a[0], a[1])), await uniforms(node, feed(b[0], b[1]))];
    expect(Math.abs(correlation(left, right))).toBeLessThan(within(1));
  });

  test('the first number over many steps is as uniform as the numbers of one step', async () => {
    const source = createRandom(3);
    const count = 2000;
    const program = await node.compile({ first: uniform(iota(1), key) });
    const firsts: number[] = [];
    for (let step = 0; step < count; step++) {
      const drawn = source.fork(`noise ${step}`);
      firsts.push((await program.run(feed(drawn.bits(), drawn.bits()))).first.data[0]);
    }
    await program.dispose();
    expect(kolmogorovSmirnov(firsts, (x) => x)).toBeLessThan(1.95);
    expect(Math.abs(correlation(firsts.slice(1), firsts.slice(0, -1)))).toBeLessThan(5 / Math.sqrt(count));
  });
});
