/** Read in pieces, a file gives the same rows as at once. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import type { Source } from '../dataset.ts';
import { encodeJsonLines } from '../formats/json-lines.ts';
import { encodeNpy } from '../formats/npy.ts';
import { encodeParquet } from '../formats/parquet.ts';
import { dataEnvironment, loadData } from '../load.ts';
import { sourceCount } from '../split.ts';
import { makePieces } from './pieces.ts';

const folder = await mkdtemp(join(tmpdir(), 'autoencoder-pieces-'));
afterAll(() => rm(folder, { recursive: true }));

const ROWS = 23;
const table: Source = {
  form: 'table',
  name: 'made',
  rows: ROWS,
  columns: [
    {
      type: 'numeric',
      name: 'size',
      values: Float64Array.from({ length: ROWS }, (_, row) => (row % 5 === 3 ? Number.NaN : row / 8)),
    },
    {
      type: 'category',
      name: 'colour',
      values: Array.from({ length: ROWS }, (_, row) => ['red', 'blue', null][row % 3]),
    },
  ],
};
const csvText = `size,"a ""name"", and more"\n${Array.from({ length: ROWS }, (_, row) => `${row},${row % 4 === 0 ? `"two\nlines, ${row} ""x"""` : `plain${row}`}`).join('\n\n')}`;

/** The rows of a source, each as what it holds. */
function rowsOf(source: Source): unknown[] {
  if (source.form === 'array') {
    const width = source.values.length / source.shape[0];
    return Array.from({ length: source.shape[0] }, (_, row) => [
      ...source.values.subarray(row * width, (row + 1) * width),
    ]);
  }
  return Array.from({ length: source.rows }, (_, row) => source.columns.map(({ name, values }) => [name, values[row]]));
}

const numbers = Float32Array.from({ length: ROWS * 6 }, (_, at) => at / 4);
const packed = new TextEncoder().encode('a,b\n1,2\n3,4\n5,6\n');
const files: Readonly<Record<string, Uint8Array | string>> = {
  'quoted.csv': csvText,
  'ends.csv': `${csvText}\n\n`,
  'windows.csv': 'a;b\r\n1;2\r\n\r\n3;4\r\n5;6\r\n',
  'bare.tsv': '1\t2\n3\t4\n5\t6',
  'packed.csv.gz': gzipSync(packed),
  'made.jsonl': encodeJsonLines(table),
  'list.json': `[${new TextDecoder().decode(encodeJsonLines(table)).trim().replaceAll('\n', ',\n')}]`,
  'made.parquet': encodeParquet(table),
  'made.npy': encodeNpy(numbers, [ROWS, 2, 3]),
};

describe.each(Object.keys(files))('%s', (name) => {
  test.each([1, 4, 23, 1000])('in pieces of %i rows', async (most) => {
    const path = join(folder, name);
    await writeFile(path, files[name]);
    const { train } = await loadData(path, { environment: dataEnvironment({}) });
    const pieces = makePieces();
    const { rows, pieces: list, layout } = await pieces.survey(path, most, {});
    expect(rows).toBe(sourceCount(train));
    expect(list.map((piece) => piece.rows).reduce((sum, count) => sum + count, 0)).toBe(rows);
    const types =
      train.form === 'table'
        ? Object.fromEntries(train.columns.map((column) => [column.name, column.type]))
        : undefined;
    const parts: unknown[] = [];
    for (const piece of list) parts.push(...rowsOf(await pieces.read(path, piece, { layout, types })));
    expect(parts).toEqual(rowsOf(train));
  });
});

test('a row that cannot be read is named by its line in the whole file', async () => {
  const path = join(folder, 'bad.csv');
  await writeFile(path, 'a,b\n1,2\n\n3,4\n"5",x\n7,8\n');
  const pieces = makePieces();
  const { pieces: list, layout } = await pieces.survey(path, 2, {});
  const types = { a: 'numeric', b: 'numeric' } as const;
  await expect(pieces.read(path, list[1], { layout, types })).rejects.toThrow(
    /bad.csv row 5 column "b": expected a number/,
  );
});
