/** How far what is rebuilt is from what it should be, example by example. */
import type { Dataset } from 'autoencoder/browser';

export interface RowErrors {
  /** Mean squared error of each example, in scaled units; what is missing counts as right. */
  readonly errors: Float64Array;
  /** The number of each that is furthest off. */
  readonly worst: Int32Array;
}

export function rowErrors({ values, count }: Pick<Dataset, 'values' | 'count'>, rebuilt: Float32Array): RowErrors {
  const width = rebuilt.length / count;
  const unit = values instanceof Uint8Array ? 1 / 255 : 1;
  const errors = new Float64Array(count);
  const worst = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    let most = -1;
    for (let at = row * width; at < (row + 1) * width; at++) {
      const value = values[at];
      const error = Number.isNaN(value) ? 0 : (value * unit - rebuilt[at]) ** 2;
      errors[row] += error / width;
      if (error > most) [most, worst[row]] = [error, at - row * width];
    }
  }
  return { errors, worst };
}

/** Values of data as the model sees them: bytes as shares of 255. */
export function scaled(values: Dataset['values']): Float32Array {
  return values instanceof Uint8Array ? Float32Array.from(values, (byte) => byte / 255) : values;
}
