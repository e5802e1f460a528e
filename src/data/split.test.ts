import { expect, test } from 'vitest';
import { DataError, OptionError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import type { ArraySource, TableSource } from './dataset.ts';
import { splitSource, takeRows } from './split.ts';

const rows = (count: number): ArraySource => ({
  form: 'array',
  name: 'rows',
  values: Float32Array.from({ length: count * 2 }, (_, i) => i),
  shape: [count, 2],
  labels: { values: Int32Array.from({ length: count }, (_, i) => i % 2), names: ['even', 'odd'] },
});

const firsts = (source: ReturnType<typeof takeRows>): number[] =>
  source.form === 'array' ? Array.from({ length: source.shape[0] }, (_, i) => source.values[2 * i] / 2) : [];

test('every row is in exactly one part, with its label', () => {
  const { train, validation } = splitSource(rows(100), 0.2, createRandom(1));
  expect(firsts(validation)).toHaveLength(20);
  expect([...firsts(train), ...firsts(validation)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, i) => i),
  );
  for (const part of [train, validation]) {
    expect([...(part.labels?.values ?? [])]).toEqual(firsts(part).map((row) => row % 2));
  }
});

test('the same seed splits the same way, another seed another way', () => {
  const first = firsts(splitSource(rows(50), 0.3, createRandom(1)).validation);
  expect(firsts(splitSource(rows(50), 0.3, createRandom(1)).validation)).toEqual(first);
  expect(firsts(splitSource(rows(50), 0.3, createRandom(2)).validation)).not.toEqual(first);
});

test('each part has at least one row, and too few rows are an error', () => {
  expect(firsts(splitSource(rows(2), 0.001, createRandom(1)).validation)).toHaveLength(1);
  expect(firsts(splitSource(rows(2), 0.999, createRandom(1)).train)).toHaveLength(1);
  expect(() => splitSource(rows(1), 0.5, createRandom(1))).toThrow(DataError);
  for (const fraction of [0, 1, -0.1, 1.5, NaN]) {
    expect(() => splitSource(rows(9), fraction, createRandom(1))).toThrow(OptionError);
  }
});

test('names go with their rows', () => {
  const names = Array.from({ length: 5 }, (_, i) => `${i}.png`);
  expect(takeRows({ ...rows(5), names }, [4, 0])).toMatchObject({ shape: [2, 2], names: ['4.png', '0.png'] });
});

test('rows of a table are taken in the order asked for', () => {
  const table: TableSource = {
    form: 'table',
    name: 't',
    rows: 3,
    columns: [
      { type: 'numeric', name: 'a', values: Float64Array.of(1, NaN, 3) },
      { type: 'category', name: 'b', values: ['x', null, 'z'] },
    ],
  };
  expect(takeRows(table, [2, 1, 2])).toMatchObject({
    rows: 3,
    columns: [{ values: Float64Array.of(3, NaN, 3) }, { values: ['z', null, 'z'] }],
  });
  expect(() => takeRows(table, [3])).toThrow('row indices from 0 to 2');
});
