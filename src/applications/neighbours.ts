/** Who lies near whom: exact distances by products of matrices, nearest points, and how well a map keeps them. */
import type { Engine } from '../engine/engine.ts';
import { add, maximum, multiply, subtract } from '../graph/ops/arithmetic.ts';
import { reshape, sum } from '../graph/ops/broadcast.ts';
import { square } from '../graph/ops/elementwise.ts';
import { input } from '../graph/ops/input.ts';
import { matmul } from '../graph/ops/matmul.ts';
import type { Tensor } from '../graph/tensor.ts';

/** Points in rows, `[count, width]` row-major, finite. */
export interface Points {
  readonly values: Float32Array;
  readonly width: number;
}

/** Squared distances between some points, `[count, count]` row-major. */
export interface Distances {
  readonly values: Float32Array;
  readonly count: number;
}

/**
 * ‖a‖² + ‖b‖² − 2 a·b of all rows of both: `[m, width], [n, width] → [m, n]`, squared Euclidean distances. Rounding takes least away where
 * the numbers are no larger than the distances ask for: see `centred`.
 */
export function squaredDistances(a: Tensor, b: Tensor): Tensor {
  const [lengthsOfA, lengthsOfB] = [
    reshape(sum(square(a), [1]), [a.shape[0], 1]),
    reshape(sum(square(b), [1]), [1, b.shape[0]]),
  ];
  return maximum(subtract(add(lengthsOfA, lengthsOfB), multiply(2, matmul(a, b, { right: true }))), 0);
}

/** Squared Euclidean distances of all points from one another; takes 4 count² bytes. */
export async function distancesBetween(engine: Engine, points: Points): Promise<Distances> {
  return { values: await distancesAcross(engine, points, points), count: points.values.length / points.width };
}

/** Squared Euclidean distances of some points from others, `[some, others]` row-major; takes 4 bytes for each. */
export async function distancesAcross(engine: Engine, some: Points, others: Points): Promise<Float32Array> {
  const { width } = others;
  const [someCount, count] = [some.values.length / width, others.values.length / width];
  const a = input('some', 'float32', [someCount, width]);
  const b = input('others', 'float32', [count, width]);
  const program = await engine.compile({ apart: squaredDistances(a, b) });
  const { apart: found } = await program.run({
    some: { data: centred(some, others), shape: [someCount, width] },
    others: { data: centred(others), shape: [count, width] },
  });
  await program.dispose();
  return found.data as Float32Array;
}

/** In how many of their numbers points differ: distances between sequences of tokens. */
export function differencesBetween({ values, width }: Points): Distances {
  const count = values.length / width;
  const apart = new Float32Array(count * count);
  for (let row = 0; row < count; row++)
    for (let other = 0; other < row; other++) {
      let differing = 0;
      for (let i = 0; i < width; i++) if (values[row * width + i] !== values[other * width + i]) differing++;
      apart[row * count + other] = differing;
      apart[other * count + row] = differing;
    }
  return { values: apart, count };
}

/** Less the mean of some points, their own when absent: then numbers are no larger than the distances ask for. */
export function centred({ values, width }: Points, about: Points = { values, width }): Float32Array {
  const count = about.values.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < about.values.length; i++) mean[i % width] += about.values[i] / count;
  return values.map((value, i) => value - mean[i % width]);
}

/** The k points nearest to each but itself, nearest first; of equal distances the first: `[count, k]`. */
export function nearestOf({ values, count }: Distances, k: number): Int32Array {
  const found = new Int32Array(count * k);
  for (let row = 0; row < count; row++)
    found.set(
      nearestPlaces(values.subarray(row * count, (row + 1) * count), k, (place) => place !== row),
      row * k,
    );
  return found;
}

/** Places of the `most` smallest distances among those allowed, smallest first; of equal ones the first. */
export function nearestPlaces(
  distances: Float32Array,
  most: number,
  isAllowed: (place: number) => boolean,
): Int32Array {
  const best = new Int32Array(most);
  let held = 0;
  for (let place = 0; place < distances.length; place++) {
    if (held === most && distances[place] >= distances[best[most - 1]]) continue;
    if (!isAllowed(place)) continue;
    let at = held < most ? held++ : most - 1;
    for (; at > 0 && distances[best[at - 1]] > distances[place]; at--) best[at] = best[at - 1];
    best[at] = place;
  }
  return best.subarray(0, held);
}

/** Rows whose distances to all are held at a time. */
const BLOCK = 256;

/** Who is nearest to each point but itself, nearest first, and how far: `[count, k]`. */
export interface Nearest {
  readonly rows: Int32Array;
  /** Squared. */
  readonly distances: Float32Array;
}

/** The k points nearest to each; for many points. */
export async function nearestAmong(engine: Engine, points: Points, k: number): Promise<Nearest> {
  const { width } = points;
  const values = centred(points);
  const count = values.length / width;
  const some = input('some', 'float32', [BLOCK, width]);
  const all = input('all', 'float32', [count, width]);
  const program = await engine.compile({ apart: squaredDistances(some, all) });
  const rows = new Int32Array(count * k);
  const distances = new Float32Array(count * k);
  const block = new Float32Array(BLOCK * width);
  for (let start = 0; start < count; start += BLOCK) {
    block.set(values.subarray(start * width, (start + BLOCK) * width));
    const { apart: found } = await program.run({
      some: { data: block, shape: [BLOCK, width] },
      all: { data: values, shape: [count, width] },
    });
    const to = found.data as Float32Array;
    for (let row = start; row < Math.min(count, start + BLOCK); row++) {
      const line = to.subarray((row - start) * count, (row - start + 1) * count);
      const best = rows.subarray(row * k, (row + 1) * k);
      best.set(nearestPlaces(line, k, (place) => place !== row));
      for (let at = 0; at < k; at++) distances[row * k + at] = line[best[at]];
    }
  }
  await program.dispose();
  return { rows, distances };
}

/**
 * Whether points that are neighbours in `map` are so in `truth`: 1 − 2/(n k (2n − 3k − 1)) Σᵢ Σⱼ max(0, rank of j from i − k) over the
 * k nearest j of each i in the map; 1 when they all are, about ½ for a map at random. Venna & Kaski 2001, eq. 1. With the two exchanged:
 * continuity, eq. 2. k must be less than half the points.
 */
export function trustworthiness(truth: Distances, map: Distances, k: number): number {
  const { count } = truth;
  const nearest = nearestOf(map, k);
  let excess = 0;
  for (const [at, other] of nearest.entries()) excess += Math.max(0, rank(truth, Math.floor(at / k), other) - k);
  return 1 - (2 * excess) / (count * k * (2 * count - 3 * k - 1));
}

/** 1 for the nearest. */
function rank({ values, count }: Distances, row: number, other: number): number {
  const apart = values.subarray(row * count, (row + 1) * count);
  let nearer = 0;
  for (let third = 0; third < count; third++) if (third !== row && apart[third] < apart[other]) nearer++;
  return nearer + 1;
}

/** Share of the labelled points among whose k nearest neighbours their own label is more frequent than any other. */
export function neighbourAgreement(distances: Distances, labels: ArrayLike<number>, k: number): number {
  const nearest = nearestOf(distances, k);
  const known = Array.from({ length: distances.count }, (_, row) => row).filter((row) => labels[row] >= 0);
  const agreeing = known.filter((row) => {
    const votes = new Map<number, number>();
    for (const other of nearest.subarray(row * k, (row + 1) * k))
      if (labels[other] >= 0) votes.set(labels[other], (votes.get(labels[other]) ?? 0) + 1);
    const own = votes.get(labels[row]) ?? 0;
    return own > 0 && [...votes].every(([label, count]) => label === labels[row] || count < own);
  });
  return agreeing.length / known.length;
}
