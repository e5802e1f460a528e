/** What the server answers is what the library gives. */
import { decode, encode } from 'fast-png';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crc32 } from '../../src/base/crc32.ts';
import type { ArraySource, Source } from '../../src/data/dataset.ts';
import { encodeNpy, parseNpy } from '../../src/data/formats/npy.ts';
import { type Models, numbers, pictures, type Serving, startServing, table, trainModels } from './serving.ts';

let models: Models;
let serving: Serving;
beforeAll(async () => {
  models = await trainModels();
  serving = await startServing(models);
}, 60_000);
afterAll(() => serving.close(1));

interface Answer {
  readonly codes?: number[][];
  readonly scores?: number[];
  readonly rows?: unknown[];
  readonly found?: { readonly name: string; readonly distance: number }[][];
  readonly error?: { readonly where: string; readonly expected: string; readonly got: string; readonly fix: string };
}

function post(
  path: string,
  body: string | Uint8Array,
  type = 'application/json',
  accept = 'application/json',
): Promise<Response> {
  return fetch(`${serving.url}models/${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'Content-Type': type, Accept: accept },
  });
}

async function asked(path: string, body: unknown): Promise<Answer> {
  const response = await post(path, JSON.stringify(body));
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

async function npyOf(response: Response): Promise<ArraySource> {
  expect(response.headers.get('content-type')).toBe('application/x-npy');
  return parseNpy(new Uint8Array(await response.arrayBuffer()), 'answer');
}

function arrayOf(source: Source): ArraySource {
  if (source.form !== 'array') throw new Error('an array was expected');
  return source;
}

/** Flat rows as JSON has them. */
function rowsOf({ values, shape }: ArraySource): number[][] {
  const width = values.length / shape[0];
  return Array.from({ length: shape[0] }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width)));
}

/** The same pixels as places in a palette of greys. */
function withPalette(pixels: Uint8Array): Uint8Array {
  const plain = encode({ width: 5, height: 6, depth: 8, data: pixels, channels: 1 });
  plain[25] = 3;
  const body = Buffer.concat([Buffer.from('PLTE'), Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3))]);
  const [length, sum, headSum] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(768);
  sum.writeUInt32BE(crc32(body) >>> 0);
  headSum.writeUInt32BE(crc32(plain.subarray(12, 29)) >>> 0);
  return Buffer.concat([plain.subarray(0, 29), headSum, length, body, sum, plain.subarray(33)]);
}

/** Mean squared error per feature of each example, worked out here from what the library rebuilds: of pictures in 0…1. */
function pixelErrors(given: ArraySource, rebuilt: ArraySource): number[] {
  const [a, b] = [rowsOf(given), rowsOf(rebuilt)];
  return a.map((row, at) => row.reduce((sum, value, i) => sum + ((value - b[at][i]) / 255) ** 2, 0) / row.length);
}

test('codes, reconstructions and scores of pictures are those of the library', async () => {
  const given = pictures(7);
  const rows = rowsOf(given);
  const codes = await models.pictures.encode(given);
  expect((await asked('pictures/encode', { rows })).codes).toEqual(rowsOf({ ...given, ...codes }));
  const rebuilt = arrayOf(await models.pictures.reconstruct(given));
  expect((await asked('pictures/reconstruct', { rows })).rows).toEqual(rowsOf(rebuilt));
  const { scores = [] } = await asked('pictures/score', { rows });
  // The rebuilt pictures are rounded to bytes.
  for (const [at, error] of pixelErrors(given, rebuilt).entries()) expect(scores[at]).toBeCloseTo(error, 2);
  const { mse } = await models.pictures.evaluate(given);
  expect(scores.reduce((sum, score) => sum + score, 0) / 7).toBeCloseTo(mse, 6);
  expect((await asked('pictures/decode', { codes: rowsOf({ ...given, ...codes }) })).rows).toEqual(rowsOf(rebuilt));
});

test('a table with categories and gaps goes there and back', async () => {
  const given = table(12);
  const [age, city] = given.columns;
  const rows = Array.from({ length: 12 }, (_, at) => ({
    city: city.values[at],
    age: Number.isNaN(age.values[at]) ? null : age.values[at],
  }));
  const rebuilt = await models.table.reconstruct(given);
  if (rebuilt.form !== 'table') throw new Error('a table was expected');
  expect((await asked('table/reconstruct', { rows })).rows).toEqual(
    Array.from({ length: 12 }, (_, at) => ({
      age: rebuilt.columns[0].values[at],
      city: rebuilt.columns[1].values[at],
    })),
  );
  const { scores = [] } = await asked('table/score', { rows });
  const { mse } = await models.table.evaluate(given);
  const observed = rows.map(({ age: years, city: name }) => (years === null ? 0 : 1) + (name === null ? 0 : 3));
  const total = scores.reduce((sum, score, at) => sum + score * observed[at], 0);
  expect(total / observed.reduce((sum, count) => sum + count, 0)).toBeCloseTo(mse, 6);
});

test('arrays go there and back as npy, float32 and uint8, flat and in shape', async () => {
  const rows = numbers(9);
  const flat = Float32Array.from(rows.flat());
  const codes = await models.numbers.encode(rows);
  const answered = await npyOf(
    await post('numbers/encode', encodeNpy(flat, [9, 4]), 'application/x-npy', 'application/x-npy'),
  );
  expect(answered.shape).toEqual([9, 2]);
  expect(answered.values).toEqual(codes.values);
  const given = pictures(3);
  const rebuilt = arrayOf(await models.pictures.reconstruct(given));
  for (const shape of [given.shape, [3, 30], [3, 6, 5]]) {
    const bytes = encodeNpy(given.values as Uint8Array, shape);
    const back = await npyOf(await post('pictures/reconstruct', bytes, 'application/x-npy', 'application/x-npy'));
    expect(back.shape).toEqual(given.shape);
    expect(back.values).toEqual(rebuilt.values);
  }
});

test('a picture goes there and back as PNG: grey, coloured like grey, with transparency, with a palette', async () => {
  const given = pictures(1);
  const rebuilt = arrayOf(await models.pictures.reconstruct(given));
  const bytes = given.values as Uint8Array;
  const coloured = Uint8Array.from({ length: 90 }, (_, i) => bytes[Math.floor(i / 3)]);
  const opaque = Uint8Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? bytes[i / 2] : 255));
  const size = { width: 5, height: 6, depth: 8 } as const;
  for (const png of [
    encode({ ...size, data: bytes, channels: 1 }),
    encode({ ...size, data: bytes, channels: 1 }, { interlace: 'Adam7' }),
    encode({ ...size, data: coloured, channels: 3 }),
    encode({ ...size, data: opaque, channels: 2 }),
    withPalette(bytes),
    encode({ ...size, depth: 16, data: Uint16Array.from(bytes, (value) => value * 257), channels: 1 }),
  ]) {
    const response = await post('pictures/reconstruct', png, 'image/png', 'image/png');
    expect(response.status).toBe(200);
    const back = decode(await response.arrayBuffer());
    expect([back.width, back.height]).toEqual([5, 6]);
    expect(Uint8Array.from(back.data)).toEqual(rebuilt.values);
  }
});

test('new examples are those of the library with the same seed', async () => {
  const { rows } = await asked('numbers/generate', { count: 5, seed: 3 });
  expect(rows).toEqual(rowsOf(arrayOf(await models.numbers.generate(5, { seed: 3 }))));
  const refused = await post('pictures/generate', JSON.stringify({ count: 1 }));
  expect(refused.status).toBe(422);
  expect(((await refused.json()) as Answer).error?.expected).toContain('a kind with a prior');
});

test('search finds an example of the index first', async () => {
  const { found = [] } = await asked('pictures/search', { rows: rowsOf(pictures(4)).slice(2, 3), top: 3 });
  expect(found[0]).toHaveLength(3);
  expect(found[0][0]).toMatchObject({ name: '3' });
  expect(found[0][0].distance).toBeCloseTo(0, 4);
  expect((await post('numbers/search', JSON.stringify({ rows: numbers(1) }))).status).toBe(404);
});

test('many requests at a time get each their own answers, and one that is wrong harms no other', async () => {
  const rows = numbers(60);
  const { codes = [] } = await asked('numbers/encode', { rows });
  const answers = await Promise.all(
    rows.map(async (row, at) => {
      const response = await post('numbers/encode', JSON.stringify({ rows: [at % 10 === 5 ? [...row, 1] : row] }));
      return { status: response.status, ...((await response.json()) as Answer) };
    }),
  );
  for (const [at, { status, codes: own }] of answers.entries()) {
    if (at % 10 === 5) expect(status).toBe(422);
    else for (const [i, value] of codes[at].entries()) expect(own?.[0][i]).toBeCloseTo(value, 5);
  }
  const counts = await (await fetch(`${serving.url}metrics`)).text();
  const of = (name: string): number =>
    Number(new RegExp(`${name}{model="numbers",task="encode"} (\\d+)`).exec(counts)?.[1]);
  expect(of('autoencoder_batch_rows_sum')).toBe(of('autoencoder_rows_total'));
});

test('a model says what it is and what it takes', async () => {
  const { models: all } = (await (await fetch(`${serving.url}models`)).json()) as { models: { id: string }[] };
  expect(all.map(({ id }) => id)).toEqual(['pictures', 'numbers', 'table']);
  expect(await (await fetch(`${serving.url}models/table`)).json()).toMatchObject({
    id: 'table',
    takes: 'columns',
    latent: 2,
    columns: [
      { name: 'age', type: 'numeric' },
      { name: 'city', type: 'category', categories: ['Bern', 'Chur', 'Thun'] },
    ],
    allowsMissing: true,
    canGenerate: false,
  });
});
