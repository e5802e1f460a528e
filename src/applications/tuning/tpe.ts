/**
 * What to try next, from what was tried: mostly a step from the best, one option changed; else by densities, option by option: Bergstra et al. 2011,
 * "Algorithms for hyper-parameter optimization", section 4.
 *
 *   trials ── the best one ──> one option changed                                        three of four times
 *          ── the best few ──> density l ── draw candidates ──┐
 *          ── the others ────> density g ─────────────────────┴─ the one with the largest l / g
 */
import type { Random } from '../../base/random.ts';
import { choiceOf, placeOf, valueAt } from './coordinates.ts';
import { type Density, parzen } from './parzen.ts';
import type { Dimension, Options, Space } from './space.ts';

/** Whether an option is there, given the values drawn before it. */
export type Activity = (name: string, options: Options) => boolean;

/** Share of proposals that are a step from the best. */
const STEPS = 0.75;
/** Standard deviation of a step along a range, as a share of it. */
const STRIDE = 0.2;
const CANDIDATES = 24;
/** Trials before anything is known. */
const EARLY_TRIALS = 10;
/** Chance that an early trial has a default value. */
const KEPT = 2 / 3;
/** Of n trials about this many times √n are the best few. */
const BEST_SHARE = 0.5;

/** A point drawn blindly. */
export function drawBlindly(space: Space, isActive: Activity, random: Random): Options {
  return drawEach(space, isActive, ({ name, range }) => valueAt(range, random.fork(name).uniform()));
}

/** A point that is like `initial` in two of three options. */
function drawNear(initial: Options, space: Space, isActive: Activity, random: Random): Options {
  return drawEach(space, isActive, ({ name, range }) => {
    const source = random.fork(name);
    const isKept = source.uniform() < KEPT && placeOf(range, initial[name]) !== undefined;
    return isKept ? initial[name] : valueAt(range, source.uniform());
  });
}

/** `from` with one option changed; one that `from` has not, since it became active with that, is drawn. */
function stepFrom(from: Options, space: Space, isActive: Activity, random: Random): Options {
  const there = space.filter(({ name }) => isActive(name, from));
  if (there.length === 0) return drawBlindly(space, isActive, random);
  const { name: changed } = there[random.fork('option').integer(there.length)];
  return drawEach(space, isActive, ({ name, range }) => {
    const source = random.fork(name);
    const place = placeOf(range, from[name]);
    if (place === undefined) return valueAt(range, source.uniform());
    if (name !== changed) return from[name];
    if (range.type === 'range') return valueAt(range, within(place + STRIDE * source.normal()));
    const others = range.values.filter((_, at) => at !== choiceOf(range.values, from[name]));
    return others.length === 0 ? from[name] : others[source.integer(others.length)];
  });
}

function within(place: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(0, place));
}

/**
 * A point that looks like the best of `tried`, which are in order, the best first. Before enough are known, one near `initial`: defaults are
 * chosen with care, and most points that differ from them in everything are bad.
 */
export function propose(
  space: Space,
  isActive: Activity,
  { tried, initial }: { readonly tried: readonly Options[]; readonly initial: Options },
  random: Random,
): Options {
  if (random.fork('way').uniform() < STEPS) return stepFrom(tried[0] ?? initial, space, isActive, random.fork('step'));
  if (tried.length < EARLY_TRIALS) return drawNear(initial, space, isActive, random);
  const few = Math.max(2, Math.ceil(BEST_SHARE * Math.sqrt(tried.length)));
  const [best, others] = [tried.slice(0, few), tried.slice(few)];
  return drawEach(space, isActive, (dimension) => mostPromising(dimension, best, others, random.fork(dimension.name)));
}

function drawEach(space: Space, isActive: Activity, draw: (dimension: Dimension) => unknown): Options {
  const options: Record<string, unknown> = {};
  for (const dimension of space) if (isActive(dimension.name, options)) options[dimension.name] = draw(dimension);
  return options;
}

function mostPromising(
  { name, range }: Dimension,
  best: readonly Options[],
  others: readonly Options[],
  random: Random,
): unknown {
  const densityOf = (tried: readonly Options[]): Density => {
    const values = tried.map((options) => options[name]).filter((value) => value !== undefined);
    if (range.type === 'choice') return shares(range.values, values);
    return parzen(values.map((value) => placeOf(range, value)).filter((place) => place !== undefined));
  };
  const [good, bad] = [densityOf(best), densityOf(others)];
  let [chosen, most] = [0, Number.NEGATIVE_INFINITY];
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const place = good.draw(random);
    const promise = Math.log(good.at(place)) - Math.log(bad.at(place));
    if (promise > most) [chosen, most] = [place, promise];
  }
  return valueAt(range, chosen);
}

/** Of values that are not between one another: how often each was observed, and once besides. */
function shares(values: readonly unknown[], observed: readonly unknown[]): Density {
  const counts = values.map(() => 1);
  for (const value of observed) {
    const at = choiceOf(values, value);
    if (at >= 0) counts[at]++;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const bin = (place: number): number => Math.min(values.length - 1, Math.floor(place * values.length));
  return {
    draw(random) {
      let left = random.uniform() * total;
      const at = counts.findIndex((count) => {
        left -= count;
        return left < 0;
      });
      return ((at < 0 ? values.length - 1 : at) + 0.5) / values.length;
    },
    at: (place) => counts[bin(place)] / total,
  };
}
