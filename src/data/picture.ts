/** One picture of any size, apart from sets of pictures that are all of one. */
import { DataError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { ArraySource, Source } from './dataset.ts';

export interface Picture {
  readonly name: string;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** `[channels, height, width]`, 0 (black) … 1; results of a computation may lie outside. */
  readonly values: Float32Array;
}

/** A picture whose values are worked out place by place. */
export function makePicture(
  like: Pick<Picture, 'name' | 'channels' | 'height' | 'width'>,
  valueAt: (channel: number, row: number, column: number) => number,
): Picture {
  const { name, channels, height, width } = like;
  const values = new Float32Array(channels * height * width);
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) values[at++] = valueAt(channel, row, column);
  return { name, channels, height, width, values };
}

/** The pictures of a set of bytes `[count, channels, height, width]`; undefined for a source that is none. */
export function picturesOf({ name, values, shape, names }: ArraySource): Picture[] | undefined {
  const [count, channels, height, width] = shape;
  if (!(values instanceof Uint8Array) || shape.length !== 4 || !(channels === 1 || channels === 3)) return undefined;
  const size = channels * height * width;
  return Array.from({ length: count }, (_, at) => ({
    name: names?.[at] ?? `${name}-${at + 1}`,
    channels,
    height,
    width,
    values: unit(values.subarray(at * size, (at + 1) * size)),
  }));
}

/** The pictures of a source. @throws DataError for one that is none. */
export function requirePictures(source: Source): Picture[] {
  const pictures = source.form === 'array' ? picturesOf(source) : undefined;
  if (pictures) return pictures;
  throw new DataError({
    where: source.name,
    expected: 'pictures: files, a folder of them, or a set of bytes [count, channels, height, width]',
    got: source.form === 'table' ? 'a table' : `numbers of shape [${source.shape}]`,
    fix: 'name a picture, a folder of pictures, or a set such as textures',
  });
}

/** Bytes as numbers in 0…1. */
export function unit(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (byte) => byte / 255);
}

/** The nearest bytes; what lies outside of 0…1 becomes black or white. */
export function bytesOf(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(255 * value))));
}

/** A piece of a picture. */
export function crop(picture: Picture, top: number, left: number, height: number, width: number): Picture {
  return makePicture(
    { ...picture, height, width },
    (channel, row, column) => picture.values[(channel * picture.height + top + row) * picture.width + left + column],
  );
}

/** Brightness, as television weighs the colours (ITU-R BT.601): one channel. */
export function grey(picture: Picture): Picture {
  if (picture.channels === 1) return picture;
  const { height, width, values } = picture;
  const area = height * width;
  return {
    ...picture,
    channels: 1,
    values: Float32Array.from(
      { length: area },
      (_, at) => 0.299 * values[at] + 0.587 * values[area + at] + 0.114 * values[2 * area + at],
    ),
  };
}

/** The picture with every value drawn: 1 with the chance that it says, else 0. */
export function drawn(picture: Picture, random: Random): Picture {
  return { ...picture, values: picture.values.map((value) => (random.uniform() < value ? 1 : 0)) };
}

/** Grey as colour. */
export function coloured(picture: Picture): Picture {
  if (picture.channels === 3) return picture;
  const values = new Float32Array(3 * picture.values.length);
  for (const channel of [0, 1, 2]) values.set(picture.values, channel * picture.values.length);
  return { ...picture, channels: 3, values };
}

/** The picture with a band of stripes at its foot: a mark for the eye that it is made. */
export function striped(picture: Picture): Picture {
  const { height, width, values } = picture;
  const band = bandOf(picture);
  return {
    ...picture,
    values: values.map((value, at) => {
      const [row, column] = [Math.floor(at / width) % height, at % width];
      if (row < height - band) return value;
      return Math.floor((row + column) / band) % 2 === 0 ? 1 : 0;
    }),
  };
}

/** How far a stripe may be from black or white: JPEG changes it a little. */
const STRIPE = 0.25;

/** A picture that `striped` has marked, with the row above the band in its place; undefined where there is no such mark. */
export function unstriped(picture: Picture): Picture | undefined {
  const { height, width, values } = picture;
  const marked = striped(picture).values;
  if (values.some((value, at) => Math.abs(value - marked[at]) > STRIPE)) return undefined;
  const last = height - bandOf(picture) - 1;
  return {
    ...picture,
    values: values.map((value, at) => {
      const below = (Math.floor(at / width) % height) - last;
      return below > 0 && last >= 0 ? values[at - below * width] : value;
    }),
  };
}

/** Rows of the band. */
function bandOf({ height }: Picture): number {
  return Math.max(2, Math.round(height / 16));
}
