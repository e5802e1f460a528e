import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../base/errors.ts';
import { byteStream } from '../bytes.ts';
import type { Source, TableSource } from '../dataset.ts';
import { encodeSource } from './formats.ts';
import { parquet } from './parquet.ts';

async function readBack(source: Source): Promise<{ rows: unknown[]; types: unknown[] }> {
  const { buffer } = encodeSource('x.parquet', source);
  const file = buffer as ArrayBuffer;
  const types = parquetSchema(parquetMetadata(file)).children.map(({ element }) => element.type);
  return { rows: await parquetReadObjects({ file }), types };
}

test('a table comes back: float64, text in any script, missing values', async () => {
  const source: Source = {
    form: 'table',
    name: 'table',
    rows: 4,
    columns: [
      { type: 'numeric', name: 'n', values: Float64Array.of(0.1, -1e300, NaN, 2 ** 53) },
      { type: 'category', name: 'a "name", 7', values: ['ä,b', '', null, '文字\n'] },
    ],
  };
  const { rows, types } = await readBack(source);
  expect(rows).toEqual([
    { n: 0.1, 'a "name", 7': 'ä,b' },
    { n: -1e300, 'a "name", 7': '' },
    { n: null, 'a "name", 7': null },
    { n: 2 ** 53, 'a "name", 7': '文字\n' },
  ]);
  expect(types).toEqual(['DOUBLE', 'BYTE_ARRAY']);
});

test('rows of float32 come back, bit for bit', async () => {
  const values = Float32Array.of(0.1, -0, 3.4e38, 1e-45, NaN, 7);
  const { rows, types } = await readBack({ form: 'array', name: 'codes', values, shape: [3, 2] });
  expect(rows).toEqual([
    { feature1: Math.fround(0.1), feature2: -0 },
    { feature1: Math.fround(3.4e38), feature2: Math.fround(1e-45) },
    { feature1: null, feature2: 7 },
  ]);
  expect(types).toEqual(['FLOAT', 'FLOAT']);
});

test('pictures come back as a column per pixel', async () => {
  const values = Uint8Array.of(0, 255, 1, 2);
  const { rows } = await readBack({ form: 'array', name: 'pictures', values, shape: [2, 1, 1, 2] });
  expect(rows).toEqual([
    { '[0,0,0]': 0, '[0,0,1]': 255 },
    { '[0,0,0]': 1, '[0,0,1]': 2 },
  ]);
});

test('many rows and many columns', async () => {
  const values = Float32Array.from({ length: 120_000 }, (_, i) => i / 7);
  const { rows } = await readBack({ form: 'array', name: 'codes', values, shape: [40_000, 3] });
  expect(rows).toHaveLength(40_000);
  expect(rows[39_999]).toEqual({ feature1: values[119_997], feature2: values[119_998], feature3: values[119_999] });
});

describe('reading', () => {
  const read = (bytes: Uint8Array, options = {}) => parquet.read(byteStream('x.parquet', bytes), options);
  const table: TableSource = {
    form: 'table',
    name: 'table',
    rows: 3,
    columns: [
      { type: 'numeric', name: 'size', values: Float64Array.of(1.5, Number.NaN, -3) },
      { type: 'category', name: 'kind', values: ['a', null, 'b'] },
    ],
  };

  test('gives back what was written, missing values included', async () => {
    const back = await read(encodeSource('x.parquet', table));
    expect(back).toMatchObject({ rows: 3, columns: table.columns });
  });

  test('takes columns, roles and the first rows', async () => {
    const back = await read(encodeSource('x.parquet', table), { label: 'kind', columns: ['size'], limit: 1 });
    expect(back).toMatchObject({ rows: 1, labels: { names: ['a'] } });
    await expect(read(encodeSource('x.parquet', table), { columns: ['sise'] })).rejects.toThrow('"size"');
  });

  test('refuses what is none, or cut short, by name', async () => {
    const whole = encodeSource('x.parquet', table);
    for (const bytes of [
      new Uint8Array(0),
      new TextEncoder().encode('a,b\n1,2'),
      whole.subarray(0, whole.length - 9),
      whole.subarray(20),
    ])
      await expect(read(bytes)).rejects.toThrow(DataError);
    const altered = whole.slice();
    for (let at = 4; at < 30; at++) altered[at] ^= 255;
    await expect(read(altered)).rejects.toThrow(DataError);
  });
});
