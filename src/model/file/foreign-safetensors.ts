/**
 * Safetensors that other programs wrote (PyTorch, Keras): https://github.com/huggingface/safetensors. Stricter than the format asks: no gaps and no
 * overlaps, as its own writers leave none. Nothing is made before its size is known to fit into the file.
 */
import * as z from 'zod';
import { ModelFileError } from '../../base/errors.ts';
import { sizeOf } from '../../graph/tensor.ts';
import { MAX_HEADER_BYTES, parseHeader } from './safetensors.ts';

/** A tensor that is there; its numbers are read when asked for. */
export interface ForeignTensor {
  readonly shape: readonly number[];
  /** `F32`, `BF16`, `I64` … */
  readonly dtype: string;
  /** As float32, row-major. @throws ModelFileError for what is no floating-point number, and for numbers that are not finite. */
  read(): Float32Array;
}

const BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/** @param where the file's name, for messages. @throws ModelFileError saying what is wrong and at which byte. */
export function decodeForeignSafetensors(bytes: Uint8Array, where: string): ReadonlyMap<string, ForeignTensor> {
  if (bytes.length < 8) throw broken(where, 'at least 8 bytes', `${bytes.length}`, 0);
  const claimed = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (claimed > BigInt(bytes.length - 8) || claimed > BigInt(MAX_HEADER_BYTES))
    throw broken(where, `the length of a header that fits into the file's ${bytes.length} bytes`, `${claimed}`, 0);
  const start = 8 + Number(claimed);
  const data = bytes.subarray(start);
  const entries = Object.entries(parseHeader(bytes.subarray(8, start), where))
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => ({ name, ...entryOf(name, value, where) }));
  entries.sort((a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  let end = 0;
  for (const { name, dtype, shape, data_offsets } of entries) {
    const [from, to] = data_offsets;
    if (from !== end || to - from !== BYTES[dtype] * sizeOf(shape) || to > data.length)
      throw broken(
        where,
        `tensor ${name} ${dtype} [${shape}] at bytes ${end} to ${end + BYTES[dtype] * sizeOf(shape)} of the data`,
        `${from} to ${to} of ${data.length}`,
        start + from,
      );
    end = to;
  }
  if (end !== data.length) throw broken(where, `${end} bytes of tensors`, `${data.length}`, start + end);
  return new Map(
    entries.map(({ name, dtype, shape, data_offsets: [from, to] }) => [
      name,
      { dtype, shape, read: () => numbersOf(data.slice(from, to), dtype, `${where}, tensor ${name}`) },
    ]),
  );
}

function entryOf(name: string, value: unknown, where: string): z.infer<typeof entrySchema> {
  const entry = entrySchema.safeParse(value);
  if (entry.success && Object.hasOwn(BYTES, entry.data.dtype)) return entry.data;
  throw broken(where, `tensor ${name} with a dtype that is known, shape and data_offsets`, 'something else', 8);
}

function numbersOf(bytes: Uint8Array<ArrayBuffer>, dtype: string, where: string): Float32Array {
  const values = floats(bytes, dtype, where);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw new ModelFileError({
    where,
    expected: 'finite numbers that fit float32',
    got: `${values[bad]} in place ${bad + 1}`,
    fix: 'train it again: it diverged',
  });
}

function floats(bytes: Uint8Array<ArrayBuffer>, dtype: string, where: string): Float32Array {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'BF16':
      // The upper half of a float32.
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), halfPrecision);
    default:
      throw new ModelFileError({
        where,
        expected: 'floating-point numbers: F64, F32, F16 or BF16',
        got: dtype,
        fix: 'map another tensor, or save it as float32',
      });
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function halfPrecision(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

function broken(where: string, expected: string, got: string, offset: number): ModelFileError {
  return new ModelFileError(
    {
      where: `${where}, byte ${offset}`,
      expected,
      got,
      fix: 'the file is cut short, damaged or not of safetensors: save it again',
    },
    { offset },
  );
}
