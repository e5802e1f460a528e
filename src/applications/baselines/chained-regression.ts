/**
 * Gaps filled by regressions in turn: every column from all others, filled as they stand, until nothing changes ("MICE": van Buuren &
 * Groothuis-Oudshoorn 2011, without the noise, for single values). Each is a Bayesian ridge regression, whose strength follows from
 * the data (MacKay 1992); of a category, one for the share of each of its values.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { type Engine, float32, type Program } from '../../engine/engine.ts';
import { multiply } from '../../graph/ops/arithmetic.ts';
import { input } from '../../graph/ops/input.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import { type CellColumn, type Cells, type Fill, widthOfCells } from '../cells.ts';
import { meansOf } from './column-means.ts';

const MOST_ROUNDS = 10;
/** Mean absolute change of the gaps, in scaled units, below which nothing changes. */
const SETTLED = 1e-3;
/** Entries that a column is told from: of more, those that correlate most. */
const MOST_PREDICTORS = 200;

/** What was learned of one column in one round: value − mean = Σ weights · (predictor − mean). */
interface Regression {
  readonly column: CellColumn;
  readonly predictors: Int32Array;
  /** `[predictors, entries of the column]` */
  readonly weights: Matrix;
  readonly meanOfPredictors: readonly number[];
  readonly meanOfColumn: readonly number[];
}

/** Learns the regressions of all rounds from `cells`; filling goes through them in the same order. */
export async function fillByRegressions(engine: Engine, cells: Cells): Promise<Fill> {
  const { count } = cells;
  const means = meansOf(cells);
  const filled = startingAt(means, cells);
  const order = byGaps(cells);
  const program = await productsOf(engine, count, means.length);
  const learned: Regression[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let [change, gaps] = [0, 0];
    for (const column of order) {
      const regression = await regressionOf(program, cells, filled, column);
      learned.push(regression);
      eachGap(cells, column, (row) => {
        change += tell(regression, filled, row, means.length);
        gaps += column.to - column.from;
      });
    }
    if (gaps === 0 || change / gaps < SETTLED) break;
  }
  await program.dispose();
  return async (given) => {
    const values = startingAt(means, given);
    for (const regression of learned)
      eachGap(given, regression.column, (row) => tell(regression, values, row, means.length));
    return values.map((value, at) => value + means[at % means.length]);
  };
}

/** Less the means: 0 in every gap. */
function startingAt(means: Float64Array, { values }: Cells): Float32Array {
  return values.map((value, at) => (Number.isNaN(value) ? 0 : value - means[at % means.length]));
}

/** All columns, those with the fewest gaps first: what is told from much is then there for the others. */
function byGaps(cells: Cells): CellColumn[] {
  const gaps = new Map(cells.columns.map((column) => [column, 0]));
  for (const column of cells.columns) eachGap(cells, column, () => gaps.set(column, (gaps.get(column) ?? 0) + 1));
  return cells.columns.toSorted((a, b) => (gaps.get(a) ?? 0) - (gaps.get(b) ?? 0));
}

function eachGap(cells: Cells, { from }: CellColumn, visit: (row: number) => void): void {
  const width = widthOfCells(cells);
  for (let row = 0; row < cells.count; row++) if (Number.isNaN(cells.values[row * width + from])) visit(row);
}

/** Fills the gap of one example; gives how much it changed. */
function tell(
  { column, predictors, weights, meanOfPredictors, meanOfColumn }: Regression,
  values: Float32Array,
  row: number,
  width: number,
): number {
  let change = 0;
  for (let entry = 0; entry < column.to - column.from; entry++) {
    let value = meanOfColumn[entry];
    for (let at = 0; at < predictors.length; at++)
      value += weights.get(at, entry) * (values[row * width + predictors[at]] - meanOfPredictors[at]);
    const place = row * width + column.from + entry;
    change += Math.abs(value - values[place]);
    values[place] = value;
  }
  return change;
}

/** Σ over the rows that count of x xᵀ, with a 1 behind each x: `[width + 1, width + 1]`. */
function productsOf(engine: Engine, count: number, width: number): Promise<Program> {
  const x = input('x', 'float32', [count, width + 1]);
  const counts = input('counts', 'float32', [count, 1]);
  return engine.compile({ products: matmul(multiply(x, counts), x, { left: true }) });
}

async function regressionOf(
  program: Program,
  cells: Cells,
  filled: Float32Array,
  column: CellColumn,
): Promise<Regression> {
  const { count } = cells;
  const width = widthOfCells(cells);
  const x = new Float32Array(count * (width + 1));
  for (let row = 0; row < count; row++) {
    x.set(filled.subarray(row * width, (row + 1) * width), row * (width + 1));
    x[row * (width + 1) + width] = 1;
  }
  const counts = Float32Array.from({ length: count }, (_, row) =>
    Number.isNaN(cells.values[row * width + column.from]) ? 0 : 1,
  );
  const { products } = await program.run({
    x: float32(x, [count, width + 1]),
    counts: float32(counts, [count, 1]),
  });
  const of = (row: number, other: number): number => products.data[row * (width + 1) + other];
  const rows = Math.max(1, of(width, width));
  const meanAt = (entry: number): number => of(entry, width) / rows;
  const covariance = (a: number, b: number): number => of(a, b) - rows * meanAt(a) * meanAt(b);
  const targets = Array.from({ length: column.to - column.from }, (_, entry) => column.from + entry);
  const predictors = strongest(covariance, targets, width);
  const eigen = new EigenvalueDecomposition(matrixOf(predictors, predictors, covariance), { assumeSymmetric: true });
  const rotated = eigen.eigenvectorMatrix.transpose().mmul(matrixOf(predictors, targets, covariance));
  const weights = targets.map((target, at) =>
    bayesianRidge(eigen.realEigenvalues, rotated.getColumn(at), covariance(target, target), rows),
  );
  return {
    column,
    predictors: Int32Array.from(predictors),
    weights: eigen.eigenvectorMatrix.mmul(new Matrix(weights).transpose()),
    meanOfPredictors: predictors.map(meanAt),
    meanOfColumn: targets.map(meanAt),
  };
}

/** The entries of other columns; where they are too many, those that correlate most with the targets. */
function strongest(covariance: (a: number, b: number) => number, targets: readonly number[], width: number): number[] {
  const others = Array.from({ length: width }, (_, entry) => entry).filter((entry) => !targets.includes(entry));
  if (others.length <= MOST_PREDICTORS) return others;
  const strength = new Map(
    others.map((entry) => {
      const variance = covariance(entry, entry);
      const shared = targets.reduce((most, target) => Math.max(most, covariance(entry, target) ** 2), 0);
      return [entry, variance > 0 ? shared / variance : 0];
    }),
  );
  return others.toSorted((a, b) => (strength.get(b) ?? 0) - (strength.get(a) ?? 0)).slice(0, MOST_PREDICTORS);
}

function matrixOf(rows: readonly number[], columns: readonly number[], of: (a: number, b: number) => number): Matrix {
  return new Matrix(rows.map((row) => columns.map((column) => of(row, column))));
}

const MOST_STEPS = 100;

/** Of the largest eigenvalue, what rounding to 32 bits may have made of 0: nothing can be told along such directions. */
const ROUNDING = 1e-5;

/**
 * The mean of the weights, along the eigenvectors of XᵀX with eigenvalues s, given Xᵀy along them, yᵀy and the number of rows. The
 * precisions α of the noise and λ of the weights are those that make the data most likely: MacKay 1992, found by turns; priors of
 * 10⁻⁶ keep them finite.
 */
function bayesianRidge(s: readonly number[], xy: readonly number[], yy: number, rows: number): number[] {
  const flat = 1e-6;
  const least = ROUNDING * Math.max(...s, 0);
  let alpha = rows / Math.max(yy, flat);
  let lambda = 1;
  let weights: number[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    const before = lambda / alpha;
    weights = s.map((value, at) => (value > least ? xy[at] / (value + before) : 0));
    let [effective, length, error] = [0, 0, yy];
    for (const [at, value] of s.entries()) {
      if (value <= least) continue;
      effective += value / (value + before);
      length += weights[at] ** 2;
      error += weights[at] * (value * weights[at] - 2 * xy[at]);
    }
    lambda = (effective + flat) / (length + flat);
    alpha = (Math.max(rows - effective, 0) + flat) / (Math.max(error, 0) + flat);
    if (Math.abs(lambda / alpha - before) < 1e-3 * before) break;
  }
  return weights;
}
