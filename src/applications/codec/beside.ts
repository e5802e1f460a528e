/** How a codec stands beside the formats that everybody has: at the same quality of picture, how many bytes each takes. */
import { throwIfAborted } from '../../base/abort.ts';
import type { Picture } from '../../data/picture.ts';
import { type Packed, type PictureFormat, pack } from '../../data/picture-formats.ts';
import { psnr } from '../picture-quality.ts';
import type { RatePoint } from './bd-rate.ts';
import type { Codec } from './codec.ts';

/** A picture through the codec. */
export interface Coded {
  readonly picture: Picture;
  readonly bytes: Uint8Array;
  /** What `bytes` give. */
  readonly decoded: Picture;
  readonly bitsPerPixel: number;
  /** In dB, of all channels. */
  readonly psnr: number;
}

export async function codedBy(codec: Codec, picture: Picture, quality: number | 'lossless'): Promise<Coded> {
  const bytes = await codec.compress(picture, quality);
  const decoded = await codec.decompress(bytes, picture.name);
  return { picture, bytes, decoded, bitsPerPixel: bitsPerPixel(bytes, picture), psnr: psnr(decoded, picture) };
}

/** Averages over pictures at every quality. */
export async function curveOf(
  codec: Codec,
  pictures: readonly Picture[],
  { signal, step = () => {} }: { readonly signal?: AbortSignal; readonly step?: (done: number) => void } = {},
): Promise<RatePoint[]> {
  const points: RatePoint[] = [];
  for (let quality = 1; quality <= codec.qualities; quality++) {
    const coded: RatePoint[] = [];
    for (const picture of pictures) {
      throwIfAborted(signal, picture.name);
      step((quality - 1) * pictures.length + coded.length);
      coded.push(await codedBy(codec, picture, quality));
    }
    points.push(averageOf(coded));
  }
  return points;
}

/** From barely to be recognised to hardly to be told from the original. */
const LADDER: Readonly<Record<PictureFormat, readonly number[]>> = {
  jpeg: [5, 8, 12, 18, 26, 38, 52, 68, 82, 92],
  webp: [1, 6, 14, 26, 42, 60, 76, 88, 95],
  avif: [8, 16, 26, 36, 46, 56, 66, 76],
};

/** The same of a format. */
export async function curveOfFormat(
  format: PictureFormat,
  pictures: readonly Picture[],
  signal?: AbortSignal,
): Promise<RatePoint[]> {
  const points: RatePoint[] = [];
  for (const quality of LADDER[format]) {
    const packed: RatePoint[] = [];
    for (const picture of pictures) {
      throwIfAborted(signal, picture.name);
      packed.push(pointOf(await pack(picture, format, quality), picture));
    }
    points.push(averageOf(packed));
  }
  return points;
}

/** The smallest file of a format that is as near to the picture as `target` dB; undefined where its best is not. */
export async function packedAt(picture: Picture, format: PictureFormat, target: number): Promise<Packed | undefined> {
  let [low, high] = [1, 100];
  let found: Packed | undefined;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const packed = await pack(picture, format, middle);
    if (psnr(packed.picture, picture) >= target) {
      found = packed;
      high = middle - 1;
    } else low = middle + 1;
  }
  return found;
}

/** The best that a format makes of so many bytes; undefined where its smallest file is larger. */
export async function packedInto(picture: Picture, format: PictureFormat, most: number): Promise<Packed | undefined> {
  let [low, high] = [1, 100];
  let found: Packed | undefined;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const packed = await pack(picture, format, middle);
    if (packed.bytes.length <= most) {
      found = packed;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}

function pointOf({ bytes, picture: back }: Packed, picture: Picture): RatePoint {
  return { bitsPerPixel: bitsPerPixel(bytes, picture), psnr: psnr(back, picture) };
}

function bitsPerPixel(bytes: Uint8Array, { width, height }: Picture): number {
  return (8 * bytes.length) / (width * height);
}

function averageOf(points: readonly RatePoint[]): RatePoint {
  const mean = (of: (point: RatePoint) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  return { bitsPerPixel: mean((point) => point.bitsPerPixel), psnr: mean((point) => point.psnr) };
}
