/** What a search found out, from the jobs that ended. */
import { DivergenceError } from '../../base/errors.ts';
import type { Averages } from '../learn.ts';
import { withDefaults } from '../recipe.ts';
import { agreement, LEAST_AGREEMENT } from './agreement.ts';
import { type EndedJob, pointIn } from './decide.ts';
import { type Importance, importance } from './importance.ts';
import type { Judgement } from './judgement.ts';
import { withoutMeasuring } from './objectives.ts';
import type { TuningPlan } from './plan.ts';
import type { Options } from './space.ts';

export interface Trial {
  /** 0 is the model that all defaults make. */
  readonly trial: number;
  /** The options of the space, by name. */
  readonly point: Options;
  readonly state: 'complete' | 'stopped' | 'failed';
  /** Epochs that it was trained for, at most. */
  readonly epochs: number;
  /** What the objective said after those; nothing where it failed. */
  readonly value?: number;
  readonly parts?: Judgement['parts'];
  readonly tenths?: Judgement['tenths'];
  readonly ranks?: Judgement['ranks'];
  readonly validation?: Averages;
  readonly seconds: number;
  /** Seconds of the search until it ended. */
  readonly elapsed: number;
  /** Why it failed. */
  readonly reason?: string;
}

export interface Tuned {
  /** In the order they were begun. */
  readonly trials: readonly Trial[];
  /** The best of those that were trained to the end and are surely no worse than the default one. */
  readonly best: Trial & { readonly value: number };
  /** One that is lower, but in these parts worse than the default one, or, where there are none, not by more than chance. */
  readonly passedOver?: { readonly trial: Trial & { readonly value: number }; readonly worse: readonly string[] };
  /** The default one, where it could be trained. */
  readonly initial?: Trial & { readonly value: number };
  /** Share by which the best is below the default one; 0 where that is the best. */
  readonly improvement?: number;
  /** What to train with to get the best again, as for `autoencoder` and `fit`, or for the use that it was tuned for. */
  readonly options: Options;
  /** How much of the difference each option accounts for. */
  readonly importance?: Importance;
  readonly seconds: number;
}

/** Nothing where no trial was trained to the end. */
export function resultOf(plan: TuningPlan, ended: readonly EndedJob[]): Tuned | undefined {
  const numbers = [...new Set(ended.map(({ trial }) => trial))].toSorted((a, b) => a - b);
  const trials = numbers.map((number) =>
    trialOf(
      plan,
      ended.filter(({ trial }) => trial === number),
    ),
  );
  const complete = trials.filter(isComplete);
  const initial = complete.find(({ trial }) => trial === 0);
  const inOrder = complete.toSorted((a, b) => a.value - b.value || a.trial - b.trial);
  const best = inOrder.find((trial) => trial === initial || !initial || isSurelyBetter(trial, initial));
  if (!best) return undefined;
  const [first] = inOrder;
  const fixed = withoutMeasuring(plan.objective, plan.fixed);
  return {
    trials,
    best,
    ...(first === best ? {} : { passedOver: { trial: first, worse: initial ? worseParts(first, initial) : [] } }),
    initial,
    improvement: initial && (initial.value > 0 ? 1 - best.value / initial.value : 0),
    options: best.trial === 0 ? fixed : withDefaults(fixed, best.point),
    importance: importance(plan, ended, plan.rungs.length),
    seconds: Math.max(0, ...ended.map(({ elapsed }) => elapsed)),
  };
}

/** The reason of the first trial, where all failed. */
export function nothingTrained(ended: readonly EndedJob[]): DivergenceError {
  const failed = ended.find(({ outcome }) => outcome.status === 'failed')?.outcome;
  return new DivergenceError(
    {
      where: `tuning, ${new Set(ended.map(({ trial }) => trial)).size} trials`,
      expected: 'at least one that can be trained to the end',
      got: failed?.status === 'failed' ? `failures; the first: ${failed.reason}` : 'none in the time there was',
      fix: 'search lower learning rates, give more --minutes, or look for extreme values in the data',
    },
    { step: 0, term: 'loss' },
  );
}

function isComplete(trial: Trial): trial is Trial & { readonly value: number } {
  return trial.state === 'complete' && trial.value !== undefined;
}

/** Names of the parts in which a trial is worse than the default one, and of what it sees otherwise. */
function worseParts({ parts = {}, ranks = [] }: Trial, { parts: before = {}, ranks: usual = [] }: Trial): string[] {
  const worse = Object.keys(before).filter((name) => parts[name] > before[name]);
  const agrees = agreement(ranks, usual) ?? 1;
  return agrees < LEAST_AGREEMENT
    ? [...worse, `which normal examples surprise (rank correlation ${agrees.toFixed(2)})`]
    : worse;
}

/** Of several models that differ by chance alone the luckiest is one standard error or two better: three tell more. */
const SURE = 3;

/** As far as the objective says how sure it is. */
function isSurelyBetter(trial: Trial, initial: Trial): boolean {
  if (worseParts(trial, initial).length > 0) return false;
  const { tenths: [...before] = [] } = initial;
  const gains = before.map((value, at) => value - (trial.tenths?.[at] ?? Number.NaN));
  if (gains.length < 2) return true;
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1);
  return mean > SURE * Math.sqrt(variance / gains.length);
}

function trialOf(plan: TuningPlan, jobs: readonly EndedJob[]): Trial {
  const last = jobs.toSorted((a, b) => b.rung - a.rung)[0];
  const seconds = jobs.reduce((sum, { outcome }) => sum + outcome.seconds, 0);
  const { trial, rung, outcome, elapsed } = last;
  const known = { trial, point: pointIn(plan, last), epochs: plan.rungs[rung], seconds, elapsed };
  if (outcome.status === 'failed') return { ...known, state: 'failed', reason: outcome.reason };
  const { value, parts, tenths, ranks, validation } = outcome;
  const state = rung === plan.rungs.length - 1 ? 'complete' : 'stopped';
  return { ...known, state, value, parts, tenths, ranks, validation };
}
