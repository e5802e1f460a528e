/** Linear classifiers and regressions, which say what numbers tell by themselves. Plain loops over what is not 0. */
import { Matrix, solve } from 'ml-matrix';
import type { Random } from '../base/random.ts';

/** Rows of numbers with a class each. */
export interface Labelled {
  /** `[count, width]` row-major, finite. */
  readonly values: Float32Array;
  readonly labels: Int32Array;
}

/** What rows are multiplied by: score = weight · row + offset. */
export interface LinearModel {
  /** `[width, outputs]` row-major. */
  readonly weight: Float64Array;
  readonly offset: Float64Array;
}

/** Steps that a classifier is trained for at least. */
const LEAST_STEPS = 1500;

/**
 * Multinomial logistic regression. Columns are standardised; Adam on batches of 100, the learning rate falling to 0. Rows that are mostly
 * 0 take as long as what is not 0 in them.
 */
export function fitClassifier(
  train: Labelled,
  classes: number,
  random: Random,
  { epochs, weightDecay = 1e-3 }: { readonly epochs?: number; readonly weightDecay?: number } = {},
): LinearModel {
  const count = train.labels.length;
  const { scale, middle } = standardisation(train.values, count);
  const width = scale.length;
  const rows = rowsOf(train, scale);
  // Class by class for each column; the last row is the offset.
  const size = classes * (width + 1);
  const [weights, first, second, slope] = [0, 1, 2, 3].map(() => new Float64Array(size));
  const [scores, shift, total] = [0, 1, 2].map(() => new Float64Array(classes));
  const batch = Math.min(100, count);
  const passes = epochs ?? Math.max(30, Math.ceil(LEAST_STEPS / Math.floor(count / batch)));
  const steps = passes * Math.floor(count / batch);
  let step = 0;
  for (let epoch = 0; epoch < passes; epoch++) {
    const order = random.permutation(count);
    for (let start = 0; start + batch <= count; start += batch) {
      slope.fill(0);
      total.fill(0);
      shiftOf(weights, middle, shift);
      for (let at = start; at < start + batch; at++) {
        const row = order[at];
        score(weights, shift, rows, row, scores);
        softmax(scores);
        scores[train.labels[row]] -= 1;
        for (let c = 0; c < classes; c++) total[c] += scores[c] / batch;
        for (let k = rows.start[row]; k < rows.start[row + 1]; k++) {
          const offset = rows.column[k] * classes;
          for (let c = 0; c < classes; c++) slope[offset + c] += (scores[c] * rows.value[k]) / batch;
        }
      }
      for (let j = 0; j < width; j++) for (let c = 0; c < classes; c++) slope[j * classes + c] -= middle[j] * total[c];
      slope.set(total, width * classes);
      step += 1;
      const rate = (1e-3 * (1 + Math.cos((Math.PI * step) / steps))) / 2;
      const [one, two] = [1 - 0.9 ** step, 1 - 0.999 ** step];
      for (let i = 0; i < size; i++) {
        const g = slope[i] + weightDecay * weights[i];
        first[i] = 0.9 * first[i] + 0.1 * g;
        second[i] = 0.999 * second[i] + 0.001 * g * g;
        weights[i] -= (rate * (first[i] / one)) / (Math.sqrt(second[i] / two) + 1e-8);
      }
    }
  }
  shiftOf(weights, middle, shift);
  const weight = weights.subarray(0, width * classes).map((value, i) => value * scale[Math.floor(i / classes)]);
  return { weight, offset: shift.slice() };
}

/** Ridge regression of one number on standardised columns: (XᵀX + λ n I) w = Xᵀ y. */
export function fitRegression(values: Float32Array, target: ArrayLike<number>, ridge = 1e-4): LinearModel {
  const count = target.length;
  const { scale, middle } = standardisation(values, count);
  const width = scale.length;
  const x = new Matrix(count, width);
  for (let i = 0; i < values.length; i++) {
    const column = i % width;
    x.set(Math.floor(i / width), column, values[i] * scale[column] - middle[column]);
  }
  const mean = Array.from(target).reduce((total, value) => total + value / count, 0);
  const y = Matrix.columnVector(Array.from(target, (value) => value - mean));
  const penalty = (size: number): Matrix => Matrix.eye(size, size, ridge * count);
  // The smaller of the two systems.
  const found =
    width <= count
      ? solve(Matrix.add(x.transpose().mmul(x), penalty(width)), x.transpose().mmul(y))
      : x.transpose().mmul(solve(Matrix.add(x.mmul(x.transpose()), penalty(count)), y));
  const weight = Float64Array.from({ length: width }, (_, column) => found.get(column, 0) * scale[column]);
  const offset = Float64Array.of(mean - middle.reduce((total, at, column) => total + at * found.get(column, 0), 0));
  return { weight, offset };
}

/** Scores, `[count, outputs]`. */
export function applyLinear({ weight, offset }: LinearModel, values: Float32Array): Float64Array {
  const outputs = offset.length;
  const width = weight.length / outputs;
  const count = values.length / width;
  const scores = new Float64Array(count * outputs);
  for (let row = 0; row < count; row++) {
    const found = scores.subarray(row * outputs, (row + 1) * outputs);
    found.set(offset);
    for (let j = 0; j < width; j++) {
      const value = values[row * width + j];
      if (value !== 0) for (let c = 0; c < outputs; c++) found[c] += value * weight[j * outputs + c];
    }
  }
  return scores;
}

/** Where each row of `[count, width]` is largest. */
export function largestOf(scores: Float64Array, width: number): Int32Array {
  return Int32Array.from({ length: scores.length / width }, (_, row) => {
    const own = scores.subarray(row * width, (row + 1) * width);
    return own.indexOf(Math.max(...own));
  });
}

/** How columns become values of mean 0 and variance 1: value · scale − middle. */
function standardisation(values: Float32Array, count: number) {
  const width = values.length / count;
  const [mean, square] = [0, 1].map(() => new Float64Array(width));
  for (let i = 0; i < values.length; i++) {
    mean[i % width] += values[i] / count;
    square[i % width] += values[i] ** 2 / count;
  }
  const scale = mean.map((m, j) => 1 / Math.sqrt(square[j] - m * m + 1e-8));
  return { scale, middle: mean.map((m, j) => m * scale[j]) };
}

/** Of every row what is not 0: the columns, and the values times `scale`. */
interface Rows {
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
}

function rowsOf({ values, labels }: Labelled, scale: Float64Array): Rows {
  const width = scale.length;
  const filled = values.reduce((total, value) => total + (value === 0 ? 0 : 1), 0);
  const start = new Int32Array(labels.length + 1);
  const column = new Int32Array(filled);
  const value = new Float64Array(filled);
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0) {
      column[at] = i % width;
      value[at++] = values[i] * scale[i % width];
    }
    if (i % width === width - 1) start[(i + 1) / width] = at;
  }
  return { start, column, value };
}

/** What the offsets and the middles of the columns add to every score. */
function shiftOf(weights: Float64Array, middle: Float64Array, shift: Float64Array): void {
  const classes = shift.length;
  for (let c = 0; c < classes; c++) {
    shift[c] = weights[middle.length * classes + c];
    for (let j = 0; j < middle.length; j++) shift[c] -= middle[j] * weights[j * classes + c];
  }
}

function score(weights: Float64Array, shift: Float64Array, rows: Rows, row: number, scores: Float64Array): void {
  const classes = scores.length;
  scores.set(shift);
  for (let k = rows.start[row]; k < rows.start[row + 1]; k++) {
    const offset = rows.column[k] * classes;
    for (let c = 0; c < classes; c++) scores[c] += weights[offset + c] * rows.value[k];
  }
}

function softmax(scores: Float64Array): void {
  const largest = Math.max(...scores);
  let total = 0;
  for (let c = 0; c < scores.length; c++) total += scores[c] = Math.exp(scores[c] - largest);
  for (let c = 0; c < scores.length; c++) scores[c] /= total;
}
