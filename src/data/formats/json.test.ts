import { expect, test } from 'vitest';
import { byteStream } from '../bytes.ts';
import type { TableSource } from '../dataset.ts';
import type { ReadOptions } from './format.ts';
import { readJson } from './json.ts';
import { readJsonLines } from './json-lines.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, options: ReadOptions = {}): Promise<TableSource> =>
  readJson(byteStream('t.json', encode(text)), options);

/** Texts that contain every sign which the reader looks at. */
const rows = [
  { a: 1, b: 'x, "y" ]}', c: null },
  { a: -2.5e3, b: '\\', c: true },
  { b: '{[ü', a: 0 },
];

test('a list of objects, whatever its lines are, reads as its lines would', async () => {
  const lines = await readJsonLines(byteStream('t.json', encode(rows.map((row) => JSON.stringify(row)).join('\n'))));
  expect(lines.rows).toBe(3);
  const pretty = rows.map((row) => JSON.stringify(row, null, 2));
  const written = [JSON.stringify(rows), ` \n${JSON.stringify(rows, null, 3)}\r\n`, pretty.join('\n'), pretty.join('')];
  for (const text of written) expect(await read(text), text).toEqual(lines);
});

test('arrays are rows, in a list and without one', async () => {
  const expected = { rows: 2, columns: [{ name: 'column1', values: Float64Array.of(1, 3) }, { name: 'column2' }] };
  for (const text of ['[[1,2],[3,4]]', '[1,2]\n[3,4]', '[ [1, 2] , [3, 4] ]'])
    expect(await read(text), text).toMatchObject(expected);
  expect((await read('[5, 6]')).rows).toBe(1);
});

test('bytes may come in pieces of any length', async () => {
  const text = `\n[ ${rows.map((row) => JSON.stringify(row)).join(' ,\n ')} ]\n`;
  const whole = await read(text);
  for (const size of [1, 2, 3, 7, 20]) {
    const bytes = encode(text);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    expect(await readJson({ name: 't.json', chunks: chunks(), mostBytes: bytes.length }), `${size}`).toEqual(whole);
  }
});

test('columns, label and limit; what comes after the limit is not looked at', async () => {
  const options = { columns: ['a'], label: 'y', limit: 2 };
  expect(await read('[{"a":1,"b":9,"y":2},{"a":2,"b":8,"y":1}, bad', options)).toMatchObject({
    rows: 2,
    columns: [{ name: 'a' }],
    labels: { names: ['1', '2'], values: Int32Array.of(1, 0) },
  });
});

test.each([
  ['', 'at least 1 row'],
  ['[]', 'at least 1 row'],
  ['[', 't.json row 1: expected an object or an array, got the end of the file'],
  ['[{"a":1}', 't.json row 2: expected a comma, or ] after the last row, got the end of the file'],
  ['[{"a":1},', 't.json row 2: expected an object or an array after the comma, got the end of the file'],
  ['[{"a":1},]', 't.json row 2: expected an object or an array after the comma, got "]"'],
  ['[{"a":1} {"a":2}]', 't.json row 2: expected a comma'],
  ['[{"a":1}, 7]', 't.json row 2: expected an object or an array after the comma, got "7]"'],
  ['[{"a":1}] x', 't.json row 2: expected nothing after the list'],
  ['[{"a":1},{"a":', 't.json row 2: expected JSON'],
  ['[{"a":1},{"a":2]]', 't.json row 2: expected JSON'],
  ['[{"a":NaN}]', 't.json row 1: expected JSON'],
  ['7', 't.json row 1: expected an object or an array, got "7"'],
  ['{"rows":[{"a":1}]}', 't.json row 1 column "rows": expected a number, a text, true, false or null, got an array'],
  ['[{"a":1},{"a":2},{"a":"x"}]', 't.json row 3 column "a": expected a number'],
])('%s is refused by its row', async (text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});
