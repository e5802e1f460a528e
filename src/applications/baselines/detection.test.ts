import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { nodeEngine } from '../../engine/node.ts';
import { growIsolationForest, isolationScores } from './isolation-forest.ts';
import { nearestDistances } from './kth-neighbour.ts';

const engine = nodeEngine({ threads: 1 });

test('distances to the k-th nearest are those counted by hand, far from the origin, too', async () => {
  const shift = 1e4;
  const line = Float32Array.from([0, 1, 3, 7], (at) => at + shift);
  const asked = Float32Array.from([0.5, 10], (at) => at + shift);
  const near = async (k: number) =>
    nearestDistances(engine, { values: line, width: 1 }, { values: asked, width: 1 }, { k });
  expect([...(await near(1))].map((value) => Number(value.toFixed(3)))).toEqual([0.5, 3]);
  expect([...(await near(3))].map((value) => Number(value.toFixed(3)))).toEqual([2.5, 9]);
  // More neighbours than there are rows: the farthest.
  expect([...(await near(9))].map((value) => Number(value.toFixed(3)))).toEqual([6.5, 10]);
});

test('a row is not its own neighbour', async () => {
  const random = createRandom(2);
  const rows = { values: Float32Array.from({ length: 3 * 700 }, () => random.normal()), width: 3 };
  const found = await nearestDistances(engine, rows, rows, { k: 2, isSelf: true });
  for (const row of [0, 255, 256, 699]) {
    const apart = Array.from({ length: 700 }, (_, other) =>
      Math.hypot(...[0, 1, 2].map((at) => rows.values[3 * row + at] - rows.values[3 * other + at])),
    ).sort((a, b) => a - b);
    expect(found[row]).toBeCloseTo(apart[2], 3);
  }
});

test('an isolation forest scores what is alone near 1, what is among others below a half', () => {
  const random = createRandom(3);
  const values = Float32Array.from({ length: 2 * 1000 }, () => random.normal());
  values.set([40, -40], 0);
  const forest = growIsolationForest({ values, width: 2 }, random);
  const scores = isolationScores(forest, { values, width: 2 });
  expect(scores[0]).toBe(Math.max(...scores));
  expect(scores[0]).toBeGreaterThan(0.75);
  expect(scores.toSorted()[500]).toBeLessThan(0.5);
});

test('rows that are all alike have nothing to divide by', () => {
  const forest = growIsolationForest({ values: new Float32Array(60).fill(7), width: 3 }, createRandom(1));
  const [score] = isolationScores(forest, { values: Float32Array.of(1, 2, 3), width: 3 });
  expect(score).toBeCloseTo(0.5, 12);
});
