import { expect, test } from 'vitest';
import { DataError } from '../../base/errors.ts';
import { byteStream } from '../bytes.ts';
import type { ReadOptions } from './format.ts';
import { text } from './text.ts';

async function linesOf(content: string | Uint8Array, options: ReadOptions = {}): Promise<readonly (string | null)[]> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const source = await text.read(byteStream('t.txt', bytes), options);
  if (source.form !== 'table') throw new Error('lines are a table');
  const [column, ...others] = source.columns;
  if (column.type !== 'category') throw new Error('lines are texts');
  expect([column.name, others, source.rows]).toEqual(['text', [], column.values.length]);
  return column.values;
}

test.each([
  ['lines as they are', 'one, two\n  three \t\n"four"\n', ['one, two', '  three \t', '"four"']],
  ['the last one without an end', 'a\nb', ['a', 'b']],
  ['ends as other systems write them', 'a\r\nb\r\n\r\nc', ['a', 'b', null, 'c']],
  ['empty lines and lines of spaces are missing', '\na\n\n \t\nb\n\n', [null, 'a', null, null, 'b', null]],
  ['numbers are text', '1\n2.50\n', ['1', '2.50']],
  ['words that tables write for nothing are words', 'None\nNA\n?\nnull\n', ['None', 'NA', '?', 'null']],
  ['other signs that end lines elsewhere are within them', 'a\u2028b\rc\u0085d\n', ['a\u2028b\rc\u0085d']],
  ['a mark of the order of bytes is none of the text', '\uFEFFa\nb\n', ['a', 'b']],
  ['letters of any script', 'déjà\n漢字\n😀\n', ['déjà', '漢字', '😀']],
])('%s', async (_, content, lines) => {
  expect(await linesOf(content)).toEqual(lines);
});

test('characters and lines that come in several parts', async () => {
  const bytes = new TextEncoder().encode('é😀 one\r\ntwo 漢\r\n');
  for (let size = 1; size < bytes.length; size++) {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const source = await text.read({ name: 't', chunks: chunks(), mostBytes: Infinity }, {});
    expect(source).toMatchObject({ rows: 2, columns: [{ values: ['é😀 one', 'two 漢'] }] });
  }
});

test('a limit takes the first lines, whatever comes after', async () => {
  expect(await linesOf('a\n\nb\nc\n', { limit: 2 })).toEqual(['a', null]);
  expect(await linesOf('a\nb', { limit: 5 })).toEqual(['a', 'b']);
});

test('what is no text, has no line or not the column is refused', async () => {
  await expect(linesOf(Uint8Array.of(97, 10, 0xff, 0xfe))).rejects.toThrow(DataError);
  await expect(linesOf(Uint8Array.of(97, 10, 0xff, 0xfe))).rejects.toThrow('expected UTF-8 text');
  await expect(linesOf(Uint8Array.of(97, 0xc3))).rejects.toThrow('expected UTF-8 text');
  await expect(linesOf('')).rejects.toThrow('at least 1 row');
  await expect(linesOf('a\n', { columns: ['test'] })).rejects.toThrow('did you mean "text"?');
  expect(await linesOf('a\n', { columns: ['text'] })).toEqual(['a']);
});

test('a file that never ends a line', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const chunk = new Uint8Array(1 << 22).fill(97);
    for (let at = 0; at < 5; at++) yield chunk;
  }
  await expect(text.read({ name: 't.txt', chunks: chunks(), mostBytes: Infinity }, {})).rejects.toThrow(
    't.txt row 1: expected a row that ends',
  );
});
