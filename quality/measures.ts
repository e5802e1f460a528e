/** What codes are judged by beyond their reconstructions: a linear classifier, clusters, densities. Plain loops, on purpose. */
import type { Random } from 'autoencoder';
import { applyLinear, fitClassifier, type Labelled, largestOf } from '../src/applications/linear.ts';

export { kMeans } from '../src/applications/clusters.ts';
export type { Labelled } from '../src/applications/linear.ts';
export { areaUnderRoc } from '../src/applications/roc.ts';

/** Share of `test` that a linear classifier trained on `train` gets wrong. */
export function linearClassifierError(train: Labelled, test: Labelled, random: Random): number {
  const classes = 1 + train.labels.reduce((largest, label) => Math.max(largest, label), 0);
  const said = largestOf(applyLinear(fitClassifier(train, classes, random), test.values), classes);
  return said.filter((label, row) => label !== test.labels[row]).length / test.labels.length;
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
