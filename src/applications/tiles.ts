/**
 * Pictures of any size in pieces of bounded size: each piece is computed with more around it than it keeps, so that what is kept does
 * not see the piece's edge.
 *
 *   ┌───────────┐ seen
 *   │ ┌───────┐ │
 *   │ │ kept  │ │   kept pieces meet without a gap; at the picture's own edge nothing is cut off
 */
import { crop, type Picture } from '../data/picture.ts';

export interface Tiling {
  /** Height and width of what is seen, at most. */
  readonly size: number;
  /** Pixels around what is kept. */
  readonly margin: number;
}

/** Computes a piece; gives a picture of the same height and width. */
export type OfPiece = (piece: Picture) => Promise<Picture>;

/** The whole of what `compute` gives for the pieces. */
export async function overTiles(picture: Picture, { size, margin }: Tiling, compute: OfPiece): Promise<Picture> {
  const rows = spans(picture.height, size, margin);
  const columns = spans(picture.width, size, margin);
  let whole: Float32Array | undefined;
  let channels = picture.channels;
  for (const row of rows) {
    for (const column of columns) {
      const piece = crop(picture, row.from, column.from, row.to - row.from, column.to - column.from);
      const done = await compute(piece);
      if (rows.length * columns.length === 1) return { ...done, name: picture.name };
      channels = done.channels;
      whole ??= new Float32Array(channels * picture.height * picture.width);
      for (let channel = 0; channel < channels; channel++)
        for (let y = row.keepFrom; y < row.keepTo; y++) {
          const from = (channel * done.height + y - row.from) * done.width - column.from;
          whole.set(
            done.values.subarray(from + column.keepFrom, from + column.keepTo),
            (channel * picture.height + y) * picture.width + column.keepFrom,
          );
        }
    }
  }
  if (!whole) throw new Error('internal: a picture without pixels');
  return { ...picture, channels, values: whole };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly keepFrom: number;
  readonly keepTo: number;
}

/** Pieces of a side, all of the same size: the last one is moved back to end with the side. */
export function spans(length: number, size: number, margin: number): Span[] {
  if (length <= size) return [{ from: 0, to: length, keepFrom: 0, keepTo: length }];
  const step = size - 2 * margin;
  const pieces: Span[] = [];
  for (let kept = 0; kept < length; ) {
    const from = Math.min(Math.max(0, kept - margin), length - size);
    const to = from + size;
    const keepTo = to === length ? length : Math.max(kept + step, to - margin);
    pieces.push({ from, to, keepFrom: kept, keepTo: Math.min(keepTo, to) });
    kept = Math.min(keepTo, to);
  }
  return pieces;
}
