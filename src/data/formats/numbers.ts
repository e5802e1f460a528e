/** Binary numbers of the usual types and orders, and the one way in which an array file becomes an `ArraySource`. */
import { DataError } from '../../base/errors.ts';
import { positionName } from '../columns/form.ts';
import type { ArraySource, Labels } from '../dataset.ts';

export type NumberType = 'u1' | 'i1' | 'b1' | 'u2' | 'i2' | 'u4' | 'i4' | 'u8' | 'i8' | 'f4' | 'f8';

export function bytesPerNumber(type: NumberType): number {
  return Number(type.slice(1));
}

/** Reads numbers out of bytes; u1 stays bytes and aligned little-endian f4 becomes a view, so that neither is copied. */
export function decodeNumbers(bytes: Uint8Array, type: NumberType, order: 'little' | 'big'): Uint8Array | Float32Array {
  if (type === 'u1') return bytes;
  if (type === 'b1') return Float32Array.from(bytes);
  const native = nativeBytes(bytes, bytesPerNumber(type), order);
  if (type === 'f4') return new Float32Array(native.buffer, native.byteOffset, native.length / 4);
  return Float32Array.from(views[type](native.buffer, native.byteOffset, native.length / bytesPerNumber(type)));
}

/** As `decodeNumbers`, in double precision: class labels up to 2^53. */
export function decodeLabels(bytes: Uint8Array, type: NumberType, order: 'little' | 'big'): ArrayLike<number> {
  if (type === 'u1' || type === 'b1') return bytes;
  const native = nativeBytes(bytes, bytesPerNumber(type), order);
  if (type === 'f4') return new Float32Array(native.buffer, native.byteOffset, native.length / 4);
  return views[type](native.buffer, native.byteOffset, native.length / bytesPerNumber(type));
}

type View = (buffer: ArrayBufferLike, offset: number, length: number) => ArrayLike<number> & Iterable<number>;

const views: Readonly<Record<Exclude<NumberType, 'u1' | 'b1' | 'f4'>, View>> = {
  i1: (buffer, offset, length) => new Int8Array(buffer, offset, length),
  u2: (buffer, offset, length) => new Uint16Array(buffer, offset, length),
  i2: (buffer, offset, length) => new Int16Array(buffer, offset, length),
  u4: (buffer, offset, length) => new Uint32Array(buffer, offset, length),
  i4: (buffer, offset, length) => new Int32Array(buffer, offset, length),
  u8: (buffer, offset, length) => wide(new Uint32Array(buffer, offset, length * 2), new Uint32Array(buffer, offset)),
  i8: (buffer, offset, length) => wide(new Uint32Array(buffer, offset, length * 2), new Int32Array(buffer, offset)),
  f8: (buffer, offset, length) => new Float64Array(buffer, offset, length),
};

/** 64-bit integers from their halves: a hundred times quicker than through BigInt. */
function wide(low: Uint32Array, high: Uint32Array | Int32Array): Float64Array {
  const values = new Float64Array(low.length / 2);
  for (let i = 0; i < values.length; i++) values[i] = high[2 * i + 1] * 4294967296 + low[2 * i];
  return values;
}

/** Bytes that a typed array can lie on: little-endian (as every machine we run on is) and aligned. */
function nativeBytes(bytes: Uint8Array, size: number, order: 'little' | 'big'): Uint8Array {
  const isAligned = bytes.byteOffset % size === 0;
  if (order === 'little' || size === 1) return isAligned ? bytes : bytes.slice();
  const swapped = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i += size) {
    for (let j = 0; j < size; j++) swapped[i + j] = bytes[i + size - 1 - j];
  }
  return swapped;
}

/** Column-major (Fortran) to row-major order. */
export function fromColumnMajor<T extends Uint8Array | Float32Array>(values: T, shape: readonly number[]): T {
  const moved = emptyLike(values);
  const strides: number[] = [];
  let stride = 1;
  for (const length of shape) {
    strides.push(stride);
    stride *= length;
  }
  const position = new Array<number>(shape.length).fill(0);
  for (let to = 0, from = 0; to < moved.length; to++) {
    moved[to] = values[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      position[axis] += 1;
      if (position[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
  return moved;
}

/**
 * The one way in which an array file becomes a source.
 *
 * Bytes of rank 3 and more are images: `[n, height, width]` gets a channel axis, and a last axis of 1 or 3 is moved to the
 * front (`[n, height, width, 3]` → `[n, 3, height, width]`). Bytes in rows (rank 2) are counts or codes: they become
 * floats, to be scaled as such. A list of numbers becomes rows of one. NaN and infinity are refused, naming the place.
 */
export function arraySource(
  name: string,
  values: Uint8Array | Float32Array,
  shape: readonly number[],
  labels?: Labels,
): ArraySource {
  const rows = shape.length === 1 ? [shape[0], 1] : shape;
  if (shape.length === 0 || values.length === 0) {
    throw new DataError({
      where: name,
      expected: 'an array of at least 1 example of at least 1 number',
      got: `shape [${shape.join(', ')}]`,
      fix: 'give an array whose first axis counts the examples',
    });
  }
  if (values instanceof Float32Array) checkFinite(name, values, shape);
  const isImages = values instanceof Uint8Array && rows.length >= 3;
  const numbers = values instanceof Uint8Array && !isImages ? Float32Array.from(values) : values;
  if (isImages && rows.length === 3) {
    return { form: 'array', name, values, shape: [rows[0], 1, rows[1], rows[2]], labels };
  }
  const [count, height, width, channels] = rows;
  if (rows.length === 4 && (channels === 1 || channels === 3) && height !== 1 && height !== 3) {
    const moved = channelsFirst(numbers, count, height * width, channels);
    return { form: 'array', name, values: moved, shape: [count, channels, height, width], labels };
  }
  return { form: 'array', name, values: numbers, shape: rows, labels };
}

function checkFinite(name: string, values: Float32Array, shape: readonly number[]): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] - values[i] === 0) continue;
    throw new DataError({
      where: `${name} at index ${positionName(i, shape)}`,
      expected: 'a finite number that fits a 32-bit float',
      got: String(values[i]),
      fix: 'remove or fill such values; a table (CSV) may have missing values, an array may not',
    });
  }
}

function channelsFirst<T extends Uint8Array | Float32Array>(
  values: T,
  count: number,
  area: number,
  channels: number,
): T {
  const moved = emptyLike(values);
  for (let image = 0, from = 0; image < count; image++) {
    for (let pixel = 0; pixel < area; pixel++) {
      for (let channel = 0; channel < channels; channel++, from++) {
        moved[(image * channels + channel) * area + pixel] = values[from];
      }
    }
  }
  return moved;
}

function emptyLike<T extends Uint8Array | Float32Array>(values: T): T {
  const empty = values instanceof Uint8Array ? new Uint8Array(values.length) : new Float32Array(values.length);
  return empty as T;
}
