import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { ArraySource } from '../../data/dataset.ts';
import { nodeEngine } from '../../engine/node.ts';
import { measuredAgain } from './repeated.ts';

const random = createRandom(1).fork('rows');
const source: ArraySource = {
  form: 'array',
  name: 'rows',
  values: Float32Array.from({ length: 80 * 3 }, () => random.normal()),
  shape: [80, 3],
};
const request = {
  source,
  engine: nodeEngine({ threads: 1 }),
  clock: () => 0,
  options: { kind: 'vanilla', network: 'dense', hidden: [4], latent: 1, epochs: 2, seed: 3, validation: 0.5 },
};

test('each repetition holds out other rows, of as many as the trial, and every trial the same', async () => {
  const held: number[][] = [];
  const first = await measuredAgain(request, async ({ parts, validation }) => {
    held.push(Array.from(parts.validation.values));
    return { value: validation.mse, ranks: [[held.length, 0]] };
  });
  expect(first.ranks).toEqual([1, 2, 3, 4].map((time) => [time, 0]));
  expect(Object.keys(first.parts)).toEqual([1, 2, 3, 4].map((time) => `split ${time} of 4 others`));
  expect(held.map(({ length }) => length)).toEqual([120, 120, 120, 120]);
  expect(new Set(held.map((values) => `${values.slice(0, 9)}`)).size).toBe(4);
  expect(new Set(Object.values(first.parts)).size).toBe(4);
  const other = { ...request, options: { ...request.options, latent: 2 } };
  const again: number[][] = [];
  const second = await measuredAgain(other, async ({ parts, validation }) => {
    again.push(Array.from(parts.validation.values));
    return { value: validation.mse };
  });
  expect(again).toEqual(held);
  expect(second.parts).not.toEqual(first.parts);
});
