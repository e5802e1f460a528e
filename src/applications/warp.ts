/** Pictures bent a little: what a model that swaps learns from, so that it sees faces and not where their pixels are. */
import type { Random } from '../base/random.ts';

/** Points a side that are moved; between them the shift is interpolated. */
const POINTS = 5;

/**
 * A picture `[channels, height, width]` with every point moved by a smooth random shift of about `strength` times its size.
 * As in the first programs that swapped faces: a grid of normal shifts, bilinear between its points.
 */
export function warped(
  picture: Uint8Array,
  [channels, height, width]: readonly [number, number, number],
  strength: number,
  random: Random,
): Uint8Array {
  const shifts = [height, width].map((side) =>
    Float64Array.from({ length: POINTS * POINTS }, () => strength * side * random.normal()),
  );
  const result = new Uint8Array(picture.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [gridRow, gridColumn] = [gridAt(row, height), gridAt(column, width)];
      const y = clamp(row + between(shifts[0], POINTS, gridRow, gridColumn), height);
      const x = clamp(column + between(shifts[1], POINTS, gridRow, gridColumn), width);
      for (let channel = 0; channel < channels; channel++) {
        const plane = picture.subarray(channel * height * width, (channel + 1) * height * width);
        result[(channel * height + row) * width + column] = Math.round(between(plane, width, y, x));
      }
    }
  }
  return result;
}

function gridAt(at: number, side: number): number {
  return side === 1 ? 0 : (at * (POINTS - 1)) / (side - 1);
}

function clamp(at: number, side: number): number {
  return Math.min(side - 1, Math.max(0, at));
}

/** Bilinear interpolation in `[rows, width]`. */
function between(values: ArrayLike<number>, width: number, row: number, column: number): number {
  const rows = values.length / width;
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const [bottom, right] = [Math.min(top + 1, rows - 1), Math.min(left + 1, width - 1)];
  const [down, across] = [row - top, column - left];
  const line = (at: number): number => (1 - across) * values[at * width + left] + across * values[at * width + right];
  return (1 - down) * line(top) + down * line(bottom);
}
