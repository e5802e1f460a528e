/** From which score on an example is called an anomaly. */
import { OptionError } from '../base/errors.ts';
import { descending } from './roc.ts';

/** How a threshold is chosen. */
export type ThresholdRule =
  /** Above this share of the scores of what is normal. */
  | { readonly by: 'quantile'; readonly quantile: number }
  /** So many standard deviations above the mean score of what is normal. */
  | { readonly by: 'deviations'; readonly deviations: number }
  /** This share of the examples that are scored is called anomalies. */
  | { readonly by: 'share'; readonly share: number }
  /** Least costs on labelled examples, where a missed anomaly costs `ratio` times a false alarm. */
  | { readonly by: 'cost'; readonly ratio: number }
  /** Best F1 on labelled examples. */
  | { readonly by: 'labels' }
  | { readonly by: 'score'; readonly score: number };

/**
 * `quantile:0.99`, `deviations:2.5`, `share:0.02`, `cost:10`, `labels`, or a score.
 *
 * @throws OptionError for anything else.
 */
export function parseThreshold(text: string): ThresholdRule {
  const [, name, amount] = /^(?:(quantile|deviations|share|cost):)?(-?[\d.]+(?:e-?\d+)?)$/.exec(text) ?? [];
  const value = Number(amount);
  if (text === 'labels') return { by: 'labels' };
  const isShare = value > 0 && value < 1;
  if (name === 'quantile' && isShare) return { by: 'quantile', quantile: value };
  if (name === 'deviations' && value > 0) return { by: 'deviations', deviations: value };
  if (name === 'share' && isShare) return { by: 'share', share: value };
  if (name === 'cost' && value > 0) return { by: 'cost', ratio: value };
  if (name === undefined && amount !== undefined && Number.isFinite(value)) return { by: 'score', score: value };
  throw new OptionError({
    where: `--threshold ${text}`,
    expected: 'quantile:Q or share:S with a number between 0 and 1, deviations:D or cost:R above 0, labels, or a score',
    got: text,
    fix: 'for example --threshold quantile:0.99, or --threshold share:0.02',
  });
}

/** Where the user does not say: of series the scores of what is normal lie close together, and few of them tell a quantile. */
export function usualThreshold(isSeries: boolean): ThresholdRule {
  return isSeries ? { by: 'deviations', deviations: 2.5 } : { by: 'quantile', quantile: 0.99 };
}

/** Scores to choose by. */
export interface ThresholdData {
  /** Of what is normal, in ascending order. */
  readonly reference: ArrayLike<number>;
  /** Of the examples that are asked about. */
  readonly scores: ArrayLike<number>;
  /** Whether each of them is an anomaly, where that is known of any; undefined where it is not. */
  readonly isAnomaly?: readonly (boolean | undefined)[];
}

/**
 * The score above which an example is called an anomaly.
 *
 * @throws OptionError where labels are asked for and there are none, or all of one sort.
 */
export function chooseThreshold(rule: ThresholdRule, { reference, scores, isAnomaly }: ThresholdData): number {
  switch (rule.by) {
    case 'score':
      return rule.score;
    case 'quantile':
      return quantile(reference, rule.quantile);
    case 'deviations': {
      const all = Array.from(reference);
      const mean = all.reduce((sum, score) => sum + score, 0) / all.length;
      const variance = all.reduce((sum, score) => sum + (score - mean) ** 2, 0) / all.length;
      return mean + rule.deviations * Math.sqrt(variance);
    }
    case 'share':
      return quantile(Float64Array.from(scores).sort(), 1 - rule.share);
    case 'cost':
    case 'labels': {
      const known = knownOf(scores, isAnomaly, rule.by);
      const gain = ({ called, found }: Counts): number =>
        rule.by === 'labels' ? (2 * found) / (called + known.anomalies) : (rule.ratio + 1) * found - called;
      return bestThreshold(known, gain);
    }
    default:
      return rule satisfies never;
  }
}

/** The value below which `share` of the ascending `sorted` lie, in a straight line between neighbours. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

interface Known {
  readonly scores: readonly number[];
  readonly isAnomaly: readonly boolean[];
  readonly anomalies: number;
}

function knownOf(
  scores: ArrayLike<number>,
  isAnomaly: readonly (boolean | undefined)[] | undefined,
  by: string,
): Known {
  const rows = Array.from(isAnomaly ?? [], (_, row) => row).filter((row) => isAnomaly?.[row] !== undefined);
  const known = rows.map((row) => isAnomaly?.[row] === true);
  const anomalies = known.filter(Boolean).length;
  if (anomalies > 0 && anomalies < rows.length)
    return { scores: rows.map((row) => scores[row]), isAnomaly: known, anomalies };
  throw new OptionError({
    where: `--threshold ${by}`,
    expected: 'labelled examples of both sorts, normal and not',
    got: rows.length === 0 ? 'no labels' : `${anomalies} anomalies among ${rows.length} labelled examples`,
    fix: 'name the column of labels with --label, or choose --threshold quantile:0.99',
  });
}

interface Counts {
  /** Examples called anomalies, and how many of them are. */
  readonly called: number;
  readonly found: number;
}

/** Half way between the two scores where most is gained; above all of them where nothing is. */
function bestThreshold({ scores, isAnomaly }: Known, gain: (counts: Counts) => number): number {
  const order = descending(scores);
  let best = { gain: 0, threshold: scores[order[0]] };
  let found = 0;
  for (const [at, row] of order.entries()) {
    if (isAnomaly[row]) found++;
    const next = at + 1 < order.length ? scores[order[at + 1]] : undefined;
    if (next === scores[row]) continue;
    const gained = gain({ called: at + 1, found });
    if (gained > best.gain)
      best = { gain: gained, threshold: next === undefined ? scores[row] - 1 : (scores[row] + next) / 2 };
  }
  return best.threshold;
}
