import { expect, test } from 'vitest';
import { DataError } from '../../base/errors.ts';
import { byteStream } from '../bytes.ts';
import type { ArraySource } from '../dataset.ts';
import { encodeNpy, npy, parseNpy } from './npy.ts';

/** A file as NumPy writes it. */
function file(descr: string, shape: string, data: Uint8Array, fortran = 'False', version = 1): Uint8Array {
  const text = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': (${shape}), }\n`;
  const lengthBytes =
    version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  const head = [
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    version,
    0,
    ...lengthBytes,
    ...new TextEncoder().encode(text),
  ];
  return Uint8Array.from([...head, ...data]);
}

const bytesOf = (values: ArrayBufferView): Uint8Array => new Uint8Array(values.buffer.slice(0, values.byteLength));
const reversed = (bytes: Uint8Array, size: number): Uint8Array =>
  bytes.map((_, i) => bytes[i - (i % size) + size - 1 - (i % size)]);
const parse = (bytes: Uint8Array): ArraySource => parseNpy(bytes, 'a.npy');

test('every type, in both byte orders', () => {
  const cases: [string, ArrayBufferView][] = [
    ['u1', Uint8Array.of(1, 2, 3)],
    ['i1', Int8Array.of(1, 2, 3)],
    ['b1', Uint8Array.of(1, 0, 1)],
    ['u2', Uint16Array.of(1, 2, 65535)],
    ['i2', Int16Array.of(-1, 2, 3)],
    ['u4', Uint32Array.of(1, 2, 4294967295)],
    ['i4', Int32Array.of(-1, 2, 3)],
    ['u8', BigUint64Array.of(1n, 2n, 2n ** 40n)],
    ['i8', BigInt64Array.of(-1n, -(2n ** 40n), 2n ** 52n)],
    ['f4', Float32Array.of(0.5, -2, 3)],
    ['f8', Float64Array.of(0.5, -2, 3)],
  ];
  for (const [type, view] of cases) {
    const raw = bytesOf(view);
    const expected = Float32Array.from(
      view instanceof BigInt64Array || view instanceof BigUint64Array
        ? [...view].map(Number)
        : view instanceof DataView
          ? []
          : (view as Float64Array),
    );
    const size = Number(type[1]);
    expect(parse(file(`'<${type}'`, '3, 1', raw)).values, type).toEqual(expected);
    expect(parse(file(`'>${type}'`, '3, 1', reversed(raw, size))).values, `big ${type}`).toEqual(expected);
  }
});

test('column-major arrays are turned, of any rank', () => {
  const table = parse(file(`'<f4'`, '2, 3', bytesOf(Float32Array.of(1, 4, 2, 5, 3, 6)), 'True'));
  expect([...table.values]).toEqual([1, 2, 3, 4, 5, 6]);
  const cube = parse(file(`'<f4'`, '2, 2, 2', bytesOf(Float32Array.of(0, 4, 2, 6, 1, 5, 3, 7)), 'True'));
  expect([...cube.values]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('bytes of rank 3 and 4 are images with channels first; bytes in rows are numbers', () => {
  const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);
  expect(parse(file(`'|u1'`, '2, 3, 4', bytes))).toMatchObject({ shape: [2, 1, 3, 4], values: bytes });
  const colour = parse(file(`'|u1'`, '1, 2, 4, 3', bytes));
  expect(colour.shape).toEqual([1, 3, 2, 4]);
  expect([...colour.values.subarray(0, 8)]).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
  expect(parse(file(`'|u1'`, '6, 4', bytes)).values).toBeInstanceOf(Float32Array);
  expect(parse(file(`'<f4'`, '3,', bytesOf(Float32Array.of(1, 2, 3)))).shape).toEqual([3, 1]);
});

test('later versions of the header are read', () => {
  for (const version of [2, 3]) {
    expect(parse(file(`'<f4'`, '1, 1', bytesOf(Float32Array.of(7)), 'False', version)).values).toEqual(
      Float32Array.of(7),
    );
  }
});

test('a limit keeps the first examples, in either order', async () => {
  const data = bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6));
  expect([...parseNpy(file(`'<f4'`, '3, 2', data), 'a', 2).values]).toEqual([1, 2, 3, 4]);
  expect([...parseNpy(file(`'<f4'`, '3, 2', data, 'True'), 'a', 2).values]).toEqual([1, 4, 2, 5]);
});

test('NaN, infinity and what float32 cannot hold are refused with their place', () => {
  const of = (...values: number[]): Uint8Array => file(`'<f8'`, '2, 2', bytesOf(Float64Array.from(values)));
  expect(() => parse(of(1, 2, 3, NaN))).toThrow(
    'a.npy at index [1,1]: expected a finite number that fits a 32-bit float, got NaN',
  );
  expect(() => parse(of(1, -Infinity, 3, 4))).toThrow('index [0,1]');
  expect(() => parse(of(1, 2, 1e300, 4))).toThrow('index [1,0]');
});

test('what is not a numeric array is refused', () => {
  const data = new Uint8Array(8);
  expect(() => parse(file(`'|O'`, '1,', data))).toThrow(/got type "\|O"; convert/);
  expect(() => parse(file(`[('a', '<f4')]`, '1,', data))).toThrow(/a structured type/);
  expect(() => parse(file(`'<U2'`, '1,', data))).toThrow(DataError);
  expect(() => parse(file(`'<f4'`, '', data.subarray(0, 4)))).toThrow(/shape \[\]/);
  expect(() => parse(file(`'<f4'`, '0, 3', new Uint8Array(0)))).toThrow(/at least 1 example/);
  expect(() => parse(file(`'<f8'`, '1099511627776, 8', data))).toThrow(/got 8; the file is cut short/);
  expect(() => parse(new TextEncoder().encode('not an array at all'))).toThrow(/first bytes of .npy/);
});

test('what is written is read again, aligned for views', async () => {
  const values = Float32Array.of(1.5, -2, 3, 4, 5, 6);
  const bytes = encodeNpy(values, [3, 2]);
  expect((bytes.length - 24) % 64).toBe(0);
  expect(await npy.read(byteStream('a.npy', bytes), {})).toEqual({
    form: 'array',
    name: 'a.npy',
    values,
    shape: [3, 2],
    labels: undefined,
  });
  expect(parse(encodeNpy(Int32Array.of(-5, 6), [2])).values).toEqual(Float32Array.of(-5, 6));
  expect(parse(encodeNpy(Float64Array.of(0.25), [1])).values).toEqual(Float32Array.of(0.25));
  expect(parse(encodeNpy(Uint8Array.of(9, 8), [1, 1, 2])).values).toEqual(Uint8Array.of(9, 8));
});
