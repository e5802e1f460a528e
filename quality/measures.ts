/** What codes are judged by beyond their reconstructions: a linear classifier, clusters, densities. Plain loops, on purpose. */
import type { Random } from 'autoencoder';

/** Rows of numbers with a class each. */
export interface Labelled {
  /** `[count, width]` row-major. */
  readonly values: Float32Array;
  readonly labels: Int32Array;
}

/**
 * Share of `test` that a linear classifier (multinomial logistic regression) trained on `train` gets wrong. Columns are standardised;
 * Adam on batches of 100, the learning rate falling to 0. Codes that are mostly 0 take as long as what is not 0 in them.
 */
export function linearClassifierError(
  train: Labelled,
  test: Labelled,
  random: Random,
  { epochs = 30, weightDecay = 1e-3 } = {},
): number {
  const classes = 1 + train.labels.reduce((largest, label) => Math.max(largest, label), 0);
  const count = train.labels.length;
  const columns = standardisation(train);
  const { scale, middle } = columns;
  const width = scale.length;
  const rows = rowsOf(train, scale);
  // Class by class for each column; the last row is the offset.
  const size = classes * (width + 1);
  const [weights, first, second, slope] = [0, 1, 2, 3].map(() => new Float64Array(size));
  const [scores, shift, total] = [0, 1, 2].map(() => new Float64Array(classes));
  const batch = 100;
  const steps = epochs * Math.floor(count / batch);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
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
  const unseen = rowsOf(test, scale);
  let wrong = 0;
  for (const [row, label] of test.labels.entries()) {
    score(weights, shift, unseen, row, scores);
    if (scores.indexOf(Math.max(...scores)) !== label) wrong++;
  }
  return wrong / test.labels.length;
}

/** How columns become values of mean 0 and variance 1: value · scale − middle. */
function standardisation({ values, labels }: Labelled) {
  const count = labels.length;
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

/** Cluster of every row by k-means (k-means++ starts, the best of `starts` by squared distance). */
export function kMeans(values: Float32Array, width: number, clusters: number, random: Random, starts = 10): Int32Array {
  let best = { cost: Infinity, assigned: new Int32Array(0) };
  for (let start = 0; start < starts; start++) {
    const found = kMeansOnce(values, width, clusters, random);
    if (found.cost < best.cost) best = found;
  }
  return best.assigned;
}

function kMeansOnce(values: Float32Array, width: number, clusters: number, random: Random) {
  const count = values.length / width;
  const centres = new Float64Array(clusters * width);
  const nearest = new Float64Array(count).fill(Infinity);
  const put = (cluster: number, row: number): void => {
    for (let j = 0; j < width; j++) centres[cluster * width + j] = values[row * width + j];
  };
  const distance = (row: number, cluster: number): number => {
    let total = 0;
    for (let j = 0; j < width; j++) total += (values[row * width + j] - centres[cluster * width + j]) ** 2;
    return total;
  };
  put(0, random.integer(count));
  for (let cluster = 1; cluster < clusters; cluster++) {
    let total = 0;
    for (let row = 0; row < count; row++) {
      nearest[row] = Math.min(nearest[row], distance(row, cluster - 1));
      total += nearest[row];
    }
    let left = random.uniform() * total;
    let row = 0;
    while (row < count - 1 && left > nearest[row]) left -= nearest[row++];
    put(cluster, row);
  }
  const assigned = new Int32Array(count).fill(-1);
  for (let round = 0; round < 100; round++) {
    let moved = 0;
    let cost = 0;
    for (let row = 0; row < count; row++) {
      let closest = 0;
      let least = Infinity;
      for (let cluster = 0; cluster < clusters; cluster++) {
        const d = distance(row, cluster);
        if (d < least) [least, closest] = [d, cluster];
      }
      cost += least;
      if (assigned[row] !== closest) moved++;
      assigned[row] = closest;
    }
    if (moved === 0 || round === 99) return { cost, assigned };
    const sizes = new Float64Array(clusters);
    centres.fill(0);
    for (let row = 0; row < count; row++) {
      sizes[assigned[row]]++;
      for (let j = 0; j < width; j++) centres[assigned[row] * width + j] += values[row * width + j];
    }
    for (let i = 0; i < centres.length; i++) centres[i] /= Math.max(1, sizes[Math.floor(i / width)]);
  }
  throw new Error('internal: k-means did not end');
}

/** Share of rows in the class that is matched with their cluster, under the best matching of clusters with classes. */
export function clusterAccuracy(assigned: Int32Array, labels: Int32Array, classes: number): number {
  const counts = new Float64Array(classes * classes);
  for (const [i, cluster] of assigned.entries()) counts[cluster * classes + labels[i]]++;
  // Over all subsets of classes: the best total of the first clusters matched within the subset.
  const best = new Float64Array(1 << classes).fill(-1);
  best[0] = 0;
  for (let subset = 0; subset < best.length; subset++) {
    let cluster = 0;
    for (let bits = subset; bits > 0; bits &= bits - 1) cluster++;
    if (cluster === classes) continue;
    for (let c = 0; c < classes; c++)
      if (!(subset & (1 << c)))
        best[subset | (1 << c)] = Math.max(best[subset | (1 << c)], best[subset] + counts[cluster * classes + c]);
  }
  return best[best.length - 1] / assigned.length;
}

/**
 * Average log-density of `points` under a Parzen window: normal distributions of deviation `sigma` around `samples`, in nats.
 * Breuleux et al. 2011.
 */
export function parzenLogDensity(points: Float32Array, samples: Float32Array, width: number, sigma: number): number {
  const [count, centres] = [points.length / width, samples.length / width];
  const norms = (values: Float32Array): Float64Array => {
    const total = new Float64Array(values.length / width);
    for (let i = 0; i < values.length; i++) total[Math.floor(i / width)] += values[i] ** 2;
    return total;
  };
  const [ofPoints, ofSamples] = [norms(points), norms(samples)];
  const exponents = new Float64Array(centres);
  let average = 0;
  for (let i = 0; i < count; i++) {
    let largest = -Infinity;
    for (let k = 0; k < centres; k++) {
      let product = 0;
      for (let j = 0; j < width; j++) product += points[i * width + j] * samples[k * width + j];
      exponents[k] = -(ofPoints[i] - 2 * product + ofSamples[k]) / (2 * sigma * sigma);
      if (exponents[k] > largest) largest = exponents[k];
    }
    let total = 0;
    for (let k = 0; k < centres; k++) total += Math.exp(exponents[k] - largest);
    average += (largest + Math.log(total / centres)) / count;
  }
  return average - (width / 2) * Math.log(2 * Math.PI * sigma * sigma);
}

/** Chance that a positive has a higher score than a negative. */
export function areaUnderCurve(scores: ArrayLike<number>, isPositive: ArrayLike<boolean>): number {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let [rank, positives, total] = [0, 0, 0];
  while (rank < order.length) {
    let end = rank;
    while (end < order.length && scores[order[end]] === scores[order[rank]]) end++;
    for (let at = rank; at < end; at++)
      if (isPositive[order[at]]) {
        positives++;
        total += (rank + end + 1) / 2;
      }
    rank = end;
  }
  return (total - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}
