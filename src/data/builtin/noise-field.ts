/**
 * Noise with a size: a lattice of random numbers, smoothly joined, and sums of such lattices that look like clouds, stone or skin.
 * Value noise and its fractal sums: Ebert et al. 2003, "Texturing and modeling", chapters 2 and 14.
 */
import type { Random } from '../../base/random.ts';

/** A number for any place. */
export type Field = (x: number, y: number) => number;

/** Cells of a lattice, each way; places beyond it come round again. A power of two. */
const CELLS = 32;

/** Numbers of mean 0, about −1 … 1, that change over `size` in x and `sizeY` in y. */
export function valueNoise(random: Random, size: number, sizeY = size): Field {
  const lattice = Float32Array.from({ length: CELLS * CELLS }, () => 2 * random.uniform() - 1);
  const [moveX, moveY] = [CELLS * random.uniform(), CELLS * random.uniform()];
  return (x, y) => {
    const [u, v] = [x / size + moveX, y / sizeY + moveY];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [across, down] = [smooth(u - left), smooth(v - top)];
    const [row, below] = [CELLS * (top & (CELLS - 1)), CELLS * ((top + 1) & (CELLS - 1))];
    const [column, right] = [left & (CELLS - 1), (left + 1) & (CELLS - 1)];
    const upper = lattice[row + column] + across * (lattice[row + right] - lattice[row + column]);
    const lower = lattice[below + column] + across * (lattice[below + right] - lattice[below + column]);
    return upper + down * (lower - upper);
  };
}

/** Noise of `size`, of half of it, and so on, each `roughness` times as strong as the one before; about −1 … 1. */
export function fractalNoise(random: Random, size: number, octaves: number, roughness: number): Field {
  const fields = Array.from({ length: octaves }, (_, octave) => valueNoise(random, size / 2 ** octave));
  const total = fields.reduce((sum, _, octave) => sum + roughness ** octave, 0);
  return (x, y) => {
    let sum = 0;
    let strength = 1;
    for (const field of fields) {
      sum += strength * field(x, y);
      strength *= roughness;
    }
    return (1.6 * sum) / total;
  };
}

/** 3t² − 2t³: 0 … 1 without a kink at either end. */
function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
