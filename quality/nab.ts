/** The series of the Numenta anomaly benchmark, and its two ways of counting: F1 of events, and the benchmark's own score. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadData, type TableSource } from 'autoencoder';

export interface NabSeries {
  readonly name: string;
  readonly group: string;
  /** One column, `value`. */
  readonly table: TableSource;
  /** First and last row of each labelled window. */
  readonly windows: readonly (readonly [from: number, to: number])[];
}

/** All series in the folder; those of one group only where a group is named. */
export async function nabSeries(folder: string): Promise<NabSeries[]> {
  const data = join(folder, 'nab', 'data');
  const labelled = JSON.parse(readFileSync(join(folder, 'nab', 'labels', 'combined_windows.json'), 'utf8'));
  const found: NabSeries[] = [];
  for (const group of readdirSync(data).sort())
    for (const file of readdirSync(join(data, group)).sort()) {
      const path = join(data, group, file);
      // One of the files goes back in time once: rows are taken in the order that they have.
      const { train } = await loadData(path, { columns: ['value'] });
      if (train.form !== 'table') throw new Error(`${path}: a table was expected`);
      const times = readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.slice(0, 19));
      const windows = (labelled[`${group}/${file}`] as [string, string][]).map(([from, to]) => {
        const inside = times.flatMap((time, row) =>
          time >= from.slice(0, 19) && time <= to.slice(0, 19) ? [row] : [],
        );
        return [inside[0], inside[inside.length - 1]] as const;
      });
      found.push({ name: `${group}/${file}`, group, table: train, windows });
    }
  return found;
}

/** A profile of the benchmark: what a find is worth, what a miss and a false alarm cost. */
export interface Profile {
  readonly truePositive: number;
  readonly falseNegative: number;
  readonly falsePositive: number;
}

export const STANDARD: Profile = { truePositive: 1, falseNegative: 1, falsePositive: 0.11 };

/** The first rows are for learning: 15 %, at most 750. */
export function probation(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), 750);
}

/**
 * The benchmark's score, 0 for a detector that says nothing, 100 for one that calls the first row of every window and no other. The one
 * threshold for all series is the best there is, as its own scorer chooses it. Lavin & Ahmad 2015, section III.
 */
export function nabScore(
  results: readonly { readonly series: NabSeries; readonly scores: ArrayLike<number> }[],
  { truePositive, falseNegative, falsePositive }: Profile,
): { readonly score: number; readonly threshold: number } {
  const events: { readonly score: number; readonly window?: string; readonly worth: number }[] = [];
  let windows = 0;
  for (const { series, scores } of results) {
    windows += series.windows.length;
    for (let row = probation(scores.length); row < scores.length; row++) {
      const within = series.windows.findIndex(([from, to]) => row >= from && row <= to);
      const score = Number(scores[row].toFixed(6));
      if (within >= 0) {
        const [from, to] = series.windows[within];
        const place = -(to - row + 1) / (to - from + 1);
        events.push({
          score,
          window: `${series.name} ${within}`,
          worth: (truePositive * scaledSigmoid(place)) / scaledSigmoid(-1),
        });
      } else {
        const before = series.windows.filter(([, to]) => to < row).at(-1);
        const worth = before ? afterWindow(row, before) : -1;
        events.push({ score, worth: falsePositive * worth });
      }
    }
  }
  events.sort((a, b) => b.score - a.score);
  // Going down the scores: each window is worth what its earliest call is worth.
  const calls = new Map<string, number>();
  let total = -falseNegative * windows;
  let best = { score: total, threshold: Number.POSITIVE_INFINITY };
  for (const [at, { score, window, worth }] of events.entries()) {
    if (window === undefined) total += worth;
    else {
      const known = calls.get(window);
      const better = known === undefined ? worth : Math.max(known, worth);
      total += better - (known ?? -falseNegative);
      calls.set(window, better);
    }
    if (events[at + 1]?.score !== score && total > best.score) best = { score: total, threshold: score };
  }
  const none = -falseNegative * windows;
  return { score: (100 * (best.score - none)) / (truePositive * windows - none), threshold: best.threshold };
}

/** Soon after a window, a call still counts as a late one. */
function afterWindow(row: number, [from, to]: readonly [number, number]): number {
  const place = (row - to) / Math.max(1, to - from);
  return place > 3 ? -1 : scaledSigmoid(place);
}

function scaledSigmoid(place: number): number {
  return 2 / (1 + Math.exp(5 * place)) - 1;
}
