/**
 * Anomalies made from what is normal, to tell detectors apart where nobody labelled any: the sorts of Han et al. 2022, "ADBench", section 3.1,
 * made without a model of the data.
 *
 *   dependence   some columns are those of another row: each value is usual, their combination is not
 *   local        some columns are somewhat off: as far as values of that column usually are from their mean
 *   global       some columns are anything between the least and the greatest value of the column, and a tenth beyond
 *   beyond       the row is moved away from another one: what goes together still does, further out; as far as that is away, rows have five
 *                times their covariance, which is how Han et al. make local ones
 */
import type { Random } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import { columnSpans } from '../cells.ts';

export type Sort = 'dependence' | 'local' | 'global' | 'beyond';

export interface Recipe {
  /** For people. */
  readonly name: string;
  readonly sort: Sort;
  /** The share of the columns that is changed, one at least; of `beyond`, how far, as a share of the way between two rows. */
  readonly amount: number;
}

/** What finds one odd value need not find a row that is a little off everywhere. */
const EXTENTS = { few: 0.1, some: 0.3, all: 1 };
const STEPS = { 'half as far': 0.5, 'as far': 1 };

/** What detectors are told apart by. */
export const recipes: readonly Recipe[] = [
  ...(['dependence', 'local', 'global'] as const).flatMap((sort) =>
    Object.entries(EXTENTS).map(([extent, amount]) => ({ name: `${sort}, ${extent} columns`, sort, amount })),
  ),
  ...Object.entries(STEPS).map(([step, amount]) => ({ name: `beyond, ${step}`, sort: 'beyond' as const, amount })),
];

const BEYOND = 0.1;
/** Of another row at most this share of the columns is taken: all would be that row. */
const MOST_TAKEN = 0.5;

/** As many rows as `normal` has, each changed; a category's group of numbers is changed as a whole. */
export function makeAnomalies(
  normal: Dataset,
  { sort, amount }: Pick<Recipe, 'sort' | 'amount'>,
  random: Random,
): Dataset {
  const spans = columnSpans(normal.scaling);
  const width = normal.values.length / Math.max(1, normal.count);
  const values = Float32Array.from(normal.values);
  const spread = sort === 'dependence' || sort === 'beyond' ? [] : spreadsOf(normal, width);
  const share = sort === 'beyond' ? 1 : sort === 'dependence' ? Math.min(MOST_TAKEN, amount) : amount;
  const changed = Math.max(1, Math.round(share * spans.length));
  for (let row = 0; row < normal.count; row++) {
    const other = (row + 1 + random.integer(Math.max(1, normal.count - 1))) % normal.count;
    for (const span of random.permutation(spans.length).subarray(0, changed)) {
      const { from, to, isCategory } = spans[span];
      for (let at = from; at < to; at++) {
        const [own, theirs] = [normal.values[row * width + at], normal.values[other * width + at]];
        if (sort === 'beyond') {
          if (!isCategory && !Number.isNaN(theirs)) values[row * width + at] = own + amount * (own - theirs);
        } else
          values[row * width + at] =
            isCategory || sort === 'dependence' ? theirs : changedNumber(own, spread[at], sort, random);
      }
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

function changedNumber(
  value: number,
  { least, most, deviation }: Spread,
  sort: 'local' | 'global',
  random: Random,
): number {
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
