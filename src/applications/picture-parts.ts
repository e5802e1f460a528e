/**
 * Parts of pictures, each a picture of its own: cut out and made as large as the whole.
 *
 *   ┌──┬──┬──┐
 *   ├──┼──┼──┤   parts of half a side lie half over one another: nine in a picture, so that whatever is
 *   ├──┼──┼──┤   smaller than a quarter of a side lies within one of them
 *   └──┴──┴──┘
 */
import { DataError, OptionError } from '../base/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import { bytesOf, coloured, crop, grey, type Picture, requirePictures } from '../data/picture.ts';
import { resample } from '../data/resample.ts';
import { sizeOf } from '../graph/tensor.ts';

/** A part of a picture, in its pixels from the left and from the top. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What pictures are made of: `[channels, height, width]`. */
export type PictureShape = readonly number[];

const MOST_PARTS = 8;

/**
 * Parts whose height and width are `1/share` of the picture's, half over one another: (2 share − 1)² of them; none for a share of 1.
 *
 * @throws OptionError for examples that are no pictures, or parts without a pixel.
 */
export function partPlaces(shape: PictureShape, share: number): Place[] {
  if (share === 1) return [];
  const [, height, width] = pictureShapeOf(shape, 'parts');
  const most = Math.min(MOST_PARTS, height, width);
  if (!Number.isInteger(share) || share < 1 || share > most)
    throw new OptionError({
      where: 'parts',
      expected: `a whole number from 1, the picture alone, to ${most}`,
      got: `${share}`,
      fix: 'for example 2: parts of half the height and width',
    });
  const spans = (length: number): readonly (readonly [from: number, size: number])[] => {
    const size = Math.round(length / share);
    const last = 2 * share - 2;
    return Array.from({ length: last + 1 }, (_, at) => [Math.round((at * (length - size)) / last), size]);
  };
  return spans(height).flatMap(([y, high]) => spans(width).map(([x, wide]) => ({ x, y, width: wide, height: high })));
}

/** The same part of each picture, of whatever sizes, as a model of pictures of `shape` takes them: bytes `[count, …shape]`. */
export function partsAt(
  pictures: readonly Picture[],
  place: Place,
  shape: PictureShape,
): { readonly values: Uint8Array; readonly count: number } {
  const [channels, height, width] = pictureShapeOf(shape, 'part');
  const size = channels * height * width;
  const values = new Uint8Array(pictures.length * size);
  for (const [at, picture] of pictures.entries()) {
    requireInside(picture, place);
    const cut = crop(picture, place.y, place.x, place.height, place.width);
    values.set(bytesOf(resample(channels === 1 ? grey(cut) : coloured(cut), height, width).values), at * size);
  }
  return { values, count: pictures.length };
}

/** Of each picture the whole and then its parts: bytes `[count × (1 + places), …shape]`. */
export function withParts(
  { name, values, shape, count }: Pick<Dataset, 'name' | 'values' | 'shape' | 'count'>,
  places: readonly Place[],
): { readonly values: Uint8Array; readonly count: number } {
  const pictures = requirePictures({ form: 'array', name, values, shape: [count, ...shape] });
  const size = sizeOf(shape);
  const all = new Uint8Array(count * (1 + places.length) * size);
  let at = 0;
  for (const picture of pictures) {
    all.set(bytesOf(picture.values), size * at++);
    for (const place of places) all.set(partsAt([picture], place, shape).values, size * at++);
  }
  return { values: all, count: at };
}

/** @throws OptionError where a model is of something else. */
function pictureShapeOf(shape: PictureShape, where: string): PictureShape {
  if (shape.length === 3 && (shape[0] === 1 || shape[0] === 3)) return shape;
  throw new OptionError({
    where,
    expected: 'pictures, grey or in colour, which have parts',
    got: `examples of shape [${shape.join(', ')}]`,
    fix: 'leave it out',
  });
}

function requireInside({ name, width, height }: Picture, place: Place): void {
  const isInside =
    Object.values(place).every(Number.isInteger) &&
    Math.min(place.x, place.y) >= 0 &&
    Math.min(place.width, place.height) >= 1 &&
    place.x + place.width <= width &&
    place.y + place.height <= height;
  if (isInside) return;
  throw new DataError({
    where: name,
    expected: `a part within its ${width}×${height} pixels, in whole ones`,
    got: placeWords(place),
    fix: 'give x, y (from the upper left corner), width and height',
  });
}

/** As people read it. */
export function placeWords({ x, y, width, height }: Place): string {
  return `${width}×${height} at ${x},${y}`;
}
