/** Pieces of pictures to learn from: anywhere in them, turned and mirrored. */
import { DataError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Picture } from '../data/picture.ts';

export interface PatchPlan {
  readonly count: number;
  /** Height and width. */
  readonly size: number;
  readonly random: Random;
}

/** Where a piece is cut, and how it is laid down: one of the eight ways that a square fits on itself. */
export interface Cut {
  readonly picture: number;
  readonly top: number;
  readonly left: number;
  readonly way: number;
}

/** Cuts from pictures in proportion to their area. @throws DataError where none is as large as a piece. */
export function planCuts(pictures: readonly Picture[], { count, size, random }: PatchPlan): Cut[] {
  const places = pictures.map(({ height, width }) => Math.max(0, height - size + 1) * Math.max(0, width - size + 1));
  const all = places.reduce((sum, own) => sum + own, 0);
  if (all === 0)
    throw new DataError({
      where: 'the pictures',
      expected: `pictures of at least ${size}×${size} pixels`,
      got: `none of ${pictures.length}`,
      fix: 'give larger pictures, or lower --patch',
    });
  const upTo: number[] = [];
  for (const own of places) upTo.push((upTo.at(-1) ?? 0) + own);
  return Array.from({ length: count }, () => {
    const chosen = random.uniform() * all;
    const picture = upTo.findIndex((end) => chosen < end);
    const { height, width } = pictures[picture];
    return {
      picture,
      top: Math.floor(random.uniform() * (height - size + 1)),
      left: Math.floor(random.uniform() * (width - size + 1)),
      way: Math.floor(random.uniform() * 8),
    };
  });
}

/** The pieces, as bytes `[cuts, channels, size, size]`. All pictures have the same number of channels. */
export function cutPatches(pictures: readonly Picture[], cuts: readonly Cut[], size: number): Uint8Array {
  const area = size * size;
  const values = new Uint8Array(cuts.length * pictures[0].channels * area);
  let at = 0;
  for (const cut of cuts) {
    const { channels, height, width, values: from } = pictures[cut.picture];
    for (let channel = 0; channel < channels; channel++) {
      const corner = (channel * height + cut.top) * width + cut.left;
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          const [y, x] = turned(row, column, size - 1, cut.way);
          values[at++] = Math.min(255, Math.max(0, Math.round(255 * from[corner + y * width + x])));
        }
      }
    }
  }
  return values;
}

/** Where what is laid at a place comes from: bit 0 mirrors columns, bit 1 rows, bit 2 exchanges the two. */
function turned(row: number, column: number, last: number, way: number): readonly [number, number] {
  const y = way & 2 ? last - row : row;
  const x = way & 1 ? last - column : column;
  return way & 4 ? [x, y] : [y, x];
}
