/**
 * Whether ways between examples lead through examples: what lies half-way, decoded, beside the two ends laid over one another.
 *
 *   pairs of the data ─┬─ half-way, decoded ──────┐
 *                      └─ blend of both, rebuilt ─┴─ how far to the nearest example of the data but these two
 *
 * Differences between pictures are angles about the mean picture: a blend is pale, and what is pale is near to everything otherwise.
 */
import type { Random } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import { takeExamples } from '../data/split.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { PathName } from './code-path.ts';
import { type DistanceName, nearestIn } from './exact-search.ts';
import { type Change, rowsOf, walk, waysBetween, waysOfChange } from './interpolate.ts';
import { centred } from './neighbours.ts';
import type { TrainedModel } from './trained.ts';

export interface PathQuality {
  /** Pairs of examples, drawn at random. */
  readonly pairs: number;
  /** `cosine`: 1 less the cosine of the angle about the mean of the data; `euclidean`: in scaled units. */
  readonly distance: DistanceName;
  /** From what lies half-way to the nearest example, and from the blend of both ends: medians. */
  readonly decoded: number;
  readonly blend: number;
}

/** What examples of one class are taken for when they have been made another: shares of their nearest examples. */
export interface ChangeQuality {
  /** Examples of the class that is taken away, drawn at random. */
  readonly examples: number;
  /** Nearest to one of the class that was put in its place: rebuilt without a change, and with it. */
  readonly before: number;
  readonly after: number;
}

const MOST_WAYS = 100;
/** More examples make no way longer. */
const MOST_KNOWN = 20_000;

/** Nothing for fewer than 4 examples, or for tokens, which have nothing between them. */
export async function pathQuality(
  trained: TrainedModel,
  all: Dataset,
  { path, random }: { readonly path?: PathName; readonly random: Random },
): Promise<PathQuality | undefined> {
  const data = someOf(all, random);
  const pairs = Math.min(MOST_WAYS, Math.floor(data.count / 2));
  if (pairs < 2 || trained.model.blueprint.vocabulary > 0) return undefined;
  const order = random.fork('pairs').permutation(data.count);
  const [from, to] = [order.subarray(0, pairs), order.subarray(pairs, 2 * pairs)];
  const { values } = await walk(trained, await waysBetween(trained, data, from, to), { steps: 3, path });
  const width = sizeOf(data.shape);
  const step = (which: number): Float32Array => values.filter((_, at) => Math.floor(at / width) % 3 === which);
  const [first, middle, last] = [0, 1, 2].map(step);
  const { distance, nearest } = comparer(trained, data);
  const apart = async (some: Float32Array): Promise<number> => {
    const { rows, distances } = await nearest(some, 3);
    // Of the three nearest the first that is no end of the way.
    return median(
      Array.from(from, (start, pair) => {
        const at = [0, 1, 2].find((rank) => ![start, to[pair]].includes(rows[3 * pair + rank])) ?? 2;
        return distances[3 * pair + at];
      }),
    );
  };
  const blended = first.map((value, at) => (value + last[at]) / 2);
  return { pairs, distance, decoded: await apart(middle), blend: await apart(blended) };
}

/** @throws as `waysOfChange`. */
export async function changeQuality(
  trained: TrainedModel,
  all: Dataset,
  change: Change,
  random: Random,
): Promise<ChangeQuality> {
  const data = someOf(all, random);
  const rows = rowsOf(data, change.minus);
  const some = Array.from(random.fork('changed').permutation(rows.length).subarray(0, MOST_WAYS), (at) => rows[at]);
  const { values } = await walk(trained, await waysOfChange(trained, data, some, change), { steps: 2, path: 'linear' });
  const width = sizeOf(data.shape);
  const { nearest } = comparer(trained, data);
  const share = async (which: number): Promise<number> => {
    const found = await nearest(
      values.filter((_, at) => Math.floor(at / width) % 2 === which),
      1,
    );
    const seen = Array.from(found.rows, (row) => data.labels?.names[data.labels.values[row]]);
    return seen.filter((label) => label === change.plus).length / some.length;
  };
  return { examples: some.length, before: await share(0), after: await share(1) };
}

function someOf(data: Dataset, random: Random): Dataset {
  if (data.count <= MOST_KNOWN) return data;
  return takeExamples(data, random.fork('known').permutation(data.count).subarray(0, MOST_KNOWN).sort());
}

/** Finds the `top` nearest examples of what is in scaled units. */
function comparer({ engine, model }: Pick<TrainedModel, 'engine' | 'model'>, data: Dataset) {
  const width = sizeOf(data.shape);
  const { inputScale } = model.blueprint;
  const distance: DistanceName = inputScale === 1 ? 'euclidean' : 'cosine';
  const known = { values: Float32Array.from(data.values, (value) => (value || 0) * inputScale), width };
  const all = { values: centred(known), width };
  return {
    distance,
    nearest: (values: Float32Array, top: number) =>
      nearestIn({ engine, asked: { values: centred({ values, width }, known), width }, all, distance, top }),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
