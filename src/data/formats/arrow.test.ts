import { tableFromIPC } from '@uwdata/flechette';
import { expect, test } from 'vitest';
import type { Source } from '../dataset.ts';
import { encodeSource } from './formats.ts';

function readBack(source: Source): { rows: unknown[]; types: string[] } {
  const bytes = encodeSource('x.arrow', source);
  expect(new TextDecoder().decode(bytes.subarray(0, 6))).toBe('ARROW1');
  expect(new TextDecoder().decode(bytes.subarray(-6))).toBe('ARROW1');
  const table = tableFromIPC(bytes);
  return { rows: table.toArray(), types: table.schema.fields.map(({ type }) => JSON.stringify(type)) };
}

test('a table comes back: float64, text in any script, missing values', () => {
  const { rows } = readBack({
    form: 'table',
    name: 'table',
    rows: 4,
    columns: [
      { type: 'numeric', name: 'n', values: Float64Array.of(0.1, -1e300, NaN, 2 ** 53) },
      { type: 'category', name: 'a "name", 7', values: ['ä,b', '', null, '文字\n'] },
    ],
  });
  expect(rows).toEqual([
    { n: 0.1, 'a "name", 7': 'ä,b' },
    { n: -1e300, 'a "name", 7': '' },
    { n: null, 'a "name", 7': null },
    { n: 2 ** 53, 'a "name", 7': '文字\n' },
  ]);
});

test('rows of float32 come back bit for bit, and bytes as bytes', () => {
  const values = Float32Array.of(0.1, -0, 3.4e38, 1e-45, NaN, 7);
  const codes = readBack({ form: 'array', name: 'codes', values, shape: [3, 2] });
  expect(codes.rows).toEqual([
    { feature1: Math.fround(0.1), feature2: -0 },
    { feature1: Math.fround(3.4e38), feature2: Math.fround(1e-45) },
    { feature1: null, feature2: 7 },
  ]);
  const pictures = readBack({ form: 'array', name: 'pictures', values: Uint8Array.of(0, 255), shape: [1, 1, 1, 2] });
  expect(pictures.rows).toEqual([{ '[0,0,0]': 0, '[0,0,1]': 255 }]);
  expect(pictures.types[0]).toContain('"bitWidth":8');
});

test('no rows, and many', () => {
  expect(readBack({ form: 'array', name: 'none', values: new Float32Array(0), shape: [0, 2] }).rows).toEqual([]);
  const values = Float32Array.from({ length: 120_000 }, (_, i) => i / 7);
  const { rows } = readBack({ form: 'array', name: 'codes', values, shape: [40_000, 3] });
  expect(rows).toHaveLength(40_000);
  expect(rows[39_999]).toEqual({ feature1: values[119_997], feature2: values[119_998], feature3: values[119_999] });
});
