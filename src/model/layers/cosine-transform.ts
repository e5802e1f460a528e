/** Kernels that begin as a cosine transform of blocks: the DCT-II, orthonormal. Ahmed, Natarajan & Rao 1974, eq. 3. */
import type { Initialiser } from '../trace.ts';
import type { Pair } from './convolution.ts';

/**
 * How the kernel `[units, channels, …window]` of a convolution to vectors of blocks starts: with the block in the middle of the window, the
 * lowest frequencies first, those of the first channel before those of the second.
 */
export function cosineTransform(window: Pair, block: Pair): Initialiser {
  const frequencies = lowestFirst(block);
  const first = [0, 1].map((axis) => Math.floor((window[axis] - block[axis]) / 2));
  return ([units, channels]) => {
    const area = window[0] * window[1];
    const values = new Float32Array(units * channels * area);
    for (let unit = 0; unit < units; unit++) {
      const [down, across] = frequencies[Math.floor(unit / channels)];
      const kernel = (unit * channels + (unit % channels)) * area;
      for (let y = 0; y < block[0]; y++)
        for (let x = 0; x < block[1]; x++)
          values[kernel + (first[0] + y) * window[1] + first[1] + x] =
            cosine(block[0], down, y) * cosine(block[1], across, x);
    }
    return values;
  };
}

/** Frequencies `[down, across]` of a block. */
function lowestFirst([height, width]: Pair): readonly Pair[] {
  return Array.from({ length: height * width }, (_, at): Pair => [Math.floor(at / width), at % width]).sort(
    (a, b) => a[0] + a[1] - (b[0] + b[1]) || a[0] - b[0],
  );
}

/** A number of the cosine of a frequency, of length 1 over all `count`. */
function cosine(count: number, frequency: number, at: number): number {
  const scale = Math.sqrt((frequency === 0 ? 1 : 2) / count);
  return scale * Math.cos((Math.PI * (2 * at + 1) * frequency) / (2 * count));
}
