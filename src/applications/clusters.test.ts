import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { clusterRows, silhouette } from './clusters.ts';

const engine = nodeEngine({ threads: 1 });

/** `groups` clouds on a circle. */
function clouds(groups: number, count: number): Float32Array {
  const random = createRandom(5);
  return Float32Array.from({ length: 2 * count }, (_, i) => {
    const angle = (2 * Math.PI * (Math.floor(i / 2) % groups)) / groups;
    return 10 * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + random.normal();
  });
}

test.each([2, 5])('%i clouds are found by themselves', async (groups) => {
  const found = await clusterRows(engine, clouds(groups, 400), 2, 'auto', createRandom(1));
  expect(found.count).toBe(groups);
  expect(found.silhouette).toBeGreaterThan(0.6);
  for (let row = groups; row < 400; row++) expect(found.assigned[row]).toBe(found.assigned[row % groups]);
  expect(found.tried.map(({ count }) => count)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('as many as are asked for', async () => {
  const found = await clusterRows(engine, clouds(5, 2000), 2, 3, createRandom(1));
  expect(found.count).toBe(3);
  expect(new Set(found.assigned)).toEqual(new Set([0, 1, 2]));
});

test('the silhouette of four points by hand', () => {
  // Places 0, 1, 4, 6 on a line: a = 1, 1, 2, 2; b = 5, 4, 3.5, 5.5.
  const places = [0, 1, 4, 6];
  const values = Float32Array.from(places.flatMap((x) => places.map((y) => (x - y) ** 2)));
  const truth = ((5 - 1) / 5 + (4 - 1) / 4 + (3.5 - 2) / 3.5 + (5.5 - 2) / 5.5) / 4;
  expect(silhouette({ values, count: 4 }, Int32Array.of(0, 0, 1, 1))).toBeCloseTo(truth, 6);
  expect(silhouette({ values, count: 4 }, Int32Array.of(0, 1, 0, 1))).toBeLessThan(0);
});
