/** Groups of codes: k-means, how many groups there are, and how well they are apart. */

import type { Random } from '../base/random.ts';
import { matrixRows } from '../data/split.ts';
import type { Engine } from '../engine/engine.ts';
import { type Distances, distancesBetween } from './neighbours.ts';

export interface Clusters {
  /** Of every row. */
  readonly assigned: Int32Array;
  readonly count: number;
  /** Mean silhouette, −1 … 1: near 1 groups are far apart, near 0 they touch. */
  readonly silhouette: number;
  /** Silhouettes of the numbers of groups that were tried. */
  readonly tried: readonly { readonly count: number; readonly silhouette: number }[];
}

/** Groups that are tried where their number is not given. */
const MOST_CLUSTERS = 12;
/** Silhouettes are measured on that many rows, drawn at random: distances are as many squared. */
const SAMPLE = 1500;

/** Groups of the rows of `[count, width]`: so many, or as many as give the largest silhouette. Rousseeuw 1987. */
export async function clusterRows(
  engine: Engine,
  values: Float32Array,
  width: number,
  clusters: number | 'auto',
  random: Random,
): Promise<Clusters> {
  const count = values.length / width;
  const rows = random.fork('sample').permutation(count).subarray(0, SAMPLE);
  const sample = matrixRows(values, width, rows);
  const distances = await distancesBetween(engine, { values: sample, width });
  const most = Math.max(2, Math.min(MOST_CLUSTERS, Math.floor(rows.length / 2)));
  const candidates = clusters === 'auto' ? Array.from({ length: most - 1 }, (_, i) => i + 2) : [clusters];
  const tried = candidates.map((number) => {
    const assigned = kMeans(sample, width, number, random.fork(`${number}`));
    return {
      count: number,
      silhouette: silhouette(distances, assigned),
      centres: centresOf(sample, width, assigned, number),
    };
  });
  const best = tried.reduce((sofar, next) => (next.silhouette > sofar.silhouette ? next : sofar));
  return {
    assigned: nearestCentre(values, width, best.centres),
    count: best.count,
    silhouette: best.silhouette,
    tried: tried.map(({ count: number, silhouette: found }) => ({ count: number, silhouette: found })),
  };
}

/**
 * Mean of (b − a) / max(a, b): a is the mean distance to the others of the own group, b that to the nearest other group. Rousseeuw 1987.
 * Rows that are alone in their group count 0.
 */
export function silhouette({ values, count }: Distances, assigned: Int32Array): number {
  const groups = 1 + assigned.reduce((largest, group) => Math.max(largest, group), 0);
  const sizes = new Float64Array(groups);
  for (const group of assigned) sizes[group]++;
  let total = 0;
  const sums = new Float64Array(groups);
  for (let row = 0; row < count; row++) {
    const own = assigned[row];
    if (sizes[own] < 2) continue;
    sums.fill(0);
    for (let other = 0; other < count; other++) sums[assigned[other]] += Math.sqrt(values[row * count + other]);
    const within = sums[own] / (sizes[own] - 1);
    let between = Number.POSITIVE_INFINITY;
    for (let group = 0; group < groups; group++)
      if (group !== own && sizes[group] > 0) between = Math.min(between, sums[group] / sizes[group]);
    const larger = Math.max(within, between);
    if (larger > 0 && Number.isFinite(between)) total += (between - within) / larger;
  }
  return total / count;
}

function centresOf(values: Float32Array, width: number, assigned: Int32Array, clusters: number): Float64Array {
  const centres = new Float64Array(clusters * width);
  const sizes = new Float64Array(clusters);
  for (const [row, cluster] of assigned.entries()) {
    sizes[cluster]++;
    for (let j = 0; j < width; j++) centres[cluster * width + j] += values[row * width + j];
  }
  return centres.map((sum, at) => sum / Math.max(1, sizes[Math.floor(at / width)]));
}

function nearestCentre(values: Float32Array, width: number, centres: Float64Array): Int32Array {
  return Int32Array.from({ length: values.length / width }, (_, row) => {
    let [closest, least] = [0, Number.POSITIVE_INFINITY];
    for (let at = 0; at < centres.length; at += width) {
      let apart = 0;
      for (let j = 0; j < width; j++) apart += (values[row * width + j] - centres[at + j]) ** 2;
      if (apart < least) [least, closest] = [apart, at / width];
    }
    return closest;
  });
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
