/**
 * One PNG as an example of a model of pictures. Its size is looked at before anything is unpacked, and no more is unpacked than a picture
 * of that size can be: a small file that would fill the memory is refused.
 */
import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import { DataError } from '../base/errors.ts';
import type { ArraySource } from '../data/dataset.ts';
import { Refusal } from './refusal.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** What pixels are made from; the rest (profiles, texts, animation) is left out unread. */
const NEEDED: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** The kind of pixels that are places in a list of colours. */
const PALETTE = 3;
/** Interlaced pictures have more rows, each of which begins with a byte of its own. */
const PASSES = 7;

/** The picture as bytes `[1, channels, height, width]`. @throws Refusal 400 for what is no PNG, DataError for one of another size. */
export function parsePng(bytes: Uint8Array, shape: readonly number[]): ArraySource {
  const [channels, height, width] = shape;
  const pieces = chunksOf(bytes);
  const head = sizeIn(pieces[0]?.data);
  if (head.width !== width || head.height !== height)
    throw new DataError({
      where: 'the picture',
      expected: `one of ${width}×${height}, as the model was trained on`,
      got: `${head.width}×${head.height}`,
      fix: 'scale or crop it first',
    });
  checkLength(pieces, head);
  if (head.hasPalette && !pieces.some(({ type }) => type === 'PLTE')) throw damaged('a palette');
  const values = planes(unpacked(pieces), channels, height * width);
  return { form: 'array', name: 'the picture', values, shape: [1, channels, height, width] };
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** With length and checksum. */
  readonly whole: Uint8Array;
}

interface Size {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly isInterlaced: boolean;
  readonly hasPalette: boolean;
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  if (bytes.length < 8 || SIGNATURE.some((byte, at) => bytes[at] !== byte)) throw damaged('the first bytes of a PNG');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Chunk[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw damaged('a PNG that ends with IEND');
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) throw damaged('a piece as long as it says');
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (NEEDED.has(type)) chunks.push({ type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) });
    if (type === 'IEND') return chunks;
    at = end;
  }
}

function sizeIn(head: Uint8Array | undefined): Size {
  if (head?.length !== 13) throw damaged('IHDR first');
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const channels = CHANNELS[head[9]];
  if (channels === undefined || ![1, 2, 4, 8, 16].includes(head[8])) throw damaged('a kind of pixels that there is');
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    bitsPerPixel: channels * head[8],
    isInterlaced: head[12] !== 0,
    hasPalette: head[9] === PALETTE,
  };
}

/** @throws Refusal where the pixels unpack to more or fewer bytes than such a picture has, or not at all. */
function checkLength(chunks: readonly Chunk[], { width, height, bitsPerPixel, isInterlaced }: Size): void {
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const plain = height * (Math.ceil((width * bitsPerPixel) / 8) + 1);
  // The passes together have the same pixels in more rows, each with up to a byte of padding and one of its own.
  const most = isInterlaced ? plain + 2 * PASSES * (height + 1) : plain;
  let found = 0;
  try {
    found = inflateSync(packed, { maxOutputLength: most }).length;
  } catch (cause) {
    throw damaged(`pixels that unpack to ${most} bytes`, cause);
  }
  if (found < plain) throw damaged(`pixels that unpack to ${plain} bytes`);
}

interface Pixels {
  readonly data: ArrayLike<number>;
  readonly channels: number;
  readonly isDeep: boolean;
}

function unpacked(chunks: readonly Chunk[]): Pixels {
  try {
    const whole = Buffer.concat([Uint8Array.from(SIGNATURE), ...chunks.map((chunk) => chunk.whole)]);
    return pixelsOf(decode(whole, { checkCrc: true }));
  } catch (cause) {
    throw damaged('a PNG that can be unpacked', cause);
  }
}

/** Channel after channel, transparency laid on white, 16 bits cut to 8. @throws DataError for colour where the model sees grey. */
function planes({ data, channels, isDeep }: Pixels, wanted: number, area: number): Uint8Array {
  const colours = channels < 3 ? 1 : 3;
  const hasAlpha = channels === 2 || channels === 4;
  const most = isDeep ? 65_535 : 255;
  const values = new Uint8Array(wanted * area);
  for (let pixel = 0; pixel < area; pixel++) {
    const from = pixel * channels;
    const alpha = hasAlpha ? data[from + colours] / most : 1;
    for (let channel = 0; channel < Math.max(wanted, colours); channel++) {
      const raw = (data[from + Math.min(channel, colours - 1)] / most) * alpha + (1 - alpha);
      const value = Math.round(raw * 255);
      if (channel < wanted) values[channel * area + pixel] = value;
      else if (value !== values[pixel]) throw coloured();
    }
  }
  return values;
}

/** @throws Error for a place in a palette that it does not have. */
function pixelsOf(png: DecodedPng): Pixels {
  if (png.palette) {
    const data = convertIndexedToRgb(png);
    return { data, channels: data.length / (png.width * png.height), isDeep: false };
  }
  if (png.depth >= 8) return { data: png.data, channels: png.channels, isDeep: png.depth === 16 };
  // Grey of 1, 2 or 4 bits: several pixels in a byte, each row from a new one.
  const { width, height, depth, data } = png;
  const rowBytes = Math.ceil((width * depth) / 8);
  const most = 2 ** depth - 1;
  const values = Uint8Array.from({ length: width * height }, (_, at) => {
    const bit = (at % width) * depth;
    const byte = data[Math.floor(at / width) * rowBytes + (bit >> 3)];
    return (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most;
  });
  return { data: values, channels: 1, isDeep: false };
}

function coloured(): DataError {
  return new DataError({
    where: 'the picture',
    expected: 'a grey one, as the model was trained on',
    got: 'a coloured one',
    fix: 'make it grey first',
  });
}

function damaged(expected: string, cause?: unknown): Refusal {
  return new Refusal(
    400,
    { where: 'the body', expected, got: 'something else', fix: 'send a whole, undamaged PNG' },
    { cause },
  );
}
