/**
 * Which training comes next, from those that ended: the same ones give the same answer, so a search that is begun anew over its log goes on as if
 * it had never stopped.
 */
import { createRandom } from '../../base/random.ts';
import { type Activity, drawBlindly } from './draw-points.ts';
import { atRung, type Measured, promotion, standing } from './halving.ts';
import type { Options, Space } from './space.ts';
import { propose } from './tpe.ts';
import type { TrialOutcome } from './trial.ts';

/** Training of a trial up to a rung. */
export interface Job {
  /** From 0, in the order they were decided in. */
  readonly job: number;
  /** Trial 0 is the model that all defaults make. */
  readonly trial: number;
  readonly rung: number;
  /** What was drawn for the trial: the options of the space that it has. */
  readonly point: Options;
  /** Decided when the time was nearly up. */
  readonly isLast?: boolean;
}

export interface EndedJob extends Job {
  readonly outcome: TrialOutcome;
  /** Seconds of the search until it ended. */
  readonly elapsed: number;
}

/** `asha` halves blind proposals, `tpe-asha` those of `tpe`; the others train every trial to the end. */
export const methods = ['tpe-asha', 'asha', 'tpe', 'random'] as const;
export type Method = (typeof methods)[number];

export interface SearchPlan {
  readonly space: Space;
  /** Where the default model is in it, as far as it is. */
  readonly initial: Options;
  readonly isActive: Activity;
  readonly method: Method;
  /** At most, the default one included. */
  readonly trials: number;
  /** Epochs of the rungs. */
  readonly rungs: readonly number[];
  readonly seed: number;
}

/** Draws that may be of points tried before, until the space counts as tried in full. */
const MOST_DRAWS = 200;

/** The next job after `begun`, of which `ended` are known; nothing where only those under way could bring more. */
export function decide(plan: SearchPlan, begun: readonly Job[], ended: readonly EndedJob[]): Job | undefined {
  const measured = measurements(ended);
  const isBegun = (trial: number, rung: number): boolean =>
    begun.some((job) => job.trial === trial && job.rung >= rung);
  const next = (trial: number, rung: number, point: Options): Job => ({ job: begun.length, trial, rung, point });
  const pointOf = (trial: number): Options => begun.find((job) => job.trial === trial)?.point ?? {};
  // What all others are compared with is trained to the end in any case.
  const known = measured.filter(({ trial, value }) => trial === 0 && Number.isFinite(value));
  const reached = Math.max(-1, ...known.map(({ rung }) => rung));
  if (reached >= 0 && reached < plan.rungs.length - 1 && !isBegun(0, reached + 1)) return next(0, reached + 1, {});
  const promoted = promotion(measured, plan.rungs.length, isBegun);
  if (promoted) return next(promoted.trial, promoted.rung, pointOf(promoted.trial));
  const trials = new Set(begun.map(({ trial }) => trial)).size;
  if (trials === 0) return next(0, 0, {});
  if (trials >= plan.trials) return undefined;
  const point = newPoint(plan, begun, ended, trials);
  return point && next(trials, 0, point);
}

/**
 * The trial to be trained to the end before the search is: the best of those that came furthest, where none but the default one got there and it was
 * better than that at the same rung.
 */
export function leader(plan: SearchPlan, begun: readonly Job[], ended: readonly EndedJob[]): Job | undefined {
  const last = plan.rungs.length - 1;
  const measured = measurements(ended);
  if (atRung(measured, last).some(({ trial, value }) => trial !== 0 && Number.isFinite(value))) return undefined;
  const best = standing(measured).find(({ trial, value }) => trial !== 0 && Number.isFinite(value));
  if (!best || begun.some(({ trial, rung }) => trial === best.trial && rung === last)) return undefined;
  const ofDefault = measured.find(({ trial, rung }) => trial === 0 && rung === best.rung)?.value;
  if (ofDefault !== undefined && best.value >= ofDefault) return undefined;
  const point = begun.find(({ trial }) => trial === best.trial)?.point ?? {};
  return { job: begun.length, trial: best.trial, rung: last, point };
}

/** Values of what ended; infinite for what failed. */
function measurements(ended: readonly EndedJob[]): Measured[] {
  return ended.map(({ trial, rung, outcome }) => ({
    trial,
    rung,
    value: outcome.status === 'measured' ? outcome.value : Number.POSITIVE_INFINITY,
  }));
}

/** Where a trial is in the space. */
export function pointIn({ initial }: Pick<SearchPlan, 'initial'>, { trial, point }: Job): Options {
  return trial === 0 ? initial : point;
}

/** One that was not tried; undefined where no such point is found. */
function newPoint(
  plan: SearchPlan,
  begun: readonly Job[],
  ended: readonly EndedJob[],
  trial: number,
): Options | undefined {
  const { space, isActive, method, seed, initial } = plan;
  const random = createRandom(seed).fork('tune').fork(`trial ${trial}`);
  const points = new Map(ended.map((job) => [job.trial, pointIn(plan, job)]));
  const measured = measurements(ended);
  const tried = standing(measured).map((one) => ({
    point: points.get(one.trial) ?? {},
    effect: effectOf(one, measured),
  }));
  const known = new Set([initial, ...begun.map(({ point }) => point)].map((point) => keyOf(space, point)));
  const isKnown = (point: Options): boolean => known.has(keyOf(space, point));
  const isModelled = method === 'tpe' || method === 'tpe-asha';
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const source = random.fork(`draw ${draw}`);
    // A model that keeps proposing what was tried knows nothing new.
    const isBlind = !isModelled || draw >= MOST_DRAWS / 20;
    const point = isBlind
      ? drawBlindly(space, isActive, source)
      : propose(space, isActive, { tried, initial, isKnown }, source);
    if (!isKnown(point)) return point;
  }
  return undefined;
}

/** Less than a tenth of the default model's error is as good as a tenth. */
const LEAST_SHARE = 0.1;

/** log (value / value of the default model at the same rung); nothing where that is not known, or 0. */
function effectOf({ rung, value }: Measured, measured: readonly Measured[]): number | undefined {
  const ofDefault = measured.find((one) => one.trial === 0 && one.rung === rung)?.value;
  if (ofDefault === undefined || !(ofDefault > 0 && Number.isFinite(ofDefault))) return undefined;
  return Math.log(Math.max(LEAST_SHARE, value / ofDefault));
}

function keyOf(space: Space, point: Options): string {
  return JSON.stringify(space.map(({ name }) => point[name] ?? null));
}
