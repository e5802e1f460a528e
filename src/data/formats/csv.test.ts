import { parse as referenceParse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { type ByteStream, byteStream } from '../bytes.ts';
import type { TableSource } from '../dataset.ts';
import { encodeCsv, readCsv } from './csv.ts';
import type { ReadOptions } from './format.ts';
import { shortestFloat } from './table.ts';

const read = (text: string, options: ReadOptions = {}): Promise<TableSource> =>
  readCsv(byteStream('t.csv', new TextEncoder().encode(text)), options);

/** The same bytes in pieces of `size`. */
function pieces(text: string, size: number): ByteStream {
  const bytes = new TextEncoder().encode(text);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
  }
  return { name: 't.csv', chunks: chunks(), mostBytes: bytes.length };
}

test('numbers and categories are told apart, missing values are known by many spellings', async () => {
  const table = await read('age,sex\n31,f\n,m\nNaN,?\nNA,NULL\n 7 , none \n1e2,f\n');
  expect(table).toMatchObject({
    rows: 6,
    columns: [
      { type: 'numeric', name: 'age', values: Float64Array.of(31, NaN, NaN, NaN, 7, 100) },
      { type: 'category', name: 'sex', values: ['f', 'm', null, null, null, 'f'] },
    ],
  });
});

test('a header is found, or its absence', async () => {
  const names = async (text: string, options?: ReadOptions): Promise<string[]> =>
    (await read(text, options)).columns.map(({ name }) => name);
  expect(await names('a,b\n1,x\n')).toEqual(['a', 'b']);
  expect(await names('1,x\n2,y\n')).toEqual(['column1', 'column2']);
  expect(await names('red,small\nblue,large\nred,large\n')).toEqual(['column1', 'column2']);
  expect(await names('colour,size\nblue,large\nred,large\n')).toEqual(['colour', 'size']);
  expect(await names('2010,2011\n1,2\n', { header: 'yes' })).toEqual(['2010', '2011']);
  expect(await names('a,b\nc,d\n', { header: 'no' })).toEqual(['column1', 'column2']);
});

test('quotes, delimiters, byte-order mark and line ends of all sorts', async () => {
  expect((await read('\uFEFFn;t\r\n1;"a;b"\r\n2;"say ""so"""\r\n3;"two\nlines"\r\n')).columns).toMatchObject([
    { name: 'n', values: Float64Array.of(1, 2, 3) },
    { name: 't', values: ['a;b', 'say "so"', 'two\nlines'] },
  ]);
  expect((await read('a\tb\n1\t2\n')).columns).toHaveLength(2);
  expect((await read('a|b\n1|2')).columns).toHaveLength(2);
  expect((await read('a,b\n\n1,2\n\n')).rows).toBe(1);
});

test('pieces of any size give the same table', async () => {
  const text = 'n,t\n1,"ä,""b"\n2,"c\nd"\n3,plain\n,"é"\n';
  const whole = await read(text);
  for (const size of [1, 2, 3, 5, 7]) expect(await readCsv(pieces(text, size))).toEqual(whole);
});

test('errors name the row and the column', async () => {
  await expect(read('a,b\n1,2\n3\n')).rejects.toThrow('t.csv row 3: expected 2 cells, as in the first row, got 1');
  await expect(read('a,b\n1,2\n3,4,5\n')).rejects.toThrow('t.csv row 3');
  await expect(read('a,b\n1,2\n2,x\n5,6\n')).rejects.toThrow(
    /t.csv row 3 column "b": expected a number.*"x".*--columns/,
  );
  await expect(read('a,b\n1,2\n\n2,inf\n')).rejects.toThrow(
    't.csv row 4 column "b": expected a finite number, got inf',
  );
  await expect(read('a\n1\n1e999\n')).rejects.toThrow('t.csv row 3 column "a": expected a finite number, got 1e999');
  await expect(read('a,b\n1,"x\n2,3\n')).rejects.toThrow('t.csv row 2 column 2: expected a closing quote');
  await expect(read('a,b\n1,"x"y\n2,3\n')).rejects.toThrow('t.csv row 2 column 2: expected a delimiter behind');
  await expect(read('a,a\n1,2\n')).rejects.toThrow('"a" twice');
  await expect(read('')).rejects.toThrow('at least 1 row');
  await expect(read('a,b\n')).rejects.toThrow('at least 1 row');
  await expect(readCsv(byteStream('t.csv', Uint8Array.of(97, 10, 0xe4, 10)))).rejects.toThrow('expected UTF-8 text');
});

test('hexadecimal and other names are not numbers', async () => {
  expect((await read('a\n0x1f\n0b1\n0x2\n')).columns[0]).toMatchObject({ type: 'category' });
  expect((await read('a\n0e0\n007\n+1.\n')).columns[0]).toMatchObject({ values: Float64Array.of(0, 7, 1) });
});

test('columns that are not kept are not judged', async () => {
  const table = await read('a,b,c\n1,2,x\n2,oops,y\n5,6,x\n', { columns: ['a'], label: 'c' });
  expect(table.columns.map(({ name }) => name)).toEqual(['a']);
  expect(table.labels).toEqual({ values: Int32Array.of(0, 1, 0), names: ['x', 'y'] });
  await expect(read('age,b\n1,2\n', { columns: ['ag'] })).rejects.toThrow('did you mean "age"?');
  await expect(read('a\n1\n', { label: 'a' })).rejects.toThrow('at least 1 column to learn from');
});

test('a limit stops reading', async () => {
  expect((await read('a\n1\n2\nbad\n4\n', { limit: 2 })).columns[0].values).toEqual(Float64Array.of(1, 2));
});

test('a column is decided late where it begins with missing values', async () => {
  const text = `a,b\n${',1\n'.repeat(3000)}${'x,1\n'.repeat(3)}`;
  expect((await read(text)).columns[0]).toMatchObject({ type: 'category' });
});

test('what is written is read again, whatever is in it', async () => {
  const random = createRandom(11);
  const signs = [...'ab ,;|"\n\t\r\'é0-.'];
  for (let round = 0; round < 200; round++) {
    const rows = 1 + random.integer(5);
    const text = (): string =>
      `x${Array.from({ length: random.integer(6) }, () => signs[random.integer(signs.length)]).join('')}y`;
    const source: TableSource = {
      form: 'table',
      name: 'random',
      rows,
      columns: [
        { type: 'category', name: `first ${text()}`, values: Array.from({ length: rows }, text) },
        {
          type: 'category',
          name: `second ${text()}`,
          values: Array.from({ length: rows }, () => (random.uniform() < 0.2 ? null : text())),
        },
        { type: 'numeric', name: 'n', values: Float64Array.from({ length: rows }, () => random.normal() * 1e5) },
      ],
    };
    const bytes = encodeCsv(source);
    const back = await readCsv(byteStream('random', bytes), { header: 'yes' });
    const shown = (table: TableSource): unknown[] =>
      table.columns.map(({ name, values }) => [name, [...values].map((v) => (Number.isNaN(v) ? null : v))]);
    expect(shown(back)).toEqual(shown(source));
    const cells: string[][] = referenceParse(Buffer.from(bytes));
    expect(cells.slice(1).map((row) => row[0])).toEqual([...source.columns[0].values]);
  }
});

test('a table of one column keeps its missing values', async () => {
  const source: TableSource = {
    form: 'table',
    name: 'x',
    rows: 3,
    columns: [{ type: 'numeric', name: 'a', values: Float64Array.of(1, NaN, 2) }],
  };
  expect((await readCsv(byteStream('x', encodeCsv(source)))).columns[0].values).toEqual(Float64Array.of(1, NaN, 2));
});

test('floats are written with the fewest digits that give them back', () => {
  expect(shortestFloat(Math.fround(0.1))).toBe('0.1');
  const random = createRandom(5);
  for (let i = 0; i < 1000; i++) {
    const value = Math.fround(random.normal() * 10 ** (random.integer(60) - 30));
    expect(Math.fround(Number(shortestFloat(value)))).toBe(value);
  }
});
