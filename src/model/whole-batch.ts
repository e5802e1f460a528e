/**
 * The batch as a whole, for what is about all of its examples at once. Where ranks train together, each has only some rows of it; a model
 * asks here, and need not know whether that is so.
 */
import { joinAcross, sumAcross } from '../graph/ops/across.ts';
import { add, multiply } from '../graph/ops/arithmetic.ts';
import { sum } from '../graph/ops/broadcast.ts';
import { constant, iota } from '../graph/ops/input.ts';
import { mean } from '../graph/ops/reduce.ts';
import type { Tensor } from '../graph/tensor.ts';

/** The rows of a batch that one rank has: `rows` of `count`, from `from`. */
export interface BatchPart {
  readonly from: number;
  readonly rows: number;
  readonly count: number;
}

/** Where axis 0 is said to be rows, each example may have several, one after the other. */
export interface WholeBatch {
  /** How many rows the whole batch has where this rank has so many. */
  count(rows: number): number;
  /** The places of this rank's rows in the whole batch: uint32 `[rows]`. */
  places(rows: number): Tensor;
  /** Σ of x over the ranks: of a sum over this rank's rows, the sum over all. */
  sum(x: Tensor): Tensor;
  /** The average over `axes`, which disappear; the first of them is the rows. */
  mean(x: Tensor, axes: readonly number[]): Tensor;
  /** The rows of all ranks, `[rows, …] → [count(rows), …]`. */
  join(x: Tensor): Tensor;
}

/** `part` is absent where the rows of the graph are the batch. */
export function wholeBatch(part?: BatchPart): WholeBatch {
  if (!part)
    return { count: (rows) => rows, places: iota, sum: (x) => x, mean: (x, axes) => mean(x, axes), join: (x) => x };
  const count = (rows: number): number => perExample(rows, part) * part.count;
  const before = (rows: number): number => perExample(rows, part) * part.from;
  return {
    count,
    places: (rows) => add(iota(rows), constant(before(rows), [], 'uint32')),
    sum: sumAcross,
    mean(x, axes) {
      const each = axes.reduce((product, axis) => product * (axis === 0 ? count(x.shape[0]) : x.shape[axis]), 1);
      return sumAcross(multiply(sum(x, axes), 1 / each));
    },
    join: (x) => joinAcross(x, before(x.shape[0]), count(x.shape[0])),
  };
}

/** How often axis 0 of so many rows has each of the part's examples. */
export function perExample(rows: number, part: BatchPart): number {
  if (rows % part.rows === 0) return rows / part.rows;
  throw new Error(`internal: ${rows} rows are no multiple of the ${part.rows} that this rank has of the batch`);
}
