import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { applyScaling, fitScaling } from '../data/columns/scaling.ts';
import type { Dataset, TableSource } from '../data/dataset.ts';
import { dependenceOf, featureGroups } from './dependence.ts';

function table(rows: number): Dataset {
  const random = createRandom(1);
  const numbers = (): Float64Array => Float64Array.from({ length: rows }, () => random.normal());
  const source: TableSource = {
    form: 'table',
    name: 't',
    rows,
    columns: [
      { type: 'numeric', name: 'strong', values: numbers() },
      { type: 'numeric', name: 'weak', values: numbers() },
      { type: 'category', name: 'sort', values: Array.from({ length: rows }, (_, i) => ['a', 'b', 'c'][i % 3]) },
      { type: 'numeric', name: 'ignored', values: numbers() },
    ],
  };
  return applyScaling(fitScaling(source, 'standard'), source);
}

test('a code that is a sum depends on its parts as much as they vary', async () => {
  const data = table(2000);
  const encode = (values: ArrayLike<number>, count: number): Promise<Float32Array> =>
    Promise.resolve(Float32Array.from({ length: count }, (_, row) => 3 * values[row * 6] + values[row * 6 + 1]));
  const found = await dependenceOf(encode, data, createRandom(2));
  expect(found.map(({ name }) => name).slice(0, 2)).toEqual(['strong', 'weak']);
  expect(found[0].share).toBeCloseTo(0.9, 1);
  expect(found[1].share).toBeCloseTo(0.1, 1);
  expect(found.slice(2).map(({ share }) => share)).toEqual([0, 0]);
});

test('a code that is a column as a whole has a share of 1', async () => {
  const encode = (values: ArrayLike<number>, count: number): Promise<Float32Array> =>
    Promise.resolve(Float32Array.from({ length: 2 * count }, (_, i) => values[Math.floor(i / 2) * 6 + 2 + (i % 2)]));
  const [first, second] = await dependenceOf(encode, table(900), createRandom(2));
  expect(first.name).toBe('sort');
  expect(first.share).toBeGreaterThan(0.85);
  expect(first.share).toBeLessThan(1.15);
  expect(second.share).toBe(0);
});

test('pictures go by patches, long rows by runs, and nothing is left out', () => {
  const patches = featureGroups({ form: 'pixels', shape: [3, 28, 30] }, [3, 28, 30]);
  expect(patches[0]).toMatchObject({ name: 'rows 0–3, columns 0–3', features: { length: 48 } });
  expect(patches.flatMap(({ features }) => features).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 3 * 28 * 30 }, (_, i) => i),
  );
  const scaling = { form: 'array' as const, shape: [600], offset: [], scale: [], constant: [] };
  const runs = featureGroups(scaling, [600]);
  expect(runs[0]).toEqual({ name: 'feature1–feature3', features: [0, 1, 2] });
  expect(runs.flatMap(({ features }) => features)).toHaveLength(600);
});
