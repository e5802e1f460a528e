/**
 * A few labels passed on to unlabelled rows along neighbours: what is near in the code is likely to be of one class.
 *
 *   F ← α S F + (1 − α) Y,   S = D^−½ W D^−½ over the k nearest neighbours
 *
 * Zhou et al. 2004, "Learning with local and global consistency"; widths of the neighbourhoods as in Zelnik-Manor & Perona 2004.
 */
import type { Engine } from '../engine/engine.ts';
import { type Nearest, nearestAmong, type Points } from './neighbours.ts';

/** Neighbours of each row. */
const NEIGHBOURS = 10;
/** Share of what a row's neighbours say in what is said of it. */
const ALPHA = 0.99;
const ROUNDS = 200;

/**
 * Chances of each class for every row, `[count, classes]`; a row that no label reaches has 0 for all.
 *
 * @param labels Of each row, −1 where unknown.
 */
export async function spreadLabels(
  engine: Engine,
  points: Points,
  labels: Int32Array,
  classes: number,
): Promise<Float32Array> {
  const count = labels.length;
  const graph = neighbourGraph(await nearestAmong(engine, points, Math.min(NEIGHBOURS, count - 1)), count);
  const given = new Float64Array(count * classes);
  for (const [row, label] of labels.entries()) if (label >= 0) given[row * classes + label] = 1;
  let now: Float64Array = given.slice();
  for (let round = 0; round < ROUNDS; round++) now = passedOn(graph, now, given, classes);
  return chancesOf(now, given, classes);
}

/** Rows that are near one another, with how near: symmetric, normalised by the degrees of both. */
interface NeighbourGraph {
  readonly start: Int32Array;
  readonly other: Int32Array;
  readonly weight: Float64Array;
}

function neighbourGraph({ rows, distances }: Nearest, count: number): NeighbourGraph {
  const k = rows.length / count;
  const near: Map<number, number>[] = Array.from({ length: count }, () => new Map());
  const reach = Float64Array.from({ length: count }, (_, row) => Math.sqrt(distances[row * k + k - 1]) || 1e-12);
  for (const [at, other] of rows.entries()) {
    const row = Math.floor(at / k);
    const weight = Math.exp(-distances[at] / (reach[row] * reach[other]));
    near[row].set(other, weight);
    near[other].set(row, weight);
  }
  const degree = near.map((weights) => [...weights.values()].reduce((total, weight) => total + weight, 1e-12));
  const edges = near.flatMap((weights, row) =>
    [...weights].map(([other, weight]) => ({ other, weight: weight / Math.sqrt(degree[row] * degree[other]) })),
  );
  const start = new Int32Array(count + 1);
  for (const [row, { size }] of near.entries()) start[row + 1] = start[row] + size;
  return {
    start,
    other: Int32Array.from(edges, ({ other }) => other),
    weight: Float64Array.from(edges, ({ weight }) => weight),
  };
}

function passedOn(
  { start, other, weight }: NeighbourGraph,
  now: Float64Array,
  given: Float64Array,
  classes: number,
): Float64Array {
  const next = given.map((value) => (1 - ALPHA) * value);
  for (let row = 0; row + 1 < start.length; row++)
    for (let edge = start[row]; edge < start[row + 1]; edge++) {
      const share = ALPHA * weight[edge];
      for (let c = 0; c < classes; c++) next[row * classes + c] += share * now[other[edge] * classes + c];
    }
  return next;
}

/** Each class with as much in all as it has of the labels, each row summing to 1 (class mass normalisation, Zhu et al. 2003). */
function chancesOf(spread: Float64Array, given: Float64Array, classes: number): Float32Array {
  const [mass, wanted] = [spread, given].map((values) => {
    const total = new Float64Array(classes);
    for (let i = 0; i < values.length; i++) total[i % classes] += values[i];
    return total;
  });
  const chances = new Float32Array(spread.length);
  for (let row = 0; row < spread.length; row += classes) {
    let total = 0;
    for (let c = 0; c < classes; c++) if (mass[c] > 0) total += (spread[row + c] * wanted[c]) / mass[c];
    if (total === 0) continue;
    for (let c = 0; c < classes; c++)
      chances[row + c] = mass[c] > 0 ? (spread[row + c] * wanted[c]) / mass[c] / total : 0;
  }
  return chances;
}
