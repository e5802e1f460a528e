import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { byteStream } from '../bytes.ts';
import type { Source } from '../dataset.ts';
import type { ReadOptions } from './format.ts';
import { encodeNpy } from './npy.ts';
import { encodeNpzSource, npz } from './npz.ts';

const X = encodeNpy(Float32Array.of(1, 2, 3, 4), [2, 2]);
const y = encodeNpy(Int32Array.of(7, 3), [2]);
const three = encodeNpy(Int32Array.of(1, 2, 3), [3]);
const read = (arrays: Record<string, Uint8Array>, options: ReadOptions = {}, level: 0 | 6 = 6): Promise<Source> =>
  npz.read(byteStream('d.npz', zipSync(arrays, { level })), options);

test('X is the data and y the labels, stored or deflated', async () => {
  for (const level of [0, 6] as const) {
    expect(await read({ 'X.npy': X, 'y.npy': y }, {}, level)).toMatchObject({
      name: 'd.npz',
      shape: [2, 2],
      values: Float32Array.of(1, 2, 3, 4),
      labels: { names: ['3', '7'], values: Int32Array.of(1, 0) },
    });
  }
});

test('a key picks an array, a label picks the labels, one array needs no name', async () => {
  expect(await read({ 'a.npy': X, 'b.npy': three }, { key: 'b' })).toMatchObject({ shape: [3, 1] });
  expect(await read({ 'a.npy': X, 'c.npy': y }, { label: 'c' })).toMatchObject({ labels: { names: ['3', '7'] } });
  expect(await read({ 'only.npy': X })).toMatchObject({ shape: [2, 2] });
  expect((await read({ 'Z.npy': three, 'y.npy': y }, { key: 'Z' })).labels).toBeUndefined();
});

test('unknown, ambiguous and unfitting arrays are named', async () => {
  await expect(read({ 'a.npy': X, 'b.npy': X })).rejects.toThrow('got arrays a, b; name one: d.npz:a');
  await expect(read({ 'data.npy': X }, { key: 'dta' })).rejects.toThrow('did you mean d.npz:data?');
  await expect(read({ 'X.npy': X, 'y.npy': three })).rejects.toThrow(
    'd.npz:y: expected one label for each of 2 examples, got 3',
  );
  await expect(read({ 'X.npy': X, 'y.npy': X })).rejects.toThrow('expected labels: a list');
  await expect(read({ 'note.txt': X })).rejects.toThrow('got no array');
});

test('a limit applies to data and labels', async () => {
  expect(await read({ 'X.npy': X, 'y.npy': y }, { limit: 1 })).toMatchObject({
    shape: [1, 2],
    labels: { names: ['7'] },
  });
});

test('a member that claims more than its bytes can hold is refused', async () => {
  const bytes = zipSync({ 'X.npy': X });
  const entry = bytes.length - 22 - (46 + 5);
  new DataView(bytes.buffer).setUint32(entry + 24, 0xfffffff0, true);
  await expect(npz.read(byteStream('d.npz', bytes), {})).rejects.toThrow(/claims to hold 4294967280/);
});

test('a changed byte is found by the checksum', async () => {
  const bytes = zipSync({ 'X.npy': X }, { level: 0 });
  bytes[150] ^= 1;
  await expect(npz.read(byteStream('d.npz', bytes), {})).rejects.toThrow('wrong checksum');
});

test('what is written is read again, with its labels; the same bytes every time', async () => {
  const source: Source = {
    form: 'array',
    name: 'made',
    values: Uint8Array.of(1, 2, 3, 4, 5, 6),
    shape: [3, 1, 1, 2],
    labels: { values: Int32Array.of(1, 0, 1), names: ['3', '7'] },
  };
  const bytes = encodeNpzSource(source);
  expect(await npz.read(byteStream('made.npz', bytes), {})).toMatchObject({ ...source, name: 'made.npz' });
  expect(encodeNpzSource(source)).toEqual(bytes);
  const { labels: _, ...bare } = source;
  expect((await npz.read(byteStream('made.npz', encodeNpzSource(bare)), {})).labels).toBeUndefined();
  const named = { ...source, labels: { values: Int32Array.of(0, 0, 0), names: ['cat'] } };
  expect(() => encodeNpzSource(named)).toThrow('classes that are whole numbers');
});
