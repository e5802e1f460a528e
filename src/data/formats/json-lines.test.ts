import { expect, test } from 'vitest';
import { byteStream } from '../bytes.ts';
import type { TableSource } from '../dataset.ts';
import type { ReadOptions } from './format.ts';
import { encodeJsonLines, readJsonLines } from './json-lines.ts';

const read = (text: string, options: ReadOptions = {}): Promise<TableSource> =>
  readJsonLines(byteStream('t.jsonl', new TextEncoder().encode(text)), options);

test('objects become columns; absent and null are missing', async () => {
  const table = await read('{"a":1,"b":"x"}\n\n{"b":"y","a":null}\n{"b":"x","c":true}\n');
  expect(table).toMatchObject({
    rows: 3,
    columns: [
      { name: 'a', values: Float64Array.of(1, NaN, NaN) },
      { name: 'b', values: ['x', 'y', 'x'] },
      { name: 'c', values: [null, null, 'true'] },
    ],
  });
});

test('arrays become numbered columns', async () => {
  expect((await read('[1,2]\n[3,4]')).columns.map(({ name }) => name)).toEqual(['column1', 'column2']);
  await expect(read('[1,2]\n[3]')).rejects.toThrow('t.jsonl row 2: expected 2 values');
});

test('errors name the row and the column', async () => {
  await expect(read('{"a":1}\n{"a":NaN}\n')).rejects.toThrow('t.jsonl row 2: expected JSON');
  await expect(read('{"a":1}\n{"a":')).rejects.toThrow('t.jsonl row 2: expected JSON');
  await expect(read('{"a":1}\n7\n')).rejects.toThrow('t.jsonl row 2: expected an object');
  await expect(read('{"a":{"b":1}}\n')).rejects.toThrow('t.jsonl row 1 column "a": expected a number, a text');
  await expect(read('{"a":1}\n{"a":2}\n{"a":"x"}\n')).rejects.toThrow('t.jsonl row 3 column "a": expected a number');
  await expect(read('')).rejects.toThrow('at least 1 row');
});

test('columns, label and limit', async () => {
  const table = await read('{"a":1,"b":9,"y":2}\n{"a":2,"b":8,"y":1}\n{bad', { columns: ['a'], label: 'y', limit: 2 });
  expect(table).toMatchObject({
    rows: 2,
    columns: [{ name: 'a' }],
    labels: { names: ['1', '2'], values: Int32Array.of(1, 0) },
  });
});

test('what is written is read again', async () => {
  const columns: TableSource['columns'] = [
    { type: 'category', name: '7 "quoted"', values: ['a\nb', null, 'c'] },
    { type: 'numeric', name: 'n 1', values: Float64Array.of(0.1, NaN, -1e-300) },
  ];
  const bytes = encodeJsonLines({ form: 'table', name: 'x', rows: 3, columns });
  expect((await readJsonLines(byteStream('x', bytes))).columns).toEqual(columns);
});

test('arrays are written nested by their shape', () => {
  const bytes = encodeJsonLines({ form: 'array', name: 'x', values: Uint8Array.of(1, 2, 3, 4), shape: [1, 1, 2, 2] });
  expect(new TextDecoder().decode(bytes)).toBe('[[[1,2],[3,4]]]\n');
});
