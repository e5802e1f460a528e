/**
 * Non-local means: every pixel the mean of those whose surroundings look alike.
 * Buades, Coll & Morel 2011, "Non-local means denoising", with the windows of its table for grey pictures; the differences of all windows
 * of one shift are summed at once, as Darbon et al. 2008 do.
 */
import type { Picture } from '../../data/picture.ts';

/** Half the window that is compared, half the one that is searched, and the decay h as a multiple of the noise: by its deviation in 0…255. */
const SETTINGS = [
  { to: 15, compared: 1, searched: 10, decay: 0.4 },
  { to: 30, compared: 2, searched: 10, decay: 0.4 },
  { to: 45, compared: 3, searched: 17, decay: 0.35 },
  { to: Infinity, compared: 4, searched: 17, decay: 0.35 },
] as const;

/** @param deviation Of the noise, in units where white is 1. */
export function nonLocalMeans(picture: Picture, deviation: number): Picture {
  const { channels, height, width } = picture;
  const area = height * width;
  const values = new Float32Array(channels * area);
  for (let channel = 0; channel < channels; channel++) {
    const plane = picture.values.subarray(channel * area, (channel + 1) * area);
    values.set(planeOf(plane, height, width, deviation), channel * area);
  }
  return { ...picture, values };
}

function planeOf(x: Float32Array, height: number, width: number, deviation: number): Float32Array {
  const { compared, searched, decay } =
    SETTINGS.find(({ to }) => 255 * deviation <= to) ?? SETTINGS[SETTINGS.length - 1];
  const spread = (decay * deviation) ** 2;
  const sums = new Float64Array(x.length);
  const weights = new Float64Array(x.length);
  const most = new Float64Array(x.length);
  const squares = new Float64Array((height + 1) * (width + 1));
  for (let down = -searched; down <= searched; down++) {
    for (let across = -searched; across <= searched; across++) {
      if (down === 0 && across === 0) continue;
      sumSquares(x, height, width, down, across, squares);
      const [rowFrom, rowTo] = [Math.max(0, -down), Math.min(height, height - down)];
      const [columnFrom, columnTo] = [Math.max(0, -across), Math.min(width, width - across)];
      for (let row = rowFrom; row < rowTo; row++) {
        const [top, bottom] = [Math.max(rowFrom, row - compared), Math.min(rowTo, row + compared + 1)];
        for (let column = columnFrom; column < columnTo; column++) {
          const [left, right] = [Math.max(columnFrom, column - compared), Math.min(columnTo, column + compared + 1)];
          const all =
            squares[bottom * (width + 1) + right] -
            squares[top * (width + 1) + right] -
            squares[bottom * (width + 1) + left] +
            squares[top * (width + 1) + left];
          const distance = all / ((bottom - top) * (right - left));
          const weight = Math.exp(-Math.max(0, distance - 2 * deviation * deviation) / spread);
          const at = row * width + column;
          sums[at] += weight * x[at + down * width + across];
          weights[at] += weight;
          if (weight > most[at]) most[at] = weight;
        }
      }
    }
  }
  // The pixel itself counts as much as the one most like it.
  return x.map((own, at) => (most[at] === 0 ? own : (sums[at] + most[at] * own) / (weights[at] + most[at])));
}

/** Sums of (x − x shifted)² over all that is above and to the left: `[height + 1, width + 1]`. */
function sumSquares(
  x: Float32Array,
  height: number,
  width: number,
  down: number,
  across: number,
  sums: Float64Array,
): void {
  for (let row = 0; row < height; row++) {
    let line = 0;
    for (let column = 0; column < width; column++) {
      const [y, z] = [row + down, column + across];
      if (y >= 0 && y < height && z >= 0 && z < width) line += (x[row * width + column] - x[y * width + z]) ** 2;
      sums[(row + 1) * (width + 1) + column + 1] = sums[row * (width + 1) + column + 1] + line;
    }
  }
}
