import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { EndedJob } from './decide.ts';
import { fitForest } from './forest.ts';
import { importance, shareOf } from './importance.ts';
import type { Space } from './space.ts';

const space: Space = ['x', 'y', 'z'].map((name) => ({
  name,
  range: { type: 'range', from: 0, to: 1, scale: 'linear', isWhole: false },
}));

function jobs(f: (x: number, y: number, z: number) => number, count: number): EndedJob[] {
  const random = createRandom(3).fork('points');
  return Array.from({ length: count }, (_, at) => {
    const [x, y, z] = [random.uniform(), random.uniform(), random.uniform()];
    const outcome = {
      status: 'measured',
      value: f(x, y, z),
      validation: {},
      resolved: { x, y, z },
      seconds: 1,
    } as const;
    return { job: at, trial: at, rung: 0, point: { x, y, z }, outcome, elapsed: at };
  });
}

describe('shareOf', () => {
  test('of a tree by hand: two axes of different weight', () => {
    // 0 below x = 1/2; above it 1 below y = 1/2 and 3 above.
    const tree = [
      {
        box: [
          [0, 0.5],
          [0, 1],
        ],
        mean: 0,
      },
      {
        box: [
          [0.5, 1],
          [0, 0.5],
        ],
        mean: 1,
      },
      {
        box: [
          [0.5, 1],
          [0.5, 1],
        ],
        mean: 3,
      },
    ] as const;
    // Mean 1, variance 1/2 + 0 + 1; marginals of x: 0 and 2, of y: ½ and 1½.
    expect(shareOf(tree, 0)).toBeCloseTo(1 / 1.5);
    expect(shareOf(tree, 1)).toBeCloseTo(0.25 / 1.5);
  });

  test('of one leaf nothing matters', () => {
    expect(shareOf([{ box: [[0, 1]], mean: 4 }], 0)).toBe(0);
  });
});

test('the leaves of a tree fill the cube', () => {
  const random = createRandom(1);
  const places = Array.from({ length: 40 }, () => [random.uniform(), random.uniform()]);
  for (const tree of fitForest(
    places,
    places.map(([a, b]) => a * b),
    random,
  ))
    expect(tree.reduce((sum, { box }) => sum + box.reduce((v, [from, to]) => v * (to - from), 1), 0)).toBeCloseTo(1);
});

describe('importance', () => {
  test('names the options that errors depend on, in order', () => {
    const found = importance(
      space,
      jobs((x, y) => Math.exp(4 * (x - 0.5) ** 2 + y), 200),
      1,
    );
    const share = Object.fromEntries(found?.shares.map((one) => [one.name, one.share]) ?? []);
    expect(found?.shares.map(({ name }) => name)).toEqual([...(share.y > share.x ? ['y', 'x'] : ['x', 'y']), 'z']);
    // Exactly: variance of y 1/12, of 4 (x − ½)² 16/180.
    expect(share.z).toBeLessThan(0.12);
    expect(share.x).toBeGreaterThan(0.25);
    expect(share.y).toBeGreaterThan(0.25);
    expect(share.x + share.y + share.z).toBeLessThanOrEqual(1 + 1e-9);
  });

  test('too few trials tell nothing', () => {
    expect(
      importance(
        space,
        jobs((x) => x + 1, 5),
        1,
      ),
    ).toBeUndefined();
  });
});
