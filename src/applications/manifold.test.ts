import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { coverage } from './manifold.ts';
import type { Points } from './neighbours.ts';

const engine = nodeEngine({ threads: 1 });
const onLine = (...places: readonly number[]): Points => ({ values: Float32Array.from(places), width: 1 });

/** Points around a place, as wide as told. */
function cloud(count: number, place: number, spread: number, seed: number): Points {
  const random = createRandom(seed);
  return { values: Float32Array.from({ length: 2 * count }, () => place + spread * random.normal()), width: 2 };
}

test('balls reach to the third neighbour, no further', async () => {
  // Around 0, 1, 2, 3 and 10 they reach 3, 2, 2, 3 and 9 far.
  const real = onLine(0, 1, 2, 3, 10);
  expect(await coverage(engine, onLine(6, 20, 0.5, -3.1), real)).toMatchObject({ precision: 0.5 });
  expect(await coverage(engine, onLine(19, -3, 19.1, -3.1), real)).toMatchObject({ precision: 0.5 });
});

test('the same points cover one another, far ones not at all; the one is the other looked at from the other side', async () => {
  const [here, there] = [cloud(200, 0, 1, 1), cloud(200, 1000, 1, 2)];
  expect(await coverage(engine, here, here)).toEqual({ precision: 1, recall: 1 });
  expect(await coverage(engine, here, there)).toEqual({ precision: 0, recall: 0 });
  const wide = cloud(200, 0, 3, 3);
  const one = await coverage(engine, here, wide);
  expect(await coverage(engine, wide, here)).toEqual({ precision: one.recall, recall: one.precision });
});

test('narrow draws are precise and cover little; wide ones cover all and are seldom right', async () => {
  const real = cloud(400, 0, 1, 1);
  const [narrow, wide, same] = [
    await coverage(engine, cloud(400, 0, 0.3, 2), real),
    await coverage(engine, cloud(400, 0, 4, 3), real),
    await coverage(engine, cloud(400, 0, 1, 4), real),
  ];
  expect(narrow.precision).toBeGreaterThan(0.98);
  expect(narrow.recall).toBeLessThan(0.65);
  expect(wide.precision).toBeLessThan(0.4);
  expect(wide.recall).toBeGreaterThan(0.95);
  for (const share of [same.precision, same.recall]) expect(share).toBeGreaterThan(0.9);
});
