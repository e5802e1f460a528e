/**
 * What to try next, from what was tried: mostly a step from the best, one option changed; else by densities, option by option: Bergstra et al. 2011,
 * "Algorithms for hyper-parameter optimization", section 4.
 *
 *   trials ── the best one ──> one option changed, the one that promises most           nine of ten times
 *          ── the best few ──> density l ── draw candidates ──┐
 *          ── the others ────> density g ─────────────────────┴─ the one with the largest l / g
 */
import type { Random } from '../../base/random.ts';
import { choiceOf, placeOf, valueAt } from './coordinates.ts';
import { type Activity, drawBlindly, drawEach } from './draw-points.ts';
import type { Tried } from './expected-gain.ts';
import { type Density, parzen } from './parzen.ts';
import type { Dimension, Options, Space } from './space.ts';
import { bestStep } from './steps.ts';

/** Share of proposals that are a step from the best. */
const STEPS = 0.9;
const CANDIDATES = 24;
/** Trials before anything is known. */
const EARLY_TRIALS = 10;
/** Chance that an early trial has a default value. */
const KEPT = 2 / 3;
/** Of n trials about this many times √n are the best few. */
const BEST_SHARE = 0.5;

/** What is known before a point is proposed. */
export interface Known {
  /** In order, the best first. */
  readonly tried: readonly Tried[];
  readonly initial: Options;
  /** Whether a point need not be proposed; none when absent. */
  readonly isKnown?: (point: Options) => boolean;
}

/**
 * A point that looks like the best of `tried`. Before enough are known, one near `initial`: defaults are chosen with care, and most points that
 * differ from them in everything are bad.
 */
export function propose(
  space: Space,
  isActive: Activity,
  { tried, initial, isKnown = () => false }: Known,
  random: Random,
): Options {
  if (random.fork('way').uniform() < STEPS) {
    const step = bestStep(tried[0]?.point ?? initial, tried, space, isActive, isKnown, random.fork('step'));
    return step ?? drawBlindly(space, isActive, random.fork('blind'));
  }
  if (tried.length < EARLY_TRIALS) return drawNear(initial, space, isActive, random);
  const few = Math.max(2, Math.ceil(BEST_SHARE * Math.sqrt(tried.length)));
  const points = tried.map(({ point }) => point);
  const [best, others] = [points.slice(0, few), points.slice(few)];
  return drawEach(space, isActive, (dimension) => mostPromising(dimension, best, others, random.fork(dimension.name)));
}

/** A point that is like `initial` in two of three options. */
function drawNear(initial: Options, space: Space, isActive: Activity, random: Random): Options {
  return drawEach(space, isActive, ({ name, range }) => {
    const source = random.fork(name);
    const isKept = source.uniform() < KEPT && placeOf(range, initial[name]) !== undefined;
    return isKept ? initial[name] : valueAt(range, source.uniform());
  });
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
