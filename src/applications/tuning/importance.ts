/**
 * How much of what trials differ in each option accounts for: the variance of the average over all other options, as a share of the whole.
 * Hutter, Hoos & Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance", section 3, for single options.
 */
import { createRandom } from '../../base/random.ts';
import { placeOf } from './coordinates.ts';
import { type EndedJob, pointIn } from './decide.ts';
import { fitForest, type Leaf } from './forest.ts';
import type { Space } from './space.ts';

export interface Importance {
  /** Of each option by name, the most important first; what is missing of 1 are their interplay and chance. */
  readonly shares: readonly { readonly name: string; readonly share: number }[];
  /** Trials that it was told from, all after as many epochs. */
  readonly trials: number;
  readonly rung: number;
}

/** Fewer trials tell nothing. */
const LEAST_TRIALS = 8;
/** The highest rung with so many trials is looked at. */
const ENOUGH_TRIALS = 20;

/** Nothing where too few trials were measured. */
export function importance(space: Space, ended: readonly EndedJob[], rungs: number): Importance | undefined {
  const at = (rung: number) => ended.filter((job) => job.rung === rung && job.outcome.status === 'measured');
  const levels = Array.from({ length: rungs }, (_, rung) => rungs - 1 - rung);
  const rung = levels.find((level) => at(level).length >= ENOUGH_TRIALS) ?? 0;
  const jobs = at(rung);
  if (jobs.length < LEAST_TRIALS || space.length === 0) return undefined;
  const places = jobs.map((job) => {
    const point = pointIn(space, job);
    // An option that a trial does not have is as good as any value of it.
    return space.map(({ name, range }) => placeOf(range, point[name]) ?? 0.5);
  });
  // Errors differ by factors.
  const values = jobs.map(({ outcome }) =>
    Math.log(outcome.status === 'measured' ? Math.max(outcome.value, 1e-12) : 1),
  );
  const forest = fitForest(places, values, createRandom(0).fork('importance'));
  const shares = space.map(({ name }, axis) => ({ name, share: average(forest.map((tree) => shareOf(tree, axis))) }));
  return { shares: shares.toSorted((a, b) => b.share - a.share), trials: jobs.length, rung };
}

/** The variance of a tree's marginal along one axis, as a share of the tree's variance over the cube; 0 for a tree of one leaf. */
export function shareOf(tree: readonly Leaf[], axis: number): number {
  const volume = ({ box }: Leaf): number => box.reduce((product, [from, to]) => product * (to - from), 1);
  const mean = tree.reduce((sum, leaf) => sum + volume(leaf) * leaf.mean, 0);
  const whole = tree.reduce((sum, leaf) => sum + volume(leaf) * (leaf.mean - mean) ** 2, 0);
  if (whole <= 0) return 0;
  const ends = [...new Set(tree.flatMap(({ box }) => box[axis]))].toSorted((a, b) => a - b);
  let variance = 0;
  for (let at = 0; at < ends.length - 1; at++) {
    const [from, to] = [ends[at], ends[at + 1]];
    const across = tree.filter(({ box }) => box[axis][0] <= from && box[axis][1] >= to);
    const marginal = across.reduce(
      (sum, leaf) => sum + (volume(leaf) / (leaf.box[axis][1] - leaf.box[axis][0])) * leaf.mean,
      0,
    );
    variance += (to - from) * (marginal - mean) ** 2;
  }
  return variance / whole;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
