/** Damaged data: whatever is cut off or altered, the answer is a `DataError` with a place or a correct reading. */
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/base/errors.ts';
import { createRandom } from '../../src/base/random.ts';
import { byteStream } from '../../src/data/bytes.ts';
import type { Source } from '../../src/data/dataset.ts';
import { encodeCsv } from '../../src/data/formats/csv.ts';
import type { Format } from '../../src/data/formats/format.ts';
import { formatOf } from '../../src/data/formats/formats.ts';
import { encodeJsonLines } from '../../src/data/formats/json-lines.ts';
import { encodeNpy } from '../../src/data/formats/npy.ts';

const table: Source = {
  form: 'table',
  name: 'table',
  rows: 4,
  columns: [
    { type: 'numeric', name: 'n', values: Float64Array.of(1, 2, NaN, 4) },
    { type: 'category', name: 'text', values: ['a "b"', 'c,d', null, 'e\nf'] },
  ],
};
const array = encodeNpy(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
const idx = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4]);

const files: Readonly<Record<string, Uint8Array>> = {
  'a.csv': encodeCsv(table),
  'a.json': new TextEncoder().encode('[{"n": 1, "text": "a \\"b\\""}, {"n": null, "text": "]}"}]'),
  'a.jsonl': encodeJsonLines(table),
  'a.npy': array,
  'a.npz': zipSync({ 'X.npy': array, 'y.npy': encodeNpy(Int32Array.of(0, 1, 0), [3]) }),
  'a-idx3-ubyte': idx,
};

function formatFor(name: string): Format {
  const format = formatOf(name);
  if (format === undefined) throw new Error(`internal: no format for ${name}`);
  return format;
}

async function survives(format: Format, name: string, bytes: Uint8Array): Promise<'read' | 'refused'> {
  try {
    const source = await format.read(byteStream(name, bytes), {});
    if (source.form === 'array') {
      expect(source.values.length).toBe(source.shape.reduce((product, length) => product * length, 1));
      expect(source.values.length).toBeLessThan(1e6);
      expect(source.values.every(Number.isFinite)).toBe(true);
    } else {
      for (const column of source.columns) expect(column.values.length).toBe(source.rows);
    }
    return 'read';
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(DataError);
    expect(String(error)).toContain(name);
    return 'refused';
  }
}

describe.each(Object.entries(files))('%s', (name, bytes) => {
  const format = formatFor(name);

  test('whole, it is read', async () => {
    expect(await survives(format, name, bytes)).toBe('read');
  });

  test('cut anywhere, it is read as far as it goes or refused', async () => {
    const isText = /csv|jsonl/.test(name);
    for (let length = 0; length < bytes.length; length++) {
      const outcome = await survives(format, name, bytes.slice(0, length));
      if (!isText) expect(outcome, `cut to ${length}`).toBe('refused');
    }
  });

  test('with any byte altered, it is read or refused', async () => {
    const random = createRandom(8).fork(name);
    for (let round = 0; round < 1500; round++) {
      const altered = bytes.slice();
      const flips = 1 + random.integer(3);
      for (let i = 0; i < flips; i++) altered[random.integer(altered.length)] = random.integer(256);
      await survives(format, name, altered);
    }
  });

  test('other files under its name are refused or read', async () => {
    for (const other of Object.values(files)) await survives(format, name, other);
    await survives(format, name, gzipSync(bytes));
    await survives(format, name, new Uint8Array(1000));
  });
});

test('a quote that is never closed ends in an error, not in a crawl', async () => {
  const text = `a,b\n1,"${'x,y\n'.repeat(6_000_000)}`;
  const bytes = new TextEncoder().encode(text);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < bytes.length; i += 1 << 20) yield bytes.subarray(i, i + (1 << 20));
  }
  const stream = { name: 'a.csv', chunks: chunks(), mostBytes: bytes.length };
  await expect(formatFor('a.csv').read(stream, {})).rejects.toThrow('a.csv row 2: expected a row that ends');
});
