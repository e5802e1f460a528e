import { describe, expect, test } from 'vitest';
import { ModelFileError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const tensors = new Map([
  ['a.weight', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, NaN, -0, 1e-40) }],
  ['scalar', { shape: [], data: Float32Array.of(7) }],
  ['empty', { shape: [0, 4], data: new Float32Array(0) }],
]);
const metadata = { format: 'test', text: 'quotes " and "sha256":"0" and ü\n' };
const bytes = await encodeSafetensors({ tensors, metadata });

/** A file with this header text and these data bytes, and a digest that is right whatever else is wrong. */
async function fileOf(
  header: (digest: string) => string,
  data = new Uint8Array(0),
  claimed?: bigint,
): Promise<Uint8Array> {
  const build = (digest: string): Uint8Array => {
    const text = new TextEncoder().encode(header(digest));
    const file = new Uint8Array(8 + text.length + data.length);
    new DataView(file.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
    file.set(text, 8);
    file.set(data, 8 + text.length);
    return file;
  };
  const blank = build('0'.repeat(64));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', blank as Uint8Array<ArrayBuffer>));
  return build(Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

const withTensors = (entries: Record<string, unknown>, bytesOfData: number): Promise<Uint8Array> =>
  fileOf((sha256) => JSON.stringify({ __metadata__: { sha256 }, ...entries }), new Uint8Array(bytesOfData));

const refuse = (file: Uint8Array): Promise<void> =>
  expect(decodeSafetensors(file, 'x')).rejects.toThrow(ModelFileError);

test('what was written is read, bit for bit', async () => {
  const read = await decodeSafetensors(bytes, 'x');
  expect(read.metadata).toEqual(metadata);
  expect([...read.tensors.keys()]).toEqual([...tensors.keys()]);
  for (const [name, { shape, data }] of tensors) {
    const tensor = read.tensors.get(name);
    expect(tensor?.shape).toEqual(shape);
    expect(new Uint8Array(tensor?.data.buffer ?? new ArrayBuffer(1))).toEqual(new Uint8Array(data.buffer));
  }
  expect(await encodeSafetensors({ tensors, metadata })).toEqual(bytes);
  // From the middle of a larger buffer too, and without changing it.
  const shifted = new Uint8Array(bytes.length + 7);
  shifted.set(bytes, 3);
  const before = shifted.slice();
  await decodeSafetensors(shifted.subarray(3, 3 + bytes.length), 'x');
  expect(shifted).toEqual(before);
});

test('views into larger arrays are written as what they show', async () => {
  const whole = Float32Array.of(9, 1, 2, 9);
  const file = await encodeSafetensors({
    tensors: new Map([['v', { shape: [2], data: whole.subarray(1, 3) }]]),
    metadata: {},
  });
  expect([...((await decodeSafetensors(file, 'x')).tensors.get('v')?.data ?? [])]).toEqual([1, 2]);
});

describe('damage', () => {
  test('a file cut anywhere is refused', async () => {
    for (let length = 0; length < bytes.length; length++) await refuse(bytes.subarray(0, length));
  });

  test('bytes after the end are refused', async () => {
    await refuse(Uint8Array.from([...bytes, 0]));
    await refuse(Uint8Array.from([...bytes, 0, 0, 0, 0]));
  });

  test('every single flipped bit is found', async () => {
    for (let at = 0; at < bytes.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const flipped = bytes.slice();
        flipped[at] ^= 1 << bit;
        await refuse(flipped);
      }
  });

  test('random bytes are refused', async () => {
    const random = createRandom(1);
    for (let i = 0; i < 200; i++)
      await refuse(Uint8Array.from({ length: random.integer(300) }, () => random.integer(256)));
  });
});

describe('malformations under a right digest', () => {
  const tensor = (from: number, to: number, shape: readonly number[] = [(to - from) / 4], dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: [from, to],
  });

  test('the files made here are otherwise whole', async () => {
    const read = await decodeSafetensors(await withTensors({ a: tensor(0, 8), b: tensor(8, 12) }, 12), 'x');
    expect(read.tensors.size).toBe(2);
  });

  test.each([0n, 1n, 2n ** 31n, 2n ** 53n, 2n ** 64n - 1n])('a header that claims %s bytes', async (claimed) => {
    await refuse(await fileOf((sha256) => JSON.stringify({ __metadata__: { sha256 } }), new Uint8Array(0), claimed));
  });

  test.each([
    ['overlap', { a: tensor(0, 8), b: tensor(4, 12) }, 12],
    ['a gap', { a: tensor(0, 4), b: tensor(8, 12) }, 12],
    ['the wrong order', { a: tensor(4, 8), b: tensor(0, 4) }, 8],
    ['an end beyond the file', { a: tensor(0, 400) }, 8],
    ['an end before its start', { a: { dtype: 'F32', shape: [], data_offsets: [8, 4] } }, 8],
    ['negative offsets', { a: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }, 8],
    ['offsets that are not whole', { a: { dtype: 'F32', shape: [1], data_offsets: [0.5, 4.5] } }, 8],
    ['a shape that needs more', { a: tensor(0, 8, [3]) }, 8],
    ['a negative shape', { a: tensor(0, 8, [-2]) }, 8],
    ['a shape beyond all numbers', { a: tensor(0, 8, [2 ** 52, 2 ** 52, 2 ** 52]) }, 8],
    ['another dtype', { a: tensor(0, 8, [4], 'F16') }, 8],
    ['no dtype', { a: { shape: [2], data_offsets: [0, 8] } }, 8],
    ['a tensor that is a number', { a: 3 }, 0],
    ['a tensor that is null', { a: null }, 0],
    ['unknown fields', { a: { ...tensor(0, 8), more: 1 } }, 8],
    ['data of no tensor', { a: tensor(0, 4) }, 8],
  ])('%s', async (_, entries, size) => {
    await refuse(await withTensors(entries, size));
  });

  test.each([
    ['an array', () => '[]'],
    ['null', () => 'null'],
    ['a number', () => '12'],
    ['no JSON', () => '{"__metadata__":'],
    ['no metadata', () => '{}'],
    ['metadata that is a text', () => '{"__metadata__":"x"}'],
    ['metadata with numbers', (digest: string) => `{"__metadata__":{"sha256":"${digest}","a":1}}`],
    ['no digest', () => '{"__metadata__":{}}'],
    ['an empty digest', () => '{"__metadata__":{"sha256":""}}'],
    ['a short digest', () => '{"__metadata__":{"sha256":"00"}}'],
    ['a digest written otherwise', (digest: string) => `{"__metadata__":{"sha256": "${digest}"}}`],
    ['a digest in capitals', (digest: string) => `{"__metadata__":{"sha256":"${digest.toUpperCase()}"}}`],
  ])('%s as header', async (_, header) => {
    await refuse(await fileOf(header));
  });

  test('a header that is not UTF-8', async () => {
    const file = await fileOf((sha256) => `{"__metadata__":{"sha256":"${sha256}","a":"?"}}`);
    file[file.indexOf('?'.charCodeAt(0))] = 0xff;
    await refuse(file);
  });

  test('messages name the file and the byte', async () => {
    const error = await decodeSafetensors(bytes.subarray(0, 5), 'model.safetensors').catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ModelFileError);
    expect(String(error)).toContain('model.safetensors, byte 0');
    expect((error as ModelFileError).offset).toBe(0);
  });
});
