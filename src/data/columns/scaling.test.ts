import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { ArraySource, Column, TableSource } from '../dataset.ts';
import {
  applyScaling,
  categoryGroups,
  columnScalingSchema,
  constantColumns,
  featureCount,
  featureNames,
  fitScaling,
  fitTokens,
  undoScaling,
} from './scaling.ts';

const numeric = (name: string, ...values: number[]): Column => ({
  type: 'numeric',
  name,
  values: Float64Array.from(values),
});
const category = (name: string, ...values: (string | null)[]): Column => ({ type: 'category', name, values });
const table = (...columns: Column[]): TableSource => ({
  form: 'table',
  name: 't.csv',
  rows: columns[0].values.length,
  columns,
});

test('standard scaling has mean 0 and deviation 1, missing values left out', () => {
  const scaling = fitScaling(table(numeric('a', 1, 2, NaN, 3, 4)), 'standard');
  expect(scaling).toMatchObject({ columns: [{ offset: 2.5, scale: Math.sqrt(1.25) }] });
  const { values, hasMissing } = applyScaling(scaling, table(numeric('a', 1, NaN, 4)));
  expect([...values]).toEqual([expect.closeTo(-1.3416, 4), NaN, expect.closeTo(1.3416, 4)]);
  expect(hasMissing).toBe(true);
});

test('a large mean beside a small deviation loses nothing', () => {
  const scaling = fitScaling(table(numeric('time', 1e9 + 1, 1e9 + 2, 1e9 + 3)), 'standard');
  expect([...applyScaling(scaling, table(numeric('time', 1e9 + 1, 1e9 + 3))).values]).toEqual([
    expect.closeTo(-1.224745, 5),
    expect.closeTo(1.224745, 5),
  ]);
});

test('minmax scaling goes from 0 to 1, none changes nothing', () => {
  const source = table(numeric('a', -2, 0, 6));
  expect([...applyScaling(fitScaling(source, 'minmax'), source).values]).toEqual([0, 0.25, 1]);
  expect([...applyScaling(fitScaling(source, 'none'), source).values]).toEqual([-2, 0, 6]);
});

test('a constant column has scale 1 and is reported', () => {
  const source = table(numeric('a', 0.1, 0.1, 0.1), numeric('b', 1, 2, 3), category('c', 'x', 'x', 'x'));
  const scaling = fitScaling(source, 'standard');
  expect(constantColumns(scaling)).toEqual(['a', 'c']);
  expect(applyScaling(scaling, source).values[0]).toBe(0);
});

test('categories become groups with one 1; unseen and missing ones are NaN', () => {
  const scaling = fitScaling(table(category('sex', 'm', 'f', 'm'), numeric('n', 0, 1, 2)), 'none');
  expect(featureNames(scaling)).toEqual(['sex=f', 'sex=m', 'n']);
  expect(featureCount(scaling)).toBe(3);
  const { values } = applyScaling(scaling, table(category('sex', 'f', null, 'other'), numeric('n', 7, 8, 9)));
  expect([...values]).toEqual([1, 0, 7, NaN, NaN, 8, NaN, NaN, 9]);
});

test('columns are matched by name, and every missing or extra one is named', () => {
  const scaling = fitScaling(table(numeric('a', 1, 2), numeric('b', 10, 30)), 'none');
  expect([...applyScaling(scaling, table(numeric('b', 5), numeric('a', 6))).values]).toEqual([6, 5]);
  expect(() => applyScaling(scaling, table(numeric('a', 1), numeric('z', 1)))).toThrow(
    /without "b" and with "z" besides/,
  );
  expect(() => applyScaling(scaling, table(category('a', 'x'), numeric('b', 1)))).toThrow(
    /t.csv column "a": expected numbers/,
  );
});

test('categories that look like numbers in one file are still categories', () => {
  const scaling = fitScaling(table(category('grade', '1', '2', 'A')), 'none');
  expect([...applyScaling(scaling, table(numeric('grade', 2, NaN))).values]).toEqual([0, 1, 0, NaN, NaN, NaN]);
});

test('identifiers, too many categories and empty columns are refused', () => {
  const many = (count: number): (string | null)[] => Array.from({ length: count }, (_, i) => `id ${i % (count - 1)}`);
  const ids = Array.from({ length: 30 }, (_, i) => `id ${i}`);
  expect(() => fitScaling(table(category('id', ...ids)), 'none')).toThrow(
    /"id": .*a different text in each of 30 rows.*--columns/,
  );
  expect(() => fitScaling(table(category('id', ...many(1003))), 'none')).toThrow(/1002 different texts/);
  expect(() => fitScaling(table(numeric('a', NaN, NaN)), 'none')).toThrow(/only missing values/);
  expect(() => fitScaling(table(numeric('a', 1e308, -1e308)), 'minmax')).toThrow(/range fits a number/);
});

test('undoing gives back what was applied', () => {
  const source = table(numeric('a', 3, 8, -1), category('b', 'x', 'y', 'x'));
  for (const method of ['standard', 'minmax', 'none'] as const) {
    const scaling = fitScaling(source, method);
    const { values, count } = applyScaling(scaling, source);
    const back = undoScaling(scaling, Float32Array.from(values), count);
    expect(back).toMatchObject({ form: 'table', rows: 3, columns: [{ name: 'a' }, { values: ['x', 'y', 'x'] }] });
    const [a] = back.form === 'table' ? back.columns : [];
    expect([...(a?.values ?? [])]).toEqual([expect.closeTo(3, 5), expect.closeTo(8, 5), expect.closeTo(-1, 5)]);
  }
});

test('pixels stay bytes, and come back from [0, 1] rounded and cut off', () => {
  const source: ArraySource = { form: 'array', name: 'p', values: Uint8Array.of(0, 255, 7, 8), shape: [2, 1, 1, 2] };
  const scaling = fitScaling(source, 'standard');
  expect(scaling).toEqual({ form: 'pixels', shape: [1, 1, 2] });
  expect(applyScaling(scaling, source).values).toBe(source.values);
  expect(undoScaling(scaling, Float32Array.of(-0.5, 0.5, 1.7, 0.031), 2)).toMatchObject({
    values: Uint8Array.of(0, 128, 255, 8),
    shape: [2, 1, 1, 2],
  });
  expect(() => applyScaling(scaling, { ...source, shape: [1, 1, 2, 2] })).toThrow(
    /shape \[1, 1, 2\] per example, got bytes of shape \[1, 2, 2\]/,
  );
});

test('arrays are scaled per feature and back', () => {
  const random = createRandom(4);
  const values = Float32Array.from({ length: 60 }, (_, i) => random.normal() * (i % 3) + 100);
  const source: ArraySource = { form: 'array', name: 'a.npy', values, shape: [20, 3] };
  const scaling = fitScaling(source, 'standard');
  expect(constantColumns(scaling)).toEqual(['feature1']);
  const scaled = applyScaling(scaling, source);
  let [sum, squares] = [0, 0];
  for (let i = 1; i < 60; i += 3) {
    sum += scaled.values[i];
    squares += scaled.values[i] ** 2;
  }
  expect(sum / 20).toBeCloseTo(0, 4);
  expect(squares / 20).toBeCloseTo(1, 4);
  const back = undoScaling(scaling, Float32Array.from(scaled.values), 20);
  expect(back.form === 'array' && Math.max(...back.values.map((value, i) => Math.abs(value - values[i])))).toBeLessThan(
    1e-4,
  );
});

test('tokens stay as they are, with padding as missing, out of arrays of any type and out of tables', () => {
  const array = (values: Float32Array | Uint8Array): ArraySource => ({
    form: 'array',
    name: 't',
    values,
    shape: [2, 2],
  });
  const padded = array(Float32Array.of(4, 0, 2, -1));
  const scaling = fitTokens(padded);
  expect(scaling).toEqual({ form: 'tokens', shape: [2], vocabulary: 5 });
  expect(columnScalingSchema.parse(JSON.parse(JSON.stringify(scaling)))).toEqual(scaling);
  expect(applyScaling(scaling, padded)).toMatchObject({ values: Float32Array.of(4, 0, 2, NaN), hasMissing: true });
  expect(applyScaling(scaling, array(Uint8Array.of(1, 2, 3, 4)))).toMatchObject({
    values: Float32Array.of(1, 2, 3, 4),
    hasMissing: false,
  });
  const columns = table(numeric('first', 4, 2), numeric('second', 0, NaN));
  expect(applyScaling(scaling, columns)).toMatchObject({ values: Float32Array.of(4, 0, 2, NaN), shape: [2] });
  expect(undoScaling(scaling, Float32Array.of(1, 2, 3, 4), 2)).toMatchObject({
    values: Float32Array.of(1, 2, 3, 4),
    shape: [2, 2],
  });
  expect(fitTokens(padded, 9)).toMatchObject({ vocabulary: 9 });
});

test('what is no token is refused with its place', () => {
  const scaling = fitTokens(table(numeric('a', 1, 2), numeric('b', 0, 0)));
  const given = (a: number): TableSource => table(numeric('a', 0, a), numeric('b', 0, 0));
  expect(() => applyScaling(scaling, given(3))).toThrow(/example 2 \[0\].*below 3.*got 3/);
  expect(() => applyScaling(scaling, given(0.5))).toThrow(/whole numbers/);
  expect(() => applyScaling(scaling, table(numeric('a', 1)))).toThrow(/shape \[2\]/);
  expect(() => fitTokens(table(category('word', 'x', 'y')))).toThrow(/column "word"/);
  expect(() => fitTokens(table(numeric('a', -1, NaN)))).toThrow(/only missing/);
  const picture: ArraySource = { form: 'array', name: 'p', values: new Uint8Array(8), shape: [2, 1, 2, 2] };
  expect(() => fitTokens(picture)).toThrow(/\[time\] per example, got \[1, 2, 2\]/);
});

test('groups of categories are where their columns are', () => {
  const columns = [category('a', 'x', 'y'), numeric('b', 1, 2), category('c', 'z', 'z')];
  expect(categoryGroups(fitScaling(table(...columns), 'standard'))).toEqual([
    [0, 2],
    [3, 4],
  ]);
  expect(categoryGroups({ form: 'pixels', shape: [2] })).toBeUndefined();
});

test('the scaling survives JSON, and a damaged one is refused', () => {
  const scaling = fitScaling(table(numeric('a', 1, 2), category('b', 'x', 'y')), 'standard');
  expect(columnScalingSchema.parse(JSON.parse(JSON.stringify(scaling)))).toEqual(scaling);
  const damaged = [
    { form: 'pixels' },
    { form: 'pixels', shape: [0] },
    { form: 'other', shape: [1] },
    { form: 'columns', columns: [] },
    { form: 'columns', columns: [{ type: 'numeric', name: 'a', offset: 0, scale: 0, isConstant: false }] },
    { form: 'columns', columns: [{ type: 'category', name: 'a', categories: ['x', 'x'] }] },
    { form: 'columns', columns: [{ type: 'category', name: 'a', categories: ['x'], extra: 1 }] },
    { form: 'array', shape: [2], offset: [0], scale: [1], constant: [] },
    { form: 'array', shape: [1], offset: [0], scale: [1], constant: [1] },
    { form: 'tokens', shape: [2], vocabulary: 0 },
    { form: 'tokens', shape: [2], vocabulary: 1.5 },
  ];
  for (const value of damaged) expect(columnScalingSchema.safeParse(value).success, JSON.stringify(value)).toBe(false);
});

test('a value that float32 cannot hold is refused rather than taken for missing', () => {
  const source = table(numeric('a', 1e300, 1));
  expect(() => applyScaling(fitScaling(source, 'none'), source)).toThrow(/example 1 column "a"/);
});
