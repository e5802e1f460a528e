import { describe, expect, test } from 'vitest';
import { autoencoder } from '../autoencoder.ts';
import { createRandom } from '../base/random.ts';
import type { Column, TableSource } from '../data/dataset.ts';
import { nodeEngine } from '../engine/node.ts';
import { impute } from '../uses.ts';
import { type Cells, columnsOf, hiddenOnce } from './cells.ts';
import { filledIn } from './impute.ts';

const engine = nodeEngine({ threads: 1 });

/** Length in two units, its square, and a word for it; with gaps, or the same without. */
function lengths(rows: number, seed: number, share: number): TableSource {
  const random = createRandom(seed);
  const gaps = random.fork('gaps');
  const isGap = (): boolean => gaps.uniform() < share;
  const drawn = Array.from({ length: rows }, () => 1 + random.uniform());
  const numbers = (name: string, of: (length: number) => number): Column => ({
    type: 'numeric',
    name,
    values: Float64Array.from(drawn, (length) => (isGap() ? Number.NaN : of(length))),
  });
  const word = (length: number): string => (length < 1.33 ? 'short' : length < 1.66 ? 'middle' : 'long');
  const words: Column = { type: 'category', name: 'word', values: drawn.map((l) => (isGap() ? null : word(l))) };
  const columns = [
    numbers('metres', (l) => l),
    numbers('inches', (l) => 39.37 * l),
    words,
    numbers('area', (l) => l ** 2),
  ];
  return { form: 'table', name: 'lengths', rows, columns };
}

const cellAt = ({ columns }: TableSource, name: string, row: number): string | number | null | undefined =>
  columns.find((column) => column.name === name)?.values[row];

describe('a model of a table with gaps', async () => {
  const [gapped, whole] = [lengths(600, 1, 0.15), lengths(600, 1, 0)];
  const model = autoencoder({ kind: 'variational', importanceSamples: 10, hidden: [32], latent: 2, engine });
  await model.fit(gapped, { epochs: 60, learningRate: 5e-3, seed: 1 });

  test('tells what is missing, and leaves what is there as it is', async () => {
    const { sources, columns } = await impute(model, gapped);
    const [filled] = sources as [TableSource];
    let [squares, gaps, wrong, words] = [0, 0, 0, 0];
    for (let row = 0; row < gapped.rows; row++)
      for (const { name } of gapped.columns) {
        const [given, told, truth] = [gapped, filled, whole].map((table) => cellAt(table, name, row));
        if (given !== null && !Number.isNaN(given)) expect(told).toBe(given);
        else if (name === 'word') {
          words++;
          wrong += Number(told !== truth);
        } else if (name === 'inches') {
          gaps++;
          squares += (Number(told) - Number(truth)) ** 2;
        }
      }
    // The spread of the column is 11.4.
    expect(Math.sqrt(squares / gaps)).toBeLessThan(2.5);
    expect(wrong / words).toBeLessThan(0.15);
    expect(columns.map(({ name }) => name)).toEqual(['metres', 'inches', 'word', 'area']);
    expect(columns[1].missing).toBe(gaps);
  });

  test('draws differ where cells are missing, and only there; the mean of many is near the expectation', async () => {
    const some = { ...lengths(40, 7, 0.3), name: 'some' };
    const { sources } = await impute(model, some, { multiple: 30, samples: 200 });
    const [{ sources: expected }] = [await impute(model, some, { samples: 200 })];
    expect(sources).toHaveLength(30);
    const tables = sources as TableSource[];
    let [differing, gaps, apart] = [0, 0, 0];
    for (let row = 0; row < some.rows; row++) {
      const given = Number(cellAt(some, 'inches', row));
      const told = tables.map((table) => Number(cellAt(table, 'inches', row)));
      if (!Number.isNaN(given)) {
        expect(new Set(told)).toEqual(new Set([given]));
        continue;
      }
      gaps++;
      differing += Number(new Set(told).size > 20);
      const mean = told.reduce((sum, value) => sum + value, 0) / told.length;
      apart += Math.abs(mean - Number(cellAt(expected[0] as TableSource, 'inches', row)));
    }
    expect(differing).toBe(gaps);
    expect(apart / gaps).toBeLessThan(2);
  });

  test('a category that it has not seen stays, and is told of; other columns stay', async () => {
    const table = lengths(20, 3, 0);
    const columns = table.columns.map(
      (column): Column =>
        column.name === 'word'
          ? {
              type: 'category',
              name: 'word',
              values: [...table.columns[2].values].map((w, row) => (row === 4 ? 'giant' : row === 5 ? null : `${w}`)),
            }
          : column,
    );
    const notes: Column = {
      type: 'category',
      name: 'notes',
      values: Array.from({ length: 20 }, (_, i) => (i === 2 ? null : `n${i}`)),
    };
    const found = await impute(model, { ...table, columns: [notes, ...columns] });
    const [filled] = found.sources as [TableSource];
    expect(filled.columns.map(({ name }) => name)).toEqual(['notes', 'metres', 'inches', 'word', 'area']);
    expect(filled.columns[0]).toEqual(notes);
    expect(cellAt(filled, 'word', 4)).toBe('giant');
    expect(['short', 'middle', 'long']).toContain(cellAt(filled, 'word', 5));
    expect(found.columns[2]).toEqual({ name: 'word', missing: 1, unknown: 1 });
  });

  test('its errors on cells hidden on purpose stand beside simpler ways, and beat the mean', async () => {
    const { errors } = await impute(model, gapped, { measureOn: lengths(200, 9, 0.1), samples: 200 });
    if (!errors) throw new Error('errors were asked for');
    expect(errors.means.numbers).toBeGreaterThan(0.9);
    expect(errors.means.numbers).toBeLessThan(1.1);
    expect(errors.model.numbers).toBeLessThan(0.35);
    expect(errors.regressions.numbers).toBeLessThan(0.35);
    expect(errors.neighbours.numbers).toBeLessThan(0.35);
    expect(errors.model.categories).toBeLessThan(0.5 * (errors.means.categories ?? 0));
    expect(errors.model.columns.map(({ name }) => name)).toEqual(['metres', 'inches', 'word', 'area']);
    expect(errors.measured.examples).toBe(200);
  });

  test.each(['means', 'neighbours', 'regressions'] as const)('%s fill in its place', async (by) => {
    const { sources } = await impute(model, gapped, { by });
    for (const { values } of (sources[0] as TableSource).columns)
      expect([...values].some((cell) => cell === null || Number.isNaN(cell))).toBe(false);
    await expect(impute(model, gapped, { by, multiple: 2 })).rejects.toThrow('leave out --by');
  });

  test('other columns than its own are refused by name', async () => {
    const table = lengths(10, 1, 0);
    await expect(impute(model, { ...table, columns: table.columns.slice(1) })).rejects.toThrow('without "metres"');
  });
});

describe('a model that never saw a gap', async () => {
  const model = autoencoder({ kind: 'denoising', noise: 'masking', hidden: [32], latent: 4, engine });
  const rows = Array.from({ length: 300 }, (_, i) => [i / 300, 2 * (i / 300), 1 - i / 300]);
  await model.fit(rows, { epochs: 40, learningRate: 5e-3, seed: 1 });

  test('a code of numbers fills gaps by its reconstruction, and cannot draw', async () => {
    const gapped = [
      [0.2, Number.NaN, 0.8],
      [Number.NaN, 1.6, 0.2],
    ];
    const { sources, method } = await impute(model, gapped);
    const [filled] = sources;
    if (filled.form !== 'array') throw new Error('rows of numbers were expected');
    expect(method).toContain('reconstruction');
    expect(Math.abs(filled.values[1] - 0.4)).toBeLessThan(0.15);
    expect(Math.abs(filled.values[3] - 0.8)).toBeLessThan(0.15);
    expect([...filled.values.subarray(4)]).toEqual([Math.fround(1.6), Math.fround(0.2)]);
    await expect(impute(model, gapped, { multiple: 3 })).rejects.toThrow('train with --kind variational');
  });

  test('nothing missing is nothing changed', async () => {
    const { sources, columns } = await impute(model, rows.slice(0, 5));
    expect(sources[0]).toMatchObject({ values: Float32Array.from(rows.slice(0, 5).flat()) });
    expect(columns).toEqual([{ name: 'all numbers', missing: 0, unknown: 0 }]);
  });
});

test('pictures in bytes have nothing missing: refused', async () => {
  const model = autoencoder({ network: 'dense', hidden: [8], latent: 2, engine });
  const pictures = { values: new Uint8Array(40 * 16).map((_, i) => (i * 37) % 256), shape: [40, 1, 4, 4] };
  await model.fit(pictures, { epochs: 1 });
  await expect(impute(model, pictures)).rejects.toThrow('got pictures in bytes');
});

test('cells kept as texts are filled as texts, with no more digits than are known', () => {
  const texts: TableSource = {
    form: 'table',
    name: 'texts',
    rows: 3,
    columns: [{ type: 'category', name: 'x', values: ['1.50', null, '007'] }],
  };
  const told: TableSource = {
    ...texts,
    columns: [{ type: 'numeric', name: 'x', values: Float64Array.of(1, 2 / 3, 3) }],
  };
  expect(filledIn(texts, told)).toMatchObject({ columns: [{ values: ['1.50', '0.666667', '007'] }] });
});

test('every cell that is there is hidden once, with all entries of its category', () => {
  const columns = columnsOf({
    form: 'columns',
    columns: [
      { type: 'numeric', name: 'a', offset: 0, scale: 1, isConstant: false },
      { type: 'category', name: 'b', categories: ['x', 'y'] },
    ],
  });
  expect(columns.map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [1, 3],
  ]);
  const values = Float32Array.from({ length: 90 }, (_, i) => (i % 3 === 0 && i % 4 === 0 ? Number.NaN : i));
  const cells: Cells = { values, count: 30, columns };
  const hidden = hiddenOnce(cells, createRandom(1));
  const times = new Array(60).fill(0);
  for (const { cells: part, places } of hidden) {
    const isHidden = new Set<number>();
    for (let at = 0; at < places.length; at += 2) {
      times[2 * places[at] + places[at + 1]]++;
      isHidden.add(2 * places[at] + places[at + 1]);
    }
    for (const [at, value] of part.values.entries()) {
      const cell = 2 * Math.floor(at / 3) + (at % 3 === 0 ? 0 : 1);
      expect(Number.isNaN(value)).toBe(isHidden.has(cell) || Number.isNaN(values[at]));
    }
    expect(Math.abs(isHidden.size - times.length / 5)).toBeLessThanOrEqual(3);
  }
  expect(
    times.every(
      (count, at) => count === (Number.isNaN(values[at % 2 === 0 ? (3 * at) / 2 : 0]) && at % 2 === 0 ? 0 : 1),
    ),
  ).toBe(true);
});
