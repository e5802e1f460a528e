/**
 * Gaps filled by the examples nearest to the one with the gap, among those that have the cell. Troyanskaya et al. 2001, "Missing value
 * estimation methods for DNA microarrays"; distances over what both have, as if the rest differed as much (Dixon 1979).
 */
import type { Random } from '../../base/random.ts';
import { type Engine, float32 } from '../../engine/engine.ts';
import { add, divide, maximum, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { isNan, less, where } from '../../graph/ops/comparison.ts';
import { square } from '../../graph/ops/elementwise.ts';
import { input } from '../../graph/ops/input.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import {
  type CellColumn,
  type Cells,
  chosenRows,
  type Fill,
  hiddenOnce,
  isCategoryRight,
  widthOfCells,
} from '../cells.ts';
import { nearestPlaces } from '../neighbours.ts';
import { meansOf } from './column-means.ts';

/** Of so many neighbours, those are asked that told hidden cells of known examples best. */
const CHOICES = [1, 3, 5, 10, 20, 40];
const MOST = 40;
/** The nearest examples that are looked through for some that have a cell, before all are. */
const LOOKED_AT = 2 * MOST;
/** Known examples whose cells are hidden to choose the number of neighbours. */
const TRIED = 500;
/** Examples whose distances to all known ones are worked out at once. */
const BATCH = 64;

/** Learns from `donors`. Their number of neighbours is chosen by hiding a fifth of the cells of some of them. */
export async function fillByNeighbours(engine: Engine, donors: Cells, random: Random): Promise<Fill> {
  const search = await searchAmong(engine, donors);
  const means = meansOf(donors);
  const rows = random.permutation(donors.count).subarray(0, TRIED);
  const tried = chosenRows(donors, rows);
  const [hidden] = hiddenOnce(tried, random);
  const errors = CHOICES.map(() => 0);
  await eachGap(search, donors, hidden.cells, rows, (row, column, neighbours) => {
    for (const [at, k] of CHOICES.entries())
      errors[at] += errorOf(tried, row, column, told(donors, column, neighbours.subarray(0, k), means));
  });
  const k = CHOICES[errors.indexOf(Math.min(...errors))];
  return async (cells) => {
    const width = widthOfCells(cells);
    const filled = cells.values.slice();
    await eachGap(search, donors, cells, undefined, (row, column, neighbours) => {
      filled.set(told(donors, column, neighbours.subarray(0, k), means), row * width + column.from);
    });
    return filled;
  };
}

/** Mean of the neighbours' cells; of all cells where there are no neighbours. */
function told(donors: Cells, { from, to }: CellColumn, neighbours: Int32Array, means: Float64Array): Float64Array {
  if (neighbours.length === 0) return means.slice(from, to);
  const width = widthOfCells(donors);
  const totals = new Float64Array(to - from);
  for (const neighbour of neighbours)
    for (let entry = from; entry < to; entry++)
      totals[entry - from] += donors.values[neighbour * width + entry] / neighbours.length;
  return totals;
}

/** Squared error of a number, or 1 for a wrong category; nothing where the cell was missing before it was hidden. */
function errorOf(truth: Cells, row: number, column: CellColumn, guess: Float64Array): number {
  const width = widthOfCells(truth);
  const cell = truth.values.subarray(row * width + column.from, row * width + column.to);
  if (Number.isNaN(cell[0])) return 0;
  return column.isCategory ? Number(!isCategoryRight(cell, guess)) : (cell[0] - guess[0]) ** 2;
}

/** Less than any part of a column. */
const LEAST_SHARED = 1e-6;
const FARTHEST = 1e30;

/** Distances of `BATCH` examples to all donors, `[BATCH, donors]`. */
type Search = (values: Float32Array) => Promise<Float32Array>;

/** d² = Σ (a − b)² over what both have, divided by the share of the columns that is; by products of matrices. */
async function searchAmong(engine: Engine, donors: Cells): Promise<Search> {
  const width = widthOfCells(donors);
  const { count, columns } = donors;
  const [a, b] = [input('rows', 'float32', [BATCH, width]), input('donors', 'float32', [count, width])];
  const [hasA, hasB] = [a, b].map((x) => where(isNan(x), 0, 1));
  const [there, other] = [a, b].map((x) => where(isNan(x), 0, x));
  // An entry of a group counts for its part of the column.
  const share = Float32Array.from(columns.flatMap(({ from, to }) => Array(to - from).fill(1 / (to - from))));
  const shared = matmul(multiply(hasA, reshape(input('share', 'float32', [width]), [1, width])), hasB, { right: true });
  const apart = subtract(
    add(matmul(square(there), hasB, { right: true }), matmul(hasA, square(other), { right: true })),
    multiply(2, matmul(there, other, { right: true })),
  );
  // Of columns in all there are as many for every pair: left out. Those that share none come last.
  const mean = divide(apart, maximum(shared, LEAST_SHARED));
  const program = await engine.compile({ apart: where(less(shared, LEAST_SHARED), FARTHEST, mean) });
  return async (values) => {
    const { apart: found } = await program.run({
      rows: float32(values, [BATCH, width]),
      donors: float32(donors.values, [count, width]),
      share: float32(share),
    });
    return found.data as Float32Array;
  };
}

/**
 * Tells `told` of every gap the donors, at most `MOST`, that are nearest to the example and have the cell, nearest first. `selves` are
 * the examples' own places among the donors, which are passed over.
 */
async function eachGap(
  search: Search,
  donors: Cells,
  cells: Cells,
  selves: Int32Array | undefined,
  told: (row: number, column: CellColumn, neighbours: Int32Array) => void,
): Promise<void> {
  const width = widthOfCells(cells);
  const isGap = ({ values }: Cells, row: number, { from }: CellColumn): boolean =>
    Number.isNaN(values[row * width + from]);
  const rows = Array.from({ length: cells.count }, (_, row) => row).filter((row) =>
    cells.columns.some((column) => isGap(cells, row, column)),
  );
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH);
    const padded = Array.from({ length: BATCH }, (_, at) => batch[at] ?? batch[0]);
    const apart = await search(chosenRows(cells, padded).values);
    for (const [at, row] of batch.entries()) {
      const distances = apart.subarray(at * donors.count, (at + 1) * donors.count);
      const self = selves?.[row];
      const near = nearestPlaces(distances, LOOKED_AT, (donor) => donor !== self);
      for (const column of cells.columns) {
        if (!isGap(cells, row, column)) continue;
        const having = near.filter((donor) => !isGap(donors, donor, column));
        const isEnough = having.length >= MOST || near.length === donors.count;
        const found = isEnough
          ? having
          : nearestPlaces(distances, MOST, (donor) => donor !== self && !isGap(donors, donor, column));
        told(row, column, found.subarray(0, MOST));
      }
    }
  }
}
