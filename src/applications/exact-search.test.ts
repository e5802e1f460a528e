import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { type DistanceName, nearestIn, type Rows } from './exact-search.ts';

const engine = nodeEngine({ threads: 1 });
const WIDTH = 5;

function points(count: number, seed: string): Rows {
  const random = createRandom(1).fork(seed);
  return { values: Float32Array.from({ length: count * WIDTH }, () => random.normal() + 2), width: WIDTH };
}

function apart({ values: a }: Rows, i: number, { values: b }: Rows, j: number, distance: DistanceName): number {
  const [x, y] = [a.subarray(i * WIDTH, (i + 1) * WIDTH), b.subarray(j * WIDTH, (j + 1) * WIDTH)];
  const product = (p: ArrayLike<number>, q: ArrayLike<number>): number =>
    Array.from(p).reduce((sum, value, at) => sum + value * q[at], 0);
  return distance === 'cosine'
    ? 1 - product(x, y) / Math.sqrt(product(x, x) * product(y, y))
    : Math.hypot(...Array.from(x, (value, at) => value - y[at]));
}

describe('nearestIn', () => {
  test.each(['cosine', 'euclidean'] as const)(
    '%s: as when every pair is compared, over several blocks',
    async (distance) => {
      // More than one block of both, neither a whole number of blocks.
      const [all, asked] = [points(9001, 'all'), points(131, 'asked')];
      const top = 7;
      const { rows, distances } = await nearestIn({ engine, asked, all, distance, top });
      for (const query of [0, 1, 127, 128, 130]) {
        const slow = Array.from({ length: 9001 }, (_, row) => ({ row, apart: apart(asked, query, all, row, distance) }))
          .sort((a, b) => a.apart - b.apart)
          .slice(0, top);
        expect([...rows.subarray(query * top, (query + 1) * top)]).toEqual(slow.map(({ row }) => row));
        for (const [at, { apart: wanted }] of slow.entries())
          expect(distances[query * top + at]).toBeCloseTo(wanted, 5);
      }
    },
  );

  test('a point finds itself first, at 0 however far from the origin, and of equal ones the first', async () => {
    const values = Float32Array.of(1000, 1, 1000, 2, 1000, 1, 1000, 3);
    const all = { values, width: 2 };
    const found = await nearestIn({ engine, asked: all, all, distance: 'euclidean', top: 2 });
    expect([...found.rows.subarray(0, 2)]).toEqual([0, 2]);
    expect([...found.distances.subarray(0, 2)]).toEqual([0, 0]);
    expect([...found.rows.subarray(4, 6)]).toEqual([0, 2]);
  });

  test('lengths do not count for the cosine; bytes and what is missing are taken', async () => {
    const all = { values: Float32Array.of(1, 0, 0, 5, 3, 3), width: 2 };
    const bytes = { values: Uint8Array.of(200, 0, 7, 7), width: 2 };
    const { rows, distances } = await nearestIn({ engine, asked: bytes, all, distance: 'cosine', top: 1 });
    expect([...rows]).toEqual([0, 2]);
    expect(distances[0]).toBeCloseTo(0, 6);
    const gap = { values: Float32Array.of(Number.NaN, 4), width: 2 };
    expect([...(await nearestIn({ engine, asked: gap, all, distance: 'cosine', top: 1 })).rows]).toEqual([1]);
  });
});
