/**
 * Pictures without any loss, in whole numbers from end to end: no network, whose last digits may differ between machines, has a say in
 * them. Each number is coded by its difference from what its neighbours say (as in JPEG-LS: Weinberger, Seroussi & Sapiro 2000), with chances
 * from the neighbours' own differences; colours by differences that can be undone (YCoCg-R: Malvar & Sullivan 2003).
 */
import { DataError } from '../../base/errors.ts';
import { readingDecider, writingDecider } from '../../codec/decisions.ts';
import { MOST_MET } from '../../codec/mixture.ts';
import { codeNumbers, type MapTables, type NumberMap } from '../../codec/number-map.ts';
import { bytesOf, type Picture, unit } from '../../data/picture.ts';
import { fitTables } from './tables.ts';

/** Tables for pictures of one channel and of three. */
export interface LosslessTables {
  readonly grey: MapTables;
  readonly colour: MapTables;
}

/** Pictures of so few different values are coded by the places of these in a list. */
const MOST_LISTED = 16;

/** From pictures like those that are to be written. */
export function fitLossless(pictures: readonly Picture[]): LosslessTables {
  const greys = pictures.filter(({ channels }) => channels === 1);
  const colours = pictures.filter(({ channels }) => channels === 3);
  const maps = (own: readonly Picture[]): NumberMap[] => own.map((picture) => numbersOf(picture).numbers);
  return { grey: fitTables(maps(greys), 1, MOST_MET), colour: fitTables(maps(colours), 3, MOST_MET) };
}

/** The payload: how many values are listed (0: none), these, and the numbers. */
export function writeLossless(picture: Picture, { grey, colour }: LosslessTables): Uint8Array {
  const { listed, numbers } = numbersOf(picture);
  const decider = writingDecider();
  codeNumbers(numbers, picture.channels === 1 ? grey : colour, decider, picture.name);
  const written = decider.finish();
  const payload = new Uint8Array(1 + listed.length + written.length);
  payload.set([listed.length, ...listed]);
  payload.set(written, 1 + listed.length);
  return payload;
}

/** @throws DataError for a payload that is damaged. */
export function readLossless(
  payload: Uint8Array,
  { width, height, channels }: Pick<Picture, 'width' | 'height' | 'channels'>,
  { grey, colour }: LosslessTables,
  where: string,
): Picture {
  const count = payload[0] ?? 0;
  const listed = payload.subarray(1, 1 + count);
  const numbers = { values: new Int32Array(channels * height * width), channels, height, width };
  const decider = readingDecider(payload.subarray(1 + count), where);
  codeNumbers(numbers, channels === 1 ? grey : colour, decider, where);
  decider.finish();
  const bytes = channels === 1 ? numbers.values : undone(numbers.values);
  const values = bytes.map((value) => (count > 0 ? (listed[value] ?? -1) : value));
  if (values.some((value) => value < 0 || value > 255))
    throw new DataError({
      where,
      expected: 'numbers from 0 to 255',
      got: 'others',
      fix: 'the file is damaged: fetch or make it again',
    });
  return { name: where, width, height, channels, values: unit(Uint8Array.from(values)) };
}

/** Whole numbers of a picture, and what they are places in, where that is few. */
function numbersOf(picture: Picture): { readonly listed: readonly number[]; readonly numbers: NumberMap } {
  const { channels, width, height } = picture;
  const bytes = bytesOf(picture.values);
  const size = { channels, height, width };
  if (channels === 3) return { listed: [], numbers: { ...size, values: differences(bytes) } };
  const different = [...new Set(bytes)].sort((a, b) => a - b);
  if (different.length > MOST_LISTED) return { listed: [], numbers: { ...size, values: Int32Array.from(bytes) } };
  const places = new Map(different.map((value, at) => [value, at]));
  return { listed: different, numbers: { ...size, values: Int32Array.from(bytes, (value) => places.get(value) ?? 0) } };
}

/** Lightness, red less blue, and green less what is between them: planes of whole numbers. */
function differences(bytes: Uint8Array): Int32Array {
  const area = bytes.length / 3;
  const values = new Int32Array(bytes.length);
  for (let at = 0; at < area; at++) {
    const [red, green, blue] = [bytes[at], bytes[area + at], bytes[2 * area + at]];
    const first = red - blue;
    const middle = blue + (first >> 1);
    const second = green - middle;
    values[at] = middle + (second >> 1);
    values[area + at] = first;
    values[2 * area + at] = second;
  }
  return values;
}

/** The inverse. */
function undone(values: Int32Array): Int32Array {
  const area = values.length / 3;
  const bytes = new Int32Array(values.length);
  for (let at = 0; at < area; at++) {
    const [lightness, first, second] = [values[at], values[area + at], values[2 * area + at]];
    const middle = lightness - (second >> 1);
    const blue = middle - (first >> 1);
    bytes[at] = blue + first;
    bytes[area + at] = second + middle;
    bytes[2 * area + at] = blue;
  }
  return bytes;
}
