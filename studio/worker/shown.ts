/** Examples as a page can show them: pictures, rows of a table, or curves of numbers. */
import { type ArraySource, bytesOf, type Picture, type Source, sourceCount, takeRows } from 'autoencoder/browser';

export type Cell = string | number | null;

export type Shown =
  /** Bytes `[count, channels, height, width]`. */
  | {
      readonly form: 'pictures';
      readonly count: number;
      readonly channels: number;
      readonly height: number;
      readonly width: number;
      readonly values: Uint8Array;
    }
  | {
      readonly form: 'rows';
      readonly count: number;
      readonly columns: readonly string[];
      readonly rows: readonly Cell[][];
    }
  /** `[count, width]`. */
  | { readonly form: 'curves'; readonly count: number; readonly width: number; readonly values: Float32Array };

/** All examples of `source`, or those at `indices`. */
export function show(source: Source, indices?: ArrayLike<number>): Shown {
  const some = indices ? takeRows(source, indices) : source;
  const count = sourceCount(some);
  if (some.form === 'table')
    return {
      form: 'rows',
      count,
      columns: some.columns.map(({ name }) => name),
      rows: Array.from({ length: count }, (_, row) => some.columns.map(({ values }) => cellOf(values[row]))),
    };
  if (isPictures(some)) {
    const [, channels, height, width] = some.shape;
    return {
      form: 'pictures',
      count,
      channels,
      height,
      width,
      values: some.values instanceof Uint8Array ? some.values.slice() : bytesOf(some.values),
    };
  }
  return { form: 'curves', count, width: some.values.length / count, values: Float32Array.from(some.values) };
}

/** A picture as a source of one; what is missing in it is black. */
export function sourceOfPicture({ name, values, channels, height, width }: Picture): ArraySource {
  const whole = values.map((value) => (Number.isNaN(value) ? 0 : value));
  return { form: 'array', name, values: bytesOf(whole), shape: [1, channels, height, width] };
}

/** A picture as a page can show it; what is missing in it is black. */
export function shownOf(picture: Picture): Shown {
  return show(sourceOfPicture(picture));
}

/** Whether the numbers are pixels `[count, 1 or 3, height, width]`. */
export function isPictures({ values, shape }: ArraySource): boolean {
  return values instanceof Uint8Array && shape.length === 4 && (shape[1] === 1 || shape[1] === 3);
}

/** The first `most` of `count` rows, or so many spread evenly over them. */
export function spread(count: number, most: number): Int32Array {
  const taken = Math.min(count, most);
  return Int32Array.from({ length: taken }, (_, at) => Math.floor((at * count) / taken));
}

function cellOf(value: number | string | null): Cell {
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}
