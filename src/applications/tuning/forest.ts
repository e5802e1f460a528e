/**
 * A small random forest of regression trees over the unit cube, each tree as its leaves: boxes with a mean.
 * Breiman 2001, "Random forests"; splits are midway between neighbouring values.
 */
import type { Random } from '../../base/random.ts';

export interface Leaf {
  /** Of each axis, from and to. */
  readonly box: readonly (readonly [number, number])[];
  readonly mean: number;
}

const TREES = 32;
const LEAST_IN_LEAF = 2;

/** Trees fitted to rows drawn with replacement; each is the list of its leaves, which fill the cube. */
export function fitForest(places: readonly (readonly number[])[], values: readonly number[], random: Random): Leaf[][] {
  const axes = places[0]?.length ?? 0;
  return Array.from({ length: TREES }, (_, tree) => {
    const source = random.fork(`tree ${tree}`);
    const rows = places.map(() => source.integer(places.length));
    return grow(
      rows,
      Array.from({ length: axes }, () => [0, 1] as const),
      { places, values, random: source },
    );
  });
}

interface Data {
  readonly places: readonly (readonly number[])[];
  readonly values: readonly number[];
  readonly random: Random;
}

function grow(rows: readonly number[], box: Leaf['box'], data: Data): Leaf[] {
  const split = rows.length < 2 * LEAST_IN_LEAF ? undefined : bestSplit(rows, data);
  if (!split) return [{ box, mean: meanOf(rows, data) }];
  const { axis, at } = split;
  const [from, to] = box[axis];
  const side = (part: readonly [number, number]): Leaf['box'] => box.with(axis, part);
  const isBelow = (row: number): boolean => data.places[row][axis] < at;
  return [
    ...grow(rows.filter(isBelow), side([from, at]), data),
    ...grow(
      rows.filter((row) => !isBelow(row)),
      side([at, to]),
      data,
    ),
  ];
}

/** The split that leaves the least variance, among half of the axes. */
function bestSplit(rows: readonly number[], { places, values, random }: Data) {
  const axes = places[0].length;
  const tried = random.permutation(axes).subarray(0, Math.max(1, Math.ceil(axes / 2)));
  let best: { readonly axis: number; readonly at: number; readonly gain: number } | undefined;
  for (const axis of tried) {
    const order = rows.toSorted((a, b) => places[a][axis] - places[b][axis]);
    const total = order.reduce((sum, row) => sum + values[row], 0);
    let below = 0;
    for (let count = 1; count < order.length; count++) {
      below += values[order[count - 1]];
      const [lower, upper] = [places[order[count - 1]][axis], places[order[count]][axis]];
      const isFull = count >= LEAST_IN_LEAF && order.length - count >= LEAST_IN_LEAF;
      if (lower === upper || !isFull) continue;
      const above = total - below;
      const gain = below ** 2 / count + above ** 2 / (order.length - count) - total ** 2 / order.length;
      if (gain > (best?.gain ?? 1e-12)) best = { axis, at: (lower + upper) / 2, gain };
    }
  }
  return best;
}

function meanOf(rows: readonly number[], { values }: Data): number {
  return rows.reduce((sum, row) => sum + values[row], 0) / Math.max(1, rows.length);
}
