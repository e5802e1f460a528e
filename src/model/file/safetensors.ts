/**
 * The safetensors container: 8 bytes of header length (little-endian), a JSON header, tensor bytes.
 *
 * Format: https://github.com/huggingface/safetensors; this reader is stricter: float32 only, no gaps, no overlaps, and a
 * SHA-256 of the whole file (with the digest itself as zeros) in `__metadata__`, so any flipped bit is found.
 */
import * as z from 'zod';
import { ModelFileError } from '../../base/errors.ts';
import { sizeOf } from '../../graph/tensor.ts';

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Container {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

const DIGEST = 'sha256';
const NO_DIGEST = '0'.repeat(64);
/** A header longer than this is not one of ours: refused before it is parsed. */
export const MAX_HEADER_BYTES = 256 * 1024 * 1024;

const entrySchema = z.strictObject({
  dtype: z.literal('F32'),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const metadataSchema = z.record(z.string(), z.string());

/** The file's bytes. Equal input gives equal bytes. */
export async function encodeSafetensors({ tensors, metadata }: Container): Promise<Uint8Array> {
  const header: Record<string, unknown> = { __metadata__: { ...metadata, [DIGEST]: NO_DIGEST } };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(text, 8);
  let at = 8 + padded;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  bytes.set(new TextEncoder().encode(await digestOf(bytes)), digestPosition(bytes, padded, NO_DIGEST));
  return bytes;
}

/**
 * Reads a file made by `encodeSafetensors`.
 *
 * @param where the file's name, for messages.
 * @throws ModelFileError saying what is wrong and at which byte.
 */
export async function decodeSafetensors(bytes: Uint8Array, where: string): Promise<Container> {
  if (bytes.length < 8) throw broken(where, 'at least 8 bytes', `${bytes.length}`, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const claimed = view.getBigUint64(0, true);
  if (claimed > BigInt(bytes.length - 8) || claimed > BigInt(MAX_HEADER_BYTES))
    throw broken(where, `the length of a header that fits into the file's ${bytes.length} bytes`, `${claimed}`, 0);
  const headerLength = Number(claimed);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), where);

  const metadata = metadataSchema.safeParse(header.__metadata__);
  if (!metadata.success) throw broken(where, 'a __metadata__ object of texts', 'something else', 8);
  const { [DIGEST]: digest, ...rest } = metadata.data;
  if (digest === undefined) throw broken(where, 'a sha256 in __metadata__', 'none: not written by autoencoder', 8);

  const position = digestPosition(bytes, headerLength, digest);
  if (!/^[0-9a-f]{64}$/.test(digest) || position < 0)
    throw broken(where, 'a sha256 of 64 hexadecimal digits', 'another text', 8);
  // Not `slice`, which a Node Buffer does not copy with.
  const blank = new Uint8Array(bytes);
  blank.set(new TextEncoder().encode(NO_DIGEST), position);
  const data = blank.subarray(8 + headerLength);
  const tensors = readTensors(header, data, 8 + headerLength, where);
  if ((await digestOf(blank)) !== digest)
    throw broken(
      where,
      `contents with SHA-256 ${digest.slice(0, 12)}…`,
      'others: the file was altered or damaged',
      position,
    );
  return { tensors, metadata: rest };
}

/** The JSON object in the bytes of a header. @throws ModelFileError for anything else. */
export function parseHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch (cause) {
    throw broken(where, 'a JSON header', 'text that does not parse', 8, cause);
  }
  throw broken(where, 'a JSON object as header', 'another value', 8);
}

function readTensors(
  header: Record<string, unknown>,
  data: Uint8Array,
  start: number,
  where: string,
): Map<string, NamedTensor> {
  const tensors = new Map<string, NamedTensor>();
  let expected = 0;
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const entry = entrySchema.safeParse(value);
    if (!entry.success)
      throw broken(where, `tensor ${name} with dtype F32, shape and data_offsets`, 'something else', 8);
    const {
      shape,
      data_offsets: [from, to],
    } = entry.data;
    if (to > data.length && from === expected && to - from === 4 * sizeOf(shape))
      throw broken(
        where,
        `${start + to} bytes or more, with tensor ${name} [${shape}]`,
        `a file of ${start + data.length}`,
        start + data.length,
      );
    if (from !== expected || to - from !== 4 * sizeOf(shape) || to > data.length)
      throw broken(
        where,
        `tensor ${name} [${shape}] at bytes ${expected} to ${expected + 4 * sizeOf(shape)} of the data`,
        `${from} to ${to} of ${data.length}`,
        start + from,
      );
    // A copy of its own: a view could be misaligned, and would keep the whole file alive.
    tensors.set(name, { shape, data: new Float32Array(data.slice(from, to).buffer) });
    expected = to;
  }
  if (expected !== data.length) throw broken(where, `${expected} bytes of tensors`, `${data.length}`, start + expected);
  return tensors;
}

/** Where the digest's 64 letters stand in the file; −1 where they do not stand as they are written. */
function digestPosition(bytes: Uint8Array, headerLength: number, digest: string): number {
  const text = new TextDecoder('latin1').decode(bytes.subarray(8, 8 + headerLength));
  const at = text.indexOf(`"${DIGEST}":"${digest}"`);
  return at < 0 ? -1 : 8 + at + DIGEST.length + 4;
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function broken(where: string, expected: string, got: string, offset: number, cause?: unknown): ModelFileError {
  const complaint = {
    where: `${where}, byte ${offset}`,
    expected,
    got,
    fix: 'the file is cut short, damaged or not a model: copy it again or train anew',
  };
  return new ModelFileError(complaint, { offset, cause });
}
