/** Rows of a series that are one anomaly together, and how they meet those that are labelled. */

/** Rows that belong together. */
export interface Stretch {
  readonly from: number;
  /** The last one. */
  readonly to: number;
  /** The highest score among them. */
  readonly peak: number;
}

/** A stretch must stand out from the next lower one by this share of its peak. Hundman et al. 2018, section 3.3. */
const STANDS_OUT = 0.1;

/** Stretches that are found while scores come, one part after the other. */
export interface StretchFinder {
  add(scores: Float64Array): void;
  /** Those that stand out from what is below them. */
  finish(): Stretch[];
}

/**
 * Stretches of rows above `threshold`, joined where fewer than `gap` rows lie between; those that hardly stand out from what is below are
 * dropped.
 */
export function stretchesOf(scores: Float64Array, threshold: number, gap: number): Stretch[] {
  const finder = findStretches(threshold, gap);
  finder.add(scores);
  return finder.finish();
}

/** Whether rows, asked for in their order, are in one of the stretches. */
export function rowsInside(stretches: readonly Stretch[]): (row: number) => boolean {
  let at = 0;
  return (row) => {
    while (at < stretches.length && stretches[at].to < row) at++;
    return at < stretches.length && stretches[at].from <= row;
  };
}

/** As `stretchesOf`, of scores that are not there at once. */
export function findStretches(threshold: number, gap: number): StretchFinder {
  const found: { from: number; to: number; peak: number }[] = [];
  let row = 0;
  // The highest score outside of all stretches, and the one since the last of them, which may yet be inside.
  let [below, since] = [0, 0];
  return {
    add(scores) {
      for (const score of scores) {
        const last = found.at(-1);
        if (!(score > threshold)) since = Math.max(since, score);
        else if (last && row - last.to <= gap) {
          last.to = row;
          last.peak = Math.max(last.peak, score);
          since = 0;
        } else {
          found.push({ from: row, to: row, peak: score });
          [below, since] = [Math.max(below, since), 0];
        }
        row++;
      }
    },
    finish: () => standingOut(found, Math.max(below, since)),
  };
}

function standingOut(found: readonly Stretch[], below: number): Stretch[] {
  const falling = found.toSorted((a, b) => b.peak - a.peak);
  let kept = 0;
  for (const [at, { peak }] of falling.entries())
    if (peak - (falling[at + 1]?.peak ?? below) > STANDS_OUT * peak) kept = at + 1;
  const least = kept === 0 ? Number.POSITIVE_INFINITY : falling[kept - 1].peak;
  return found.filter(({ peak }) => peak >= least);
}

/** How stretches that were found meet those that are labelled: one that overlaps finds it. */
export function overlapOf(found: readonly Stretch[], truth: readonly Pick<Stretch, 'from' | 'to'>[]): EventCounts {
  const meets = (a: Pick<Stretch, 'from' | 'to'>, b: Pick<Stretch, 'from' | 'to'>): boolean =>
    a.from <= b.to && a.to >= b.from;
  const hit = truth.filter((one) => found.some((other) => meets(one, other))).length;
  const wrong = found.filter((one) => !truth.some((other) => meets(one, other))).length;
  return { found: hit, missed: truth.length - hit, falseAlarms: wrong };
}

export interface EventCounts {
  readonly found: number;
  readonly missed: number;
  readonly falseAlarms: number;
}

/** 2 found / (2 found + missed + false alarms). */
export function f1Of({ found, missed, falseAlarms }: EventCounts): number {
  return found === 0 ? 0 : (2 * found) / (2 * found + missed + falseAlarms);
}

/** Runs of labelled anomalies. */
export function labelledStretches(labels: readonly (boolean | undefined)[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const [row, label] of labels.entries()) {
    if (label !== true) continue;
    const last = runs.at(-1);
    if (last?.to === row - 1) last.to = row;
    else runs.push({ from: row, to: row });
  }
  return runs;
}
