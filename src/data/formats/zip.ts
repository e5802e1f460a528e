/** Just enough of ZIP (APPNOTE 6.3) to read .npz: the central directory, stored and deflated members, CRC-32. */
import { inflateSync } from 'fflate';
import { crc32 } from '../../base/crc32.ts';
import { DataError } from '../../base/errors.ts';
import { DEFLATE_MOST } from '../bytes.ts';

export interface ZipMember {
  readonly name: string;
  /** Unpacks, and checks length and checksum. */
  readonly unpack: () => Uint8Array;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** In place of a size that stands in the 64-bit extra field. */
const SEE_EXTRA = 0xffffffff;

/** Lists the members of an archive; `where` names it in messages. */
export function readZip(bytes: Uint8Array, where: string): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    return listMembers(bytes, view, where);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw damaged(where, 'an offset beyond the end of the file', cause);
  }
}

function listMembers(bytes: Uint8Array, view: DataView, where: string): ZipMember[] {
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) {
    // The comment behind the end record has at most 65535 bytes.
    if (bytes.length - end > 22 + 65535) end = 0;
    end -= 1;
  }
  if (end < 0) throw damaged(where, 'no end record (is it cut short?)');
  let count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (end >= 20 && view.getUint32(end - 20, true) === LOCATOR64) {
    const end64 = Number(view.getBigUint64(end - 12, true));
    if (view.getUint32(end64, true) !== END64) throw damaged(where, 'no 64-bit end record');
    count = Number(view.getBigUint64(end64 + 32, true));
    at = Number(view.getBigUint64(end64 + 48, true));
  }
  const members: ZipMember[] = [];
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== ENTRY) throw damaged(where, `no directory entry at byte ${at}`);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const wide = wideFields(view, at + 46 + nameLength, extraLength);
    const field = (offset: number): number => {
      const value = view.getUint32(at + offset, true);
      return value === SEE_EXTRA ? (wide.shift() ?? value) : value;
    };
    const size = field(24);
    const packedSize = field(20);
    const local = field(42);
    const method = view.getUint16(at + 10, true);
    const crc = view.getUint32(at + 16, true);
    members.push({ name, unpack: () => unpack(bytes, { method, crc, size, packedSize, local }, `${where}:${name}`) });
    at += 46 + nameLength + extraLength + view.getUint16(at + 32, true);
  }
  return members;
}

function wideFields(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const fields = Math.floor(view.getUint16(at + 2, true) / 8);
    return Array.from({ length: fields }, (_, i) => Number(view.getBigUint64(at + 4 + 8 * i, true)));
  }
  return [];
}

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly packedSize: number;
  readonly local: number;
}

function unpack(bytes: Uint8Array, { method, crc, size, packedSize, local }: Entry, where: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL) throw damaged(where, 'no local header');
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packedSize > bytes.length) throw damaged(where, 'a member that goes beyond the end of the file');
  if (method !== 0 && method !== 8) throw damaged(where, `compression method ${method}`);
  if (size > (method === 0 ? packedSize : packedSize * DEFLATE_MOST)) {
    throw damaged(where, `a member of ${packedSize} packed bytes that claims to hold ${size}`);
  }
  const packed = bytes.subarray(start, start + packedSize);
  const unpacked = method === 0 ? packed : inflate(packed, size, where);
  if (unpacked.length !== size || crc32(unpacked) !== crc) throw damaged(where, 'a member with a wrong checksum');
  return unpacked;
}

function inflate(packed: Uint8Array, size: number, where: string): Uint8Array {
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch (cause) {
    throw damaged(where, 'a member that cannot be unpacked', cause);
  }
}

function damaged(where: string, got: string, cause?: unknown): DataError {
  return new DataError(
    { where, expected: 'a complete zip archive', got, fix: 'the file is damaged or not .npz: fetch or write it again' },
    { cause },
  );
}
