/** Chunks: DuckDB and the own readers give the same rows, and say what is wrong with which file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import type { Chunk, ChunkRequest } from '../../src/data/chunks/chunk.ts';
import { openChunks } from '../../src/data/chunks/open-chunks.ts';
import type { Source, TableSource } from '../../src/data/dataset.ts';
import { encodeCsv } from '../../src/data/formats/csv.ts';
import { encodeJsonLines } from '../../src/data/formats/json-lines.ts';
import { encodeNpy } from '../../src/data/formats/npy.ts';
import { encodeParquet } from '../../src/data/formats/parquet.ts';

const folder = await mkdtemp(join(tmpdir(), 'autoencoder-chunks-'));
afterAll(() => rm(folder, { recursive: true }));
const write = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

const ROWS = 5000;
const table: TableSource = {
  form: 'table',
  name: 'made',
  rows: ROWS,
  columns: [
    {
      type: 'numeric',
      name: 'size',
      values: Float64Array.from({ length: ROWS }, (_, row) => (row % 5 === 3 ? Number.NaN : row / 7 - 100)),
    },
    {
      type: 'category',
      name: 'col\'our "x"',
      values: Array.from({ length: ROWS }, (_, row) => ['red', 'deep blue', null, 'a,b', 'ö'][row % 5]),
    },
    { type: 'numeric', name: 'whole', values: Float64Array.from({ length: ROWS }, (_, row) => row * 1000003) },
    { type: 'category', name: 'answer', values: Array.from({ length: ROWS }, (_, row) => (row % 3 ? 'yes' : 'no')) },
  ],
};
const oddCsv = `a;b;c\n${Array.from({ length: 3000 }, (_, row) => [`${row}.5;x;1`, `+${row}; "y ""z""" ;NA`, `;"w\nv";?`, '.5;#N/A;1e3'][row % 4]).join('\r\n\n')}\n`;
const oddJson = Array.from(
  { length: 3000 },
  (_, row) =>
    [
      `{"a": ${row}, "b": "x", "c": true}`,
      '{"b": " y ", "a": "1.50"}',
      '{"a": null, "b": 1e5, "c": "n/a"}',
      `{"c": false, "b": "1e5", "a": -${row}e-3}`,
    ][row % 4],
).join('\n');
const files: Readonly<Record<string, readonly string[]>> = {
  parquet: [await write('a.parquet', encodeParquet(table)), await write('b.parquet', encodeParquet(table))],
  csv: [await write('a.csv', encodeCsv(table)), await write("it's.csv.gz", gzipSync(encodeCsv(table)))],
  jsonl: [await write('a.jsonl', encodeJsonLines(table))],
  'odd CSV': [await write('odd.csv', oddCsv)],
  'odd JSON': [await write('odd.jsonl', oddJson)],
  'a table in two formats': [join(folder, 'a.parquet'), join(folder, 'a.csv')],
};

async function read(request: Partial<ChunkRequest> & Pick<ChunkRequest, 'files'>, reader?: 'duckdb' | 'own') {
  const opened = await openChunks({ rows: 2048, ...request, reader });
  const chunks: Chunk[] = [];
  for await (const chunk of opened.chunks()) chunks.push(chunk);
  return { opened, chunks, rows: chunks.flatMap(({ source }) => rowsOf(source)) };
}

function rowsOf(source: Source): unknown[] {
  if (source.form === 'array') {
    const width = source.values.length / source.shape[0];
    return Array.from({ length: source.shape[0] }, (_, row) => [
      ...source.values.subarray(row * width, (row + 1) * width),
    ]);
  }
  const { labels } = source;
  return Array.from({ length: source.rows }, (_, row) => [
    ...source.columns.map(({ name, values }) => [name, values[row]]),
    labels?.names[labels.values[row]],
  ]);
}

describe.each(Object.keys(files))('%s', (name) => {
  const isOdd = name.startsWith('odd');
  test.each([{}, { limit: 1234 }])('the same rows by both readers: %o', async (more) => {
    const request = { files: files[name], ...more, ...(isOdd ? { columns: ['a', 'b'] } : {}) };
    const [duckdb, own] = [await read(request, 'duckdb'), await read(request, 'own')];
    expect(duckdb.opened.name).toBe('duckdb');
    expect(own.opened.name).toBe('own');
    expect(duckdb.rows).toEqual(own.rows);
    expect(duckdb.opened.types).toEqual(own.opened.types);
    expect(duckdb.rows.length).toBe(more.limit ?? (isOdd ? 3000 : ROWS * files[name].length));
    for (const { chunks } of [duckdb, own]) {
      let from = 0;
      for (const chunk of chunks) {
        expect(chunk.from).toBe(from);
        from += chunk.source.form === 'table' ? chunk.source.rows : chunk.source.shape[0];
      }
    }
  });
});

test('labels and chosen columns are read alike, and rows are known before where files say so', async () => {
  const request = { files: files.parquet, columns: ['whole', 'size'], label: 'answer' };
  const [duckdb, own] = [await read(request, 'duckdb'), await read(request, 'own')];
  expect(duckdb.rows).toEqual(own.rows);
  expect(duckdb.opened.rows).toBe(2 * ROWS);
  expect(duckdb.rows[1]).toEqual([['size', 1 / 7 - 100], ['whole', 1000003], 'yes']);
});

test('a list of JSON is read as its lines are', async () => {
  const list = await write('odd.json', `[${oddJson.replaceAll('\n', ',')}]`);
  const { opened, rows } = await read({ files: [list], limit: 2500 });
  expect(opened.name).toBe('own');
  const lines = await read({ files: files['odd JSON'], limit: 2500 }, 'own');
  expect(rows).toEqual(lines.rows);
  expect(opened.types).toEqual(lines.opened.types);
});

test('arrays come by the own reader', async () => {
  const values = Float32Array.from({ length: 6000 }, (_, at) => at / 8);
  const { opened, rows } = await read({ files: [await write('a.npy', encodeNpy(values, [2000, 3]))] });
  expect(opened.name).toBe('own');
  expect(rows).toHaveLength(2000);
  expect(rows[1999]).toEqual([...values.subarray(5997)]);
  const other = await write('b.npy', encodeNpy(values, [3000, 2]));
  await expect(read({ files: [join(folder, 'a.npy'), other] })).rejects.toThrow(
    /b\.npy.*expected examples as in .*a\.npy, 3, got 2/,
  );
});

describe('bad files', () => {
  const bare: TableSource = { ...table, columns: table.columns.slice(0, 2) };
  const texts: TableSource = {
    ...table,
    columns: table.columns.map((column) =>
      column.name === 'whole'
        ? { type: 'category', name: 'whole', values: Array.from({ length: ROWS }, () => 'many') }
        : column,
    ),
  };
  test.each(['duckdb', 'own'] as const)('%s: other columns than the first file, both named', async (reader) => {
    const lacking = await write('lacking.parquet', encodeParquet(bare));
    await expect(read({ files: [...files.parquet, lacking] }, reader)).rejects.toThrow(
      /lacking\.parquet column "whole": expected the columns of .*a\.parquet, got no such column/,
    );
    const changed = await write('changed.parquet', encodeParquet(texts));
    await expect(read({ files: [...files.parquet, changed] }, reader)).rejects.toThrow(
      /changed\.parquet column "whole": expected the columns of .*a\.parquet, got texts instead of numbers/,
    );
    const headless = await write('headless.csv', 'size,other\n1,2\n3,4\n');
    await expect(read({ files: [files.csv[0], headless] }, reader)).rejects.toThrow(
      /headless\.csv column .*got no such/,
    );
  });
  test.each(['duckdb', 'own'] as const)('%s: one damaged file among many is named, with the reason', async (reader) => {
    const whole = encodeParquet(table);
    const cut = await write('cut.parquet', whole.subarray(0, whole.length / 2));
    await expect(read({ files: [...files.parquet, cut] }, reader)).rejects.toThrow(
      /cut\.parquet: expected a Parquet file/,
    );
    const flipped = whole.slice();
    flipped.fill(255, 40, 400);
    const torn = await write('torn.parquet', flipped);
    await expect(read({ files: [files.parquet[0], torn] }, reader)).rejects.toThrow(/torn\.parquet: expected/);
    await expect(read({ files: [join(folder, 'none.parquet')] }, reader)).rejects.toThrow(
      /none\.parquet: .*no such file/,
    );
  });
  test.each(['duckdb', 'own'] as const)('%s: a text among numbers is named by its line', async (reader) => {
    const rows = Array.from({ length: 3000 }, (_, row) => (row === 2500 ? 'x,1' : `${row},"1"`));
    const bad = await write('bad.csv', `a,b\n\n${rows.join('\n')}\n`);
    const types = { a: 'numeric', b: 'numeric' } as const;
    await expect(read({ files: [bad], types }, reader)).rejects.toThrow(
      /bad\.csv row 2503 column "a": expected a number.*"x"/,
    );
    const ragged = await write('ragged.csv', `a,b\n${rows.slice(0, 2000).join('\n')}\n1,2,3\n`);
    await expect(read({ files: [ragged] }, reader)).rejects.toThrow(/ragged\.csv row 2002: expected 2 cells.*got 3/);
    const endless = await write('endless.csv', `a,b\n${rows.slice(0, 2000).join('\n')}\n1,inf\n`);
    await expect(read({ files: [endless], types }, reader)).rejects.toThrow(
      /endless\.csv row 2002 column "b": expected a finite number, got inf/,
    );
  });
});
