/**
 * NumPy's .npy: one array behind a small header of Python text (numpy.lib.format, versions 1 to 3).
 *
 *   93 'NUMPY' major minor │ header length │ {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } │ numbers
 */
import { DataError } from '../../base/errors.ts';
import { collectBytes } from '../bytes.ts';
import type { ArraySource, Labels, Source } from '../dataset.ts';
import { makeLabels } from '../labels.ts';
import type { Format } from './format.ts';
import {
  arraySource,
  bytesPerNumber,
  decodeLabels,
  decodeNumbers,
  fromColumnMajor,
  type NumberType,
} from './numbers.ts';

export const npy: Format = {
  name: 'npy',
  files: /\.npy$/i,
  holds: 'array',
  isReadPacked: false,
  read: async (stream, { limit }) => parseNpy(await collectBytes(stream), stream.name, limit),
};

interface Header {
  readonly type: NumberType;
  readonly order: 'little' | 'big';
  readonly isColumnMajor: boolean;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** The array in the bytes of an .npy file; of a longer one the first `limit` examples. */
export function parseNpy(bytes: Uint8Array, name: string, limit = Infinity, labels?: Labels): ArraySource {
  const { values, shape } = parseNpyNumbers(bytes, name, limit);
  return arraySource(name, values, shape, labels);
}

/** As `parseNpy`, but as the file has them, row-major: bytes stay bytes in any shape, and nothing is refused for its value. */
export function parseNpyNumbers(
  bytes: Uint8Array,
  name: string,
  limit = Infinity,
): { readonly values: Uint8Array | Float32Array; readonly shape: readonly number[] } {
  const { type, order, isColumnMajor, shape, data } = parseHeader(bytes, name);
  const count = Math.min(limit, shape[0] ?? 0);
  const kept = isColumnMajor ? data : data.subarray(0, (data.length / Math.max(1, shape[0] ?? 1)) * count);
  let values = decodeNumbers(kept, type, order);
  if (isColumnMajor && shape.length > 1) {
    values = fromColumnMajor(values, shape);
    values = values.subarray(0, (values.length / Math.max(1, shape[0])) * count);
  }
  return { values, shape: shape.length === 0 ? [] : [count, ...shape.slice(1)] };
}

/** Classes out of the bytes of an .npy file that holds a list of numbers. */
export function parseNpyLabels(bytes: Uint8Array, name: string, limit = Infinity): Labels {
  const { type, order, shape, data } = parseHeader(bytes, name);
  const isList = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!isList) {
    throw new DataError({
      where: name,
      expected: 'labels: a list of one number per example',
      got: `shape [${shape.join(', ')}]`,
      fix: 'name the array of labels with --label',
    });
  }
  const raw = decodeLabels(data, type, order);
  return makeLabels(
    Array.from({ length: Math.min(limit, raw.length) }, (_, i) => (Number.isNaN(raw[i]) ? null : raw[i])),
  );
}

function parseHeader(bytes: Uint8Array, name: string): Header {
  const head = parseNpyHead(bytes, name);
  const expected = head.rowBytes * (head.shape[0] ?? 1);
  const data = bytes.subarray(head.start);
  if (expected !== data.length) {
    throw damaged(name, `${expected} bytes of numbers for shape [${head.shape.join(', ')}]`, `${data.length}`);
  }
  return { ...head, data };
}

/** What stands before the numbers. */
export interface NpyHead extends Omit<Header, 'data'> {
  /** Where the numbers begin. */
  readonly start: number;
  /** Bytes of an example. */
  readonly rowBytes: number;
}

/** The most bytes that `parseNpyHead` needs. */
export const NPY_HEAD_BYTES = 1 << 17;

/** The head of an .npy file from its first bytes. @throws DataError for anything else. */
export function parseNpyHead(bytes: Uint8Array, name: string): NpyHead {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  const version = bytes[6];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isNpy = bytes.length >= 12 && magic.every((byte, i) => bytes[i] === byte) && version >= 1 && version <= 3;
  if (!isNpy) throw damaged(name, 'the first bytes of .npy version 1, 2 or 3', 'something else');
  const begin = version === 1 ? 10 : 12;
  const start = begin + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length) throw damaged(name, `a header of ${start} bytes`, `only ${bytes.length} bytes`);
  const text = new TextDecoder('latin1').decode(bytes.subarray(begin, start));
  const description = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const isColumnMajor = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const lengths = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (isColumnMajor === undefined || lengths === undefined || !/'descr'/.test(text)) {
    throw damaged(name, 'a header with descr, fortran_order and shape', JSON.stringify(text.trim().slice(0, 100)));
  }
  const type = numberType(description?.slice(1));
  if (type === undefined) {
    throw new DataError({
      where: name,
      expected: 'numbers of type u1 u2 u4 u8 i1 i2 i4 i8 f4 f8 or b1',
      got: description === undefined ? 'a structured type' : `type ${JSON.stringify(description)}`,
      fix: 'convert the array first, for example with .astype("float32")',
    });
  }
  const shape = (lengths.match(/\d+/g) ?? []).map(Number);
  return {
    type,
    order: description?.startsWith('>') ? 'big' : 'little',
    isColumnMajor: isColumnMajor === 'True',
    shape,
    start,
    rowBytes: shape.slice(1).reduce((product, length) => product * length, bytesPerNumber(type)),
  };
}

/** `rows` examples of a row-major file from their bytes. */
export function parseNpyRows(
  { type, order, shape }: NpyHead,
  data: Uint8Array,
  rows: number,
  name: string,
): ArraySource {
  return arraySource(name, decodeNumbers(data, type, order), [rows, ...shape.slice(1)]);
}

function numberType(text: string | undefined): NumberType | undefined {
  const all: readonly NumberType[] = ['u1', 'i1', 'b1', 'u2', 'i2', 'u4', 'i4', 'u8', 'i8', 'f4', 'f8'];
  return all.find((type) => type === text);
}

function damaged(name: string, expected: string, got: string): DataError {
  return new DataError({
    where: name,
    expected,
    got,
    fix: 'the file is cut short, damaged or not .npy: write it again',
  });
}

/** The bytes of an .npy file, version 1, little-endian and row-major, its numbers aligned to 64 bytes. */
export function encodeNpy(
  values: Uint8Array | Int32Array | Float32Array | Float64Array,
  shape: readonly number[],
): Uint8Array {
  const head = npyHead(values, shape);
  const bytes = new Uint8Array(head.length + values.byteLength);
  bytes.set(head);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), head.length);
  return bytes;
}

/** What comes before numbers like `values` in an array of `shape`: at least `least` bytes, so that it can be written anew over an older one. */
export function npyHead(
  values: Uint8Array | Int32Array | Float32Array | Float64Array,
  shape: readonly number[],
  least = 0,
): Uint8Array {
  const kind = values instanceof Uint8Array ? '|u' : values instanceof Int32Array ? '<i' : '<f';
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${kind}${values.BYTES_PER_ELEMENT}', 'fortran_order': False, 'shape': (${lengths}), }`;
  const headBytes = Math.max(least, Math.ceil((10 + text.length + 1) / 64) * 64);
  const bytes = new Uint8Array(headBytes);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (headBytes - 10) & 255, (headBytes - 10) >> 8]);
  bytes.set(new TextEncoder().encode(`${text.padEnd(headBytes - 11)}\n`), 10);
  return bytes;
}

/** The .npy of an array, or of a table of numbers as float32 `[rows, columns]`. */
export function encodeNpySource(source: Source): Uint8Array {
  if (source.form === 'array') return encodeNpy(source.values, source.shape);
  const { rows, columns } = source;
  const values = new Float32Array(rows * columns.length);
  columns.forEach((column, j) => {
    if (column.type !== 'numeric') {
      throw new DataError({
        where: `${source.name} column ${JSON.stringify(column.name)}`,
        expected: 'numbers, which is all that .npy holds',
        got: 'text',
        fix: 'write .csv or .jsonl, or leave the column out',
      });
    }
    for (let row = 0; row < rows; row++) values[row * columns.length + j] = column.values[row];
  });
  return encodeNpy(values, [rows, columns.length]);
}
