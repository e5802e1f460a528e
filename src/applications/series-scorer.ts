/**
 * Scores of the rows of a series of any length, as its rows come:
 *
 *   rows ── windows that are full ── nats ── averaged where no further window comes ── √ ── smoothed where enough rows follow ── score
 *
 * Between two parts stay the rows of one window, and the scores that smoothing reaches over.
 */
import { joinNumbers } from '../data/append.ts';
import { requireWindow } from '../data/windows.ts';
import { type MostNats, mostOf } from './chunk-scorer.ts';
import type { Member, SeriesWindows } from './detector.ts';
import { movingAverage, overlapAverage } from './row-averages.ts';
import { requireAnyValue } from './scoring-data.ts';
import { sizesOf } from './series.ts';
import { makeWindowScorer } from './window-scorer.ts';

/** Of rows one after the other: their scores, and the channel of each that surprises most. */
export interface RowScores extends MostNats {
  readonly scores: Float64Array;
}

export interface SeriesScorer {
  /** Scores that are known with these rows, `[rows, channels]` in raw units: those of the first that have none yet. */
  add(rows: Float32Array): Promise<RowScores>;
  /** Those of all other rows. @throws DataError for a series shorter than a window, or without a single value. */
  finish(): Promise<RowScores>;
  dispose(): Promise<void>;
}

export interface SeriesScorerRequest {
  /** What the series is called, for people. */
  readonly name: string;
  readonly members: readonly Member[];
  readonly windows: Pick<SeriesWindows, 'length' | 'channels' | 'smoothing'>;
  /** Rows from one window to the next. */
  readonly stride: number;
}

/** As `scoreRows`, in 32 bits. @throws OptionError for models that are told a class. */
export function makeSeriesScorer({ name, members, windows, stride }: SeriesScorerRequest): SeriesScorer {
  const { length, smoothing } = windows;
  const width = windows.channels.length;
  const scorer = makeWindowScorer(name, members, windows);
  const average = overlapAverage(width);
  const smooth = movingAverage(smoothing);
  // Rows `from` to `to` are kept: windows that come later may have them. The next one begins at `next`.
  let kept: Float32Array = new Float32Array(0);
  let [from, to, next] = [0, 0, 0];
  let isAnyThere = false;
  let waiting: MostNats = { column: new Int32Array(0), nats: new Float32Array(0) };

  const see = (starts: readonly number[]): Promise<void> => {
    const places = starts.map((start) => start - from);
    return scorer.score(kept, places, (nats, place) => average.add(from + place, nats));
  };
  const told = (nats: Float32Array, smoothed: (sizes: Float64Array) => Float64Array): RowScores => {
    const { column, nats: most } = joined(waiting, mostOf(nats, nats.length / width));
    const scores = smoothed(sizesOf(nats, width));
    const { length: known } = scores;
    waiting = { column: column.slice(known), nats: most.slice(known) };
    return { scores, column: column.slice(0, known), nats: most.slice(0, known) };
  };
  return {
    async add(rows) {
      isAnyThere ||= rows.some((value) => !Number.isNaN(value));
      kept = joinNumbers(kept, rows);
      to += rows.length / width;
      const starts: number[] = [];
      for (; next + length <= to; next += stride) starts.push(next);
      await see(starts);
      // Should these be all rows, the last window ends with them: it begins `length` rows before.
      const done = Math.max(from, to - length);
      kept = kept.slice((done - from) * width);
      from = done;
      return told(average.take(done), smooth.add);
    },
    async finish() {
      requireWindow(name, to, length);
      requireAnyValue(name, isAnyThere);
      const last = to - length;
      if (next - stride < last) await see([last]);
      return told(average.take(to), smooth.finish);
    },
    dispose: scorer.dispose,
  };
}

/** Those of rows, and of the ones after them. */
export function joinScores(first: RowScores, second: RowScores): RowScores {
  return { scores: joinNumbers(first.scores, second.scores), ...joined(first, second) };
}

function joined(first: MostNats, second: MostNats): MostNats {
  return { column: joinNumbers(first.column, second.column), nats: joinNumbers(first.nats, second.nats) };
}
