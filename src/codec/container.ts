/** `.aec`, the file of a compressed picture or of a set of them, byte by byte as docs/codec.md says: a head, the payloads, a checksum. */
import { crc32 } from '../base/crc32.ts';
import { DataError } from '../base/errors.ts';

export interface AecFile {
  readonly mode: (typeof MODES)[number];
  /** 1 (lowest) … 8; of a set: 1. */
  readonly quality: number;
  /** 1 (grey) or 3 (colour). */
  readonly channels: 1 | 3;
  readonly width: number;
  readonly height: number;
  /** Of the model and its tables: the first 8 bytes of a SHA-256. */
  readonly fingerprint: Uint8Array;
  /** What was coded of each plane, in order. */
  readonly payloads: readonly Uint8Array[];
}

/** The first byte is no text, so that nothing takes the file for one. */
const MAGIC = [0x89, 0x41, 0x45, 0x43];
const VERSION = 1;
const HEAD = 25;
const FINGERPRINT = 8;
const CHECKSUM = 4;
const MODES = ['lossy', 'lossless', 'set'] as const;
const MOST_QUALITY = 8;
/** Of width and height. */
export const LONGEST_SIDE = 65_535;
/** Of the picture, or of all of a set: 256 million. */
export const MOST_PIXELS = 2 ** 28;
/** A byte of a part holds at most so many numbers: each takes more than 1/2048 of a bit, however sure it is. */
const MOST_PER_BYTE = 16_384;

export function encodeAec({ mode, quality, channels, width, height, fingerprint, payloads }: AecFile): Uint8Array {
  const size = HEAD + payloads.reduce((sum, payload) => sum + 4 + payload.length, 0) + CHECKSUM;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[4] = VERSION;
  bytes[5] = MODES.indexOf(mode);
  bytes[6] = quality;
  bytes[7] = channels;
  view.setUint32(8, width);
  view.setUint32(12, height);
  bytes.set(fingerprint.subarray(0, FINGERPRINT), 16);
  bytes[24] = payloads.length;
  let at = HEAD;
  for (const payload of payloads) {
    view.setUint32(at, payload.length);
    bytes.set(payload, at + 4);
    at += 4 + payload.length;
  }
  view.setUint32(at, crc32(bytes.subarray(0, at)));
  return bytes;
}

/**
 * Reads the file and checks all that can be seen without a model.
 *
 * @throws DataError for a file of another sort or version, cut short, altered, or with numbers that cannot be.
 */
export function decodeAec(bytes: Uint8Array, where: string): AecFile {
  if (MAGIC.some((byte, at) => bytes[at] !== byte))
    throw refused(where, 'a file written by autoencoder compress', 'another beginning', 'give an .aec file');
  if (bytes.length < HEAD + CHECKSUM)
    throw refused(where, `at least ${HEAD + CHECKSUM} bytes`, `${bytes.length}`, DAMAGED);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length - CHECKSUM;
  const [expected, found] = [view.getUint32(end), crc32(bytes.subarray(0, end))];
  if (expected !== found)
    throw refused(
      where,
      `bytes with the checksum ${hexOf(expected)}`,
      hexOf(found),
      `cut short or altered: ${DAMAGED}`,
    );
  if (bytes[4] !== VERSION)
    throw refused(where, `version ${VERSION} of the format`, `version ${bytes[4]}`, 'update autoencoder to read it');
  const [mode, quality, channels, width, height] = [
    MODES[bytes[5]],
    bytes[6],
    bytes[7],
    view.getUint32(8),
    view.getUint32(12),
  ];
  if (mode === undefined) throw refused(where, `a mode below ${MODES.length}`, `${bytes[5]}`, DAMAGED);
  if (quality < 1 || quality > MOST_QUALITY)
    throw refused(where, `a quality from 1 to ${MOST_QUALITY}`, `${quality}`, DAMAGED);
  if (channels !== 1 && channels !== 3) throw refused(where, '1 or 3 channels', `${channels}`, DAMAGED);
  requireSize(where, width, height);
  const fingerprint = bytes.slice(16, 16 + FINGERPRINT);
  return { mode, quality, channels, width, height, fingerprint, payloads: payloadsIn(bytes, view, end, where) };
}

function payloadsIn(bytes: Uint8Array, view: DataView, end: number, where: string): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  let at = HEAD;
  for (let payload = 0; payload < bytes[HEAD - 1]; payload++) {
    const length = at + 4 <= end ? view.getUint32(at) : Infinity;
    if (at + 4 + length > end)
      throw refused(where, `part ${payload + 1} of ${bytes[HEAD - 1]} within the file`, 'one beyond its end', DAMAGED);
    payloads.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (at !== end) throw refused(where, 'parts up to the checksum', `${end - at} bytes that belong to none`, DAMAGED);
  return payloads;
}

/** @throws DataError for a picture without pixels, or too large for the format. */
export function requireSize(where: string, width: number, height: number): void {
  const isWithin = width >= 1 && height >= 1 && width <= LONGEST_SIDE && height <= LONGEST_SIDE;
  if (isWithin && width * height <= MOST_PIXELS) return;
  throw refused(
    where,
    `a picture of at most ${LONGEST_SIDE} pixels a side, ${MOST_PIXELS} in all`,
    `${width}×${height}`,
    'scale it down, or cut it into pieces',
  );
}

/** Before memory is taken for them: @throws DataError for more numbers than a part can hold. */
export function requireRoom(part: Uint8Array, count: number, { width, height }: AecFile, where: string): void {
  if (count <= MOST_PER_BYTE * part.length) return;
  throw refused(where, `more than ${part.length} bytes for ${width}×${height} pixels`, 'no more', DAMAGED);
}

/** @throws DataError for a file that another codec has written. */
export function requireCodec(file: AecFile, fingerprint: Uint8Array, where: string): void {
  if (file.fingerprint.every((byte, at) => byte === fingerprint[at])) return;
  throw refused(
    where,
    `a file of this model (${bytesAsHex(fingerprint)})`,
    `one of another (${bytesAsHex(file.fingerprint)})`,
    'give the folder of the model that it was made with',
  );
}

function bytesAsHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const DAMAGED = 'the file is damaged: fetch or make it again';

function hexOf(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function refused(where: string, expected: string, got: string, fix: string): DataError {
  return new DataError({ where, expected, got, fix });
}
