/**
 * Anomalies made from what is normal, to tell detectors apart where nobody labelled any: the sorts of Han et al. 2022, "ADBench", section 3.1,
 * made without a model of the data.
 *
 *   dependence   some columns are those of another row: each value is usual, their combination is not
 *   local        some columns are somewhat off: as far as values of that column usually are from their mean
 *   global       some columns are anything between the least and the greatest value of the column, and a tenth beyond
 */
import type { Random } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import { columnSpans } from '../cells.ts';

export const SORTS = ['dependence', 'local', 'global'] as const;
export type Sort = (typeof SORTS)[number];

/** The share of the columns that is changed: what finds one odd value need not find a row that is a little off everywhere. */
export const EXTENTS = { few: 0.1, some: 0.3, all: 1 } as const;
export type Extent = keyof typeof EXTENTS;

const BEYOND = 0.1;

/**
 * As many rows as `normal` has, each with some columns changed, one at least; a category's group of numbers is changed as a whole. Of another row
 * at most half of the columns are taken: all would be that row.
 */
export function makeAnomalies(normal: Dataset, sort: Sort, extent: Extent, random: Random): Dataset {
  const spans = columnSpans(normal.scaling);
  const width = normal.values.length / Math.max(1, normal.count);
  const values = Float32Array.from(normal.values);
  const spread = sort === 'dependence' ? [] : spreadsOf(normal, width);
  const share = sort === 'dependence' ? Math.min(0.5, EXTENTS[extent]) : EXTENTS[extent];
  const changed = Math.max(1, Math.round(share * spans.length));
  for (let row = 0; row < normal.count; row++) {
    const other = (row + 1 + random.integer(Math.max(1, normal.count - 1))) % normal.count;
    for (const span of random.permutation(spans.length).subarray(0, changed)) {
      const { from, to, isCategory } = spans[span];
      const isSwapped = isCategory || sort === 'dependence';
      for (let at = from; at < to; at++)
        values[row * width + at] = isSwapped
          ? normal.values[other * width + at]
          : changedNumber(normal.values[row * width + at], spread[at], sort, random);
    }
  }
  const isBytes = normal.values instanceof Uint8Array;
  return {
    ...normal,
    values: isBytes ? Uint8Array.from(values, (value) => Math.min(255, Math.max(0, value))) : values,
  };
}

interface Spread {
  readonly least: number;
  readonly most: number;
  readonly deviation: number;
}

function changedNumber(value: number, { least, most, deviation }: Spread, sort: Sort, random: Random): number {
  if (sort === 'local') return value + deviation * random.normal();
  const beyond = BEYOND * (most - least);
  return least - beyond + (most - least + 2 * beyond) * random.uniform();
}

/** Of every feature, over the rows where it is not missing. */
function spreadsOf({ values, count }: Dataset, width: number): Spread[] {
  return Array.from({ length: width }, (_, at) => {
    const column = Array.from({ length: count }, (__, row) => values[row * width + at]).filter((v) => !Number.isNaN(v));
    const mean = column.reduce((sum, value) => sum + value, 0) / Math.max(1, column.length);
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, column.length);
    const least = column.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const most = column.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return column.length === 0 ? { least: 0, most: 0, deviation: 0 } : { least, most, deviation: Math.sqrt(variance) };
  });
}
