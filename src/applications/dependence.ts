/**
 * What the code depends on: how much it changes when one column is shuffled among the rows. Breiman 2001 shuffles to see how a prediction
 * suffers; here it is the code that is watched, so nothing need be labelled, and every network and every sort of column will do.
 */

import type { Random } from '../base/random.ts';
import { type ColumnScaling, featureNames, ruleWidth } from '../data/columns/form.ts';
import type { Dataset } from '../data/dataset.ts';
import { matrixRows } from '../data/split.ts';
import { sizeOf } from '../graph/tensor.ts';

export interface Dependence {
  readonly name: string;
  /**
   * Mean ‖code after − code before‖² over twice the variance of the code: 0, the code does not look at it; 1, the code is as if it were
   * another row's.
   */
  readonly share: number;
}

/** Rows that are shuffled. */
const ROWS = 500;
/** Columns, patches or runs that are told apart. */
const MOST = 256;
/** Patches of a picture from side to side. */
const PATCHES = 8;

/** Of every column of a table, place of a row or patch of a picture, largest first. */
export async function dependenceOf(
  encode: (values: Dataset['values'], count: number) => Promise<Float32Array>,
  data: Dataset,
  random: Random,
): Promise<readonly Dependence[]> {
  const width = sizeOf(data.shape);
  const rows = random.fork('rows').permutation(data.count).subarray(0, ROWS);
  const count = rows.length;
  const values = matrixRows(data.values, width, rows);
  const before = await encode(values, count);
  const latent = before.length / count;
  const variance = totalVariance(before, latent);
  const found: Dependence[] = [];
  for (const { name, features } of featureGroups(data.scaling, data.shape)) {
    const order = random.fork(name).permutation(count);
    const shuffled = values.slice();
    for (let row = 0; row < count; row++)
      for (const feature of features) shuffled[row * width + feature] = values[order[row] * width + feature];
    const after = await encode(shuffled, count);
    const change = after.reduce((total, value, at) => total + (value - before[at]) ** 2, 0) / count;
    found.push({ name, share: variance > 0 ? change / (2 * variance) : 0 });
  }
  return found.sort((a, b) => b.share - a.share);
}

function totalVariance(values: Float32Array, width: number): number {
  const count = values.length / width;
  const [mean, square] = [0, 1].map(() => new Float64Array(width));
  for (let i = 0; i < values.length; i++) {
    mean[i % width] += values[i] / count;
    square[i % width] += values[i] ** 2 / count;
  }
  return square.reduce((total, value, at) => total + value - mean[at] ** 2, 0);
}

/** What is shuffled together: all inputs of a column; the pixels of a patch, in all channels; numbers side by side where they are many. */
export function featureGroups(
  scaling: ColumnScaling,
  shape: readonly number[],
): readonly { readonly name: string; readonly features: readonly number[] }[] {
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  if (scaling.form === 'columns') {
    let end = 0;
    return scaling.columns.map((rule) => {
      const from = end;
      end += ruleWidth(rule);
      return { name: rule.name, features: range(from, end) };
    });
  }
  if (shape.length === 3) return patches(shape);
  const names = featureNames(scaling);
  const size = Math.ceil(names.length / MOST);
  return Array.from({ length: Math.ceil(names.length / size) }, (_, at) => {
    const features = range(at * size, Math.min(names.length, (at + 1) * size));
    const [first, last] = [names[features[0]], names[features[features.length - 1]]];
    return { name: first === last ? first : `${first}–${last}`, features };
  });
}

function patches([channels, height, width]: readonly number[]) {
  const side = Math.ceil(Math.max(height, width) / PATCHES);
  const found: { name: string; features: number[] }[] = [];
  for (let top = 0; top < height; top += side)
    for (let left = 0; left < width; left += side) {
      const features: number[] = [];
      const [bottom, right] = [Math.min(height, top + side), Math.min(width, left + side)];
      for (let channel = 0; channel < channels; channel++)
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) features.push((channel * height + y) * width + x);
      found.push({ name: `rows ${top}–${bottom - 1}, columns ${left}–${right - 1}`, features });
    }
  return found;
}
