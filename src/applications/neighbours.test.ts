import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { differencesBetween, distancesBetween, nearestOf, neighbourAgreement, trustworthiness } from './neighbours.ts';

const engine = nodeEngine({ threads: 1 });
const onLine = (...places: readonly number[]) =>
  distancesBetween(engine, { values: Float32Array.from(places), width: 1 });

test('distances are those of Pythagoras, far from the origin too', async () => {
  const random = createRandom(1);
  const values = Float32Array.from({ length: 20 * 5 }, () => 1000 + random.normal());
  const { values: found, count } = await distancesBetween(engine, { values, width: 5 });
  expect(count).toBe(20);
  for (let a = 0; a < 20; a++)
    for (let b = 0; b < 20; b++) {
      let expected = 0;
      for (let i = 0; i < 5; i++) expected += (values[5 * a + i] - values[5 * b + i]) ** 2;
      expect(found[20 * a + b]).toBeCloseTo(expected, 4);
    }
});

test('tokens are as far apart as they differ', () => {
  const { values } = differencesBetween({ values: Float32Array.of(1, 2, 3, 1, 5, 3, 4, 5, 6), width: 3 });
  expect([...values]).toEqual([0, 1, 3, 1, 0, 2, 3, 2, 0]);
});

test('the nearest come first, and nobody is his own neighbour', async () => {
  expect([...nearestOf(await onLine(0, 1, 2.1, 3.3, 4.6), 2)]).toEqual([1, 2, 0, 2, 1, 3, 2, 4, 3, 2]);
});

test('trustworthiness and continuity of a map with two points exchanged, by hand', async () => {
  const [truth, map] = [await onLine(0, 1, 2.1, 3.3, 4.6), await onLine(0, 1, 3.3, 2.1, 4.6)];
  expect(trustworthiness(truth, map, 1)).toBeCloseTo(1 - 4 / 15, 12);
  expect(trustworthiness(map, truth, 1)).toBeCloseTo(1 - 4 / 15, 12);
});

test('a map of the points themselves is to be trusted, one at random is not', async () => {
  const random = createRandom(2);
  const drawn = (width: number) => Float32Array.from({ length: 200 * width }, () => random.normal());
  const truth = await distancesBetween(engine, { values: drawn(4), width: 4 });
  const other = await distancesBetween(engine, { values: drawn(2), width: 2 });
  expect(trustworthiness(truth, truth, 10)).toBe(1);
  expect(Math.abs(trustworthiness(truth, other, 10) - 0.5)).toBeLessThan(0.05);
});

test('neighbours agree where classes lie apart; unknown labels neither vote nor count', async () => {
  const distances = await onLine(0, 0.1, 0.2, 0.3, 5, 5.1, 5.2, 5.3);
  expect(neighbourAgreement(distances, [0, 0, 0, 0, 1, 1, 1, 1], 3)).toBe(1);
  expect(neighbourAgreement(distances, [0, 1, 0, 1, 0, 1, 0, 1], 3)).toBe(0);
  expect(neighbourAgreement(distances, [0, 0, -1, -1, 1, 1, -1, 0], 3)).toBe(2 / 5);
});
