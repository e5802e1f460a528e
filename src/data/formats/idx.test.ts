import { expect, test } from 'vitest';
import { type ByteStream, byteStream } from '../bytes.ts';
import { readIdx, readIdxLabels } from './idx.ts';

function file(type: number, shape: number[], data: ArrayLike<number>): Uint8Array {
  const head = new Uint8Array(4 + 4 * shape.length);
  head.set([0, 0, type, shape.length]);
  const view = new DataView(head.buffer);
  for (const [i, length] of shape.entries()) view.setUint32(4 + 4 * i, length);
  return Uint8Array.from([...head, ...Array.from(data)]);
}
const stream = (bytes: Uint8Array): ByteStream => byteStream('a-idx3-ubyte', bytes);

test('images get a channel axis; other ranks and types are numbers', async () => {
  expect(await readIdx(stream(file(8, [2, 1, 2], [1, 2, 3, 4])))).toMatchObject({
    shape: [2, 1, 1, 2],
    values: Uint8Array.of(1, 2, 3, 4),
  });
  expect(await readIdx(stream(file(11, [2, 1], [0, 1, 255, 255])))).toMatchObject({ values: Float32Array.of(1, -1) });
  expect(await readIdx(stream(file(13, [1, 1], [0x3f, 0x80, 0, 0])))).toMatchObject({ values: Float32Array.of(1) });
  expect(await readIdxLabels(stream(file(8, [3], [7, 0, 9])))).toEqual(Uint8Array.of(7, 0, 9));
});

test('pieces of one byte give the same array', async () => {
  const bytes = file(8, [2, 1, 2], [1, 2, 3, 4]);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  const source = await readIdx({ name: 'a', chunks: chunks(), mostBytes: bytes.length });
  expect([...source.values]).toEqual([1, 2, 3, 4]);
});

test('a limit reads only the first examples', async () => {
  expect(await readIdx(stream(file(8, [3, 1, 2], [1, 2, 3, 4, 5, 6])), { limit: 2 })).toMatchObject({
    shape: [2, 1, 1, 2],
    values: Uint8Array.of(1, 2, 3, 4),
  });
});

test('a header that claims 2^40 bytes is refused before anything is allocated', async () => {
  await expect(readIdx(stream(file(8, [2 ** 20, 2 ** 10, 2 ** 10], [1])))).rejects.toThrow(
    'expected at most 17 bytes, which is what the file can hold, got a header that claims 1099511627792',
  );
});

test('short, long and foreign files are refused', async () => {
  const whole = file(8, [2, 1, 2], [1, 2, 3, 4]);
  const loose = { ...stream(whole.subarray(0, 18)), mostBytes: 1e6 };
  await expect(readIdx(loose)).rejects.toThrow('expected 4 bytes of numbers, as the header says, got only 2 bytes');
  await expect(readIdx(stream(Uint8Array.from([...whole, 5])))).rejects.toThrow('got more');
  await expect(readIdx(stream(new TextEncoder().encode('<html>nope')))).rejects.toThrow('expected an IDX header');
  await expect(readIdx(stream(new Uint8Array(0)))).rejects.toThrow('got only 0 bytes');
  await expect(readIdx(stream(file(8, [0, 2, 2], [])))).rejects.toThrow('at least 1 example');
  await expect(readIdxLabels(stream(whole))).rejects.toThrow('an IDX list (rank 1)');
});
