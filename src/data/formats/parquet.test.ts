import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { expect, test } from 'vitest';
import type { Source } from '../dataset.ts';
import { encodeSource } from './formats.ts';

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
