/** How a codec of sets stands beside what everybody has, and beside contexts of neighbours alone. */
import { gzipSync } from 'node:zlib';
import type { SetStep } from '../../codec/bits-back.ts';
import { bytesOf, makePicture, type Picture } from '../../data/picture.ts';
import { packWhole } from '../../data/picture-formats.ts';
import { writeLossless } from './lossless.ts';
import type { SetCodec } from './set-codec.ts';
import { fitTables } from './tables.ts';

/** A set through the codec. */
export interface CodedSet {
  readonly bytes: Uint8Array;
  readonly bitsPerPixel: number;
  /** What the model says that the pictures take: the file's size without its ends. */
  readonly modelBitsPerPixel: number;
  /** What the network alone says, without neighbours. */
  readonly aloneBitsPerPixel: number;
  /** Of packing and of unpacking. */
  readonly seconds: readonly [number, number];
}

/**
 * Packs, unpacks and compares.
 *
 * @param clock milliseconds, steady.
 * @param step told how many pictures are done of twice as many as there are: packed, and then unpacked. May throw.
 */
export async function codedSet(
  codec: SetCodec,
  pictures: readonly Picture[],
  clock: () => number,
  step: SetStep = () => {},
): Promise<CodedSet> {
  const began = clock();
  const { bytes, bits, bitsAlone } = await codec.compress(pictures, step);
  const packed = clock();
  const back = await codec.decompress(bytes, 'the set', (done) => step(pictures.length + done));
  const unpacked = clock();
  const isSame = ({ values }: Picture, at: number): boolean => {
    const own = bytesOf(pictures[at].values);
    return bytesOf(values).every((byte, place) => byte === own[place]);
  };
  if (back.length !== pictures.length || !back.every(isSame))
    throw new Error('internal: a set of pictures came back otherwise than it was');
  const pixels = pictures.length * codec.width * codec.height;
  return {
    bytes,
    bitsPerPixel: (8 * bytes.length) / pixels,
    modelBitsPerPixel: bits / pixels,
    aloneBitsPerPixel: bitsAlone / pixels,
    seconds: [(packed - began) / 1000, (unpacked - packed) / 1000],
  };
}

/** Bytes of the same pictures by other means; formats of sharp are not there where the package is not. */
export interface BesideSet {
  /** Level 9, of eight pixels a byte, picture after picture. */
  readonly gzip: number;
  /** All pictures side by side, one bit a pixel. */
  readonly png?: number;
  readonly webp?: number;
  /** All pictures side by side, with chances from the neighbours alone: the lossless mode of a codec of single pictures. */
  readonly neighbours: number;
}

/** @param pictures of two values and one size, at least one. */
export async function besideSet(pictures: readonly Picture[]): Promise<BesideSet> {
  const sheet = sheetOf(pictures);
  const [png, webp] = [await packWhole(sheet, 'png'), await packWhole(sheet, 'webp')];
  return {
    gzip: gzipSync(bitsOf(pictures), { level: 9 }).length,
    ...(png === undefined ? {} : { png }),
    ...(webp === undefined ? {} : { webp }),
    neighbours: writeLossless(sheet, { grey: fitTables([], 1), colour: fitTables([], 3) }).length,
  };
}

/** All pictures in a square, row by row. */
function sheetOf(pictures: readonly Picture[]): Picture {
  const [{ width, height }] = pictures;
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const rows = Math.ceil(pictures.length / columns);
  const size = { name: 'sheet', channels: 1, width: columns * width, height: rows * height } as const;
  return makePicture(size, (_, y, x) => {
    const picture = pictures[Math.floor(y / height) * columns + Math.floor(x / width)];
    return picture?.values[(y % height) * width + (x % width)] ?? 0;
  });
}

/** Eight pixels a byte, the first in the highest bit. */
function bitsOf(pictures: readonly Picture[]): Uint8Array {
  const area = pictures[0].values.length;
  const bits = new Uint8Array(Math.ceil((pictures.length * area) / 8));
  let at = 0;
  for (const { values } of pictures)
    for (const value of values) {
      if (value > 0.5) bits[at >> 3] |= 128 >> (at & 7);
      at++;
    }
  return bits;
}
