/**
 * A threshold that follows drift: scores beside their own recent past. Mean and variance forget exponentially (West 1979; Finch 2009,
 * section 9); what is far above them moves them no more than what is just so, so that a long anomaly does not soon pass for normal.
 */
export interface Drift {
  /** Where the scores have been lately. */
  readonly mean: number;
  readonly deviation: number;
}

export interface DriftOptions {
  /** Scores after which what was seen counts half. */
  readonly halfLife: number;
}

/** Standard deviations beyond which a score moves the mean no further. */
const FARTHEST = 3;
/** Of the mean: scores that never vary would call the least change an anomaly. */
const LEAST_SHARE = 0.01;

/** How many deviations a score is above its past. */
export function deviationsOf({ mean, deviation }: Drift, score: number): number {
  return (score - mean) / deviation;
}

/** The past with one more score in it. */
export function follow(drift: Drift, score: number, { halfLife }: DriftOptions): Drift {
  const { mean, deviation } = drift;
  const share = 1 - 2 ** (-1 / halfLife);
  const far = FARTHEST * deviation;
  const step = Math.min(far, Math.max(-far, score - mean));
  const moved = mean + share * step;
  const variance = (1 - share) * (deviation ** 2 + share * step ** 2);
  return { mean: moved, deviation: Math.max(Math.sqrt(variance), LEAST_SHARE * Math.abs(moved), Number.EPSILON) };
}

/** What a first run of scores says. */
export function driftOf(scores: ArrayLike<number>): Drift {
  const all = Array.from(scores);
  const mean = all.reduce((sum, score) => sum + score, 0) / all.length;
  const variance = all.reduce((sum, score) => sum + (score - mean) ** 2, 0) / all.length;
  return { mean, deviation: Math.max(Math.sqrt(variance), LEAST_SHARE * Math.abs(mean), Number.EPSILON) };
}
