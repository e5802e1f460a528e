/**
 * IDX, the format of MNIST (LeCun): big-endian arrays of one type.
 *
 *   00 00 type rank │ rank × uint32 lengths │ numbers, row-major
 */
import { DataError } from '../../base/errors.ts';
import { allocate, type ByteStream } from '../bytes.ts';
import type { ArraySource } from '../dataset.ts';
import type { Format, ReadOptions } from './format.ts';
import { arraySource, bytesPerNumber, decodeLabels, decodeNumbers, type NumberType } from './numbers.ts';

export const idx: Format = {
  name: 'IDX',
  files: /(-|\.)(idx\d(-ubyte)?|ubyte|idx)$/i,
  holds: 'array',
  isReadPacked: true,
  read: readIdx,
};

const types: Readonly<Record<number, NumberType>> = { 8: 'u1', 9: 'i1', 11: 'i2', 12: 'i4', 13: 'f4', 14: 'f8' };

interface RawIdx {
  readonly type: NumberType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Reads an IDX array; of a longer file only the first `limit` examples are read at all. */
export async function readIdx(stream: ByteStream, { limit }: ReadOptions = {}): Promise<ArraySource> {
  const { type, shape, bytes } = await readRaw(stream, limit);
  return arraySource(stream.name, decodeNumbers(bytes, type, 'big'), shape);
}

/** Reads an IDX list of class numbers. */
export async function readIdxLabels(stream: ByteStream, limit?: number): Promise<ArrayLike<number>> {
  const { type, shape, bytes } = await readRaw(stream, limit);
  if (shape.length !== 1) {
    throw new DataError({
      where: stream.name,
      expected: 'labels: an IDX list (rank 1)',
      got: `rank ${shape.length}`,
      fix: 'put the labels file that belongs to the images beside them',
    });
  }
  return decodeLabels(bytes, type, 'big');
}

/** Takes the header apart as soon as it has come, then fills one buffer of exactly the right size. */
async function readRaw(stream: ByteStream, limit = Infinity): Promise<RawIdx> {
  let head = new Uint8Array(0);
  let raw: RawIdx | undefined;
  let filled = 0;
  let isPartial = false;
  for await (const chunk of stream.chunks) {
    let rest = chunk;
    if (raw === undefined) {
      const joined = new Uint8Array(head.length + chunk.length);
      joined.set(head);
      joined.set(chunk, head.length);
      head = joined;
      const header = readHeader(head, stream);
      if (header === undefined) continue;
      const count = Math.min(limit, header.shape[0]);
      const exampleBytes = header.dataBytes / Math.max(1, header.shape[0]);
      isPartial = count < header.shape[0];
      raw = {
        type: header.type,
        shape: [count, ...header.shape.slice(1)],
        bytes: allocate(count * exampleBytes, stream.name),
      };
      rest = head.subarray(header.headBytes);
    }
    const room = raw.bytes.length - filled;
    if (rest.length > room && !isPartial) {
      throw new DataError({
        where: stream.name,
        expected: `${raw.bytes.length} bytes of numbers, as the header says`,
        got: 'more',
        fix: 'the file is damaged or not IDX: fetch it again',
      });
    }
    raw.bytes.set(rest.subarray(0, room), filled);
    filled += Math.min(room, rest.length);
    if (isPartial && filled === raw.bytes.length) break;
  }
  if (raw === undefined || filled < raw.bytes.length) {
    throw new DataError({
      where: stream.name,
      expected: raw === undefined ? 'an IDX header' : `${raw.bytes.length} bytes of numbers, as the header says`,
      got: `only ${raw === undefined ? head.length : filled} bytes`,
      fix: 'the file is cut short: fetch it again',
    });
  }
  return raw;
}

function readHeader(
  head: Uint8Array,
  stream: ByteStream,
): { type: NumberType; shape: number[]; headBytes: number; dataBytes: number } | undefined {
  if (head.length < 4) return undefined;
  const [zero, alsoZero, code, rank] = head;
  const type = types[code];
  if (zero !== 0 || alsoZero !== 0 || type === undefined || rank === 0) {
    throw new DataError({
      where: `${stream.name} bytes 0 to 3`,
      expected: 'an IDX header: 00 00, a type from 08 to 0e, a rank',
      got: [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      fix: 'check that the file is IDX (and ends in .gz only if it is packed)',
    });
  }
  const headBytes = 4 + 4 * rank;
  if (head.length < headBytes) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const dataBytes = shape.reduce((product, length) => product * length, bytesPerNumber(type));
  if (headBytes + dataBytes > stream.mostBytes) {
    throw new DataError({
      where: stream.name,
      expected: `at most ${stream.mostBytes} bytes, which is what the file can hold`,
      got: `a header that claims ${headBytes + dataBytes} (shape [${shape.join(', ')}])`,
      fix: 'the file is cut short or damaged: fetch it again',
    });
  }
  return { type, shape, headBytes, dataBytes };
}
