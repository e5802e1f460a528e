import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { distancesBetween, nearestAmong, nearestOf } from './neighbours.ts';
import { spreadLabels } from './spread.ts';

const engine = nodeEngine({ threads: 1 });

test('one label for each of two moons is enough to tell them apart', async () => {
  const random = createRandom(1);
  const count = 600;
  const values = new Float32Array(2 * count);
  for (let row = 0; row < count; row++) {
    const angle = Math.PI * random.uniform();
    const isUpper = row % 2 === 0;
    values[2 * row] = (isUpper ? Math.cos(angle) : 1 - Math.cos(angle)) + 0.06 * random.normal();
    values[2 * row + 1] = (isUpper ? Math.sin(angle) : 0.4 - Math.sin(angle)) + 0.06 * random.normal();
  }
  const labels = new Int32Array(count).fill(-1);
  labels[0] = 0;
  labels[1] = 1;
  const chances = await spreadLabels(engine, { values, width: 2 }, labels, 2);
  let wrong = 0;
  for (let row = 0; row < count; row++) {
    expect(chances[2 * row] + chances[2 * row + 1]).toBeCloseTo(1, 5);
    if (chances[2 * row + (row % 2)] < 0.5) wrong++;
  }
  expect(wrong / count).toBeLessThan(0.05);
});

test('what no label reaches stays unknown', async () => {
  const random = createRandom(1);
  const far = Float32Array.from({ length: 80 }, (_, i) => (i < 40 ? 0 : 1000) + random.normal());
  const labels = new Int32Array(40).fill(-1);
  labels.set([0, 1]);
  const chances = await spreadLabels(engine, { values: far, width: 2 }, labels, 2);
  expect(chances.subarray(40).every((chance) => chance === 0)).toBe(true);
});

test('neighbours by blocks are those of all distances', async () => {
  const random = createRandom(2);
  const points = { values: Float32Array.from({ length: 3 * 700 }, () => random.normal()), width: 3 };
  const { rows, distances } = await nearestAmong(engine, points, 4);
  const all = await distancesBetween(engine, points);
  expect(rows).toEqual(nearestOf(all, 4));
  for (const at of [0, 5, 2799]) expect(distances[at]).toBeCloseTo(all.values[Math.floor(at / 4) * 700 + rows[at]], 5);
});
