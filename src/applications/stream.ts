/** Rows scored as they come, by a detector and a threshold that follows drift. */
import { appendRows } from '../data/append.ts';
import type { TableSource } from '../data/dataset.ts';
import { takeRows } from '../data/split.ts';
import { scoresOf } from './anomalies.ts';
import { cellOf, type Reason, reasonOf } from './anomaly-table.ts';
import type { Detector } from './detector.ts';
import { type Drift, deviationsOf, driftOf, follow } from './drift.ts';
import { scoreEnds } from './series.ts';

export interface StreamedRow {
  readonly score: number;
  /** How many of its recent standard deviations it is above its recent mean. */
  readonly deviations: number;
  /** Whether it is farther above than all of the last 150 rows were: where an alarm begins, or rises. */
  readonly isPeak: boolean;
  /** As it stood when the row came. */
  readonly threshold: number;
  readonly isAnomaly: boolean;
  /** The column that surprises most. */
  readonly because: string;
  readonly value: string;
  /** What the model would have expected; of series, where the window ends. */
  readonly expected: string;
}

export interface Stream {
  /** Of a series nothing is known before its first window is full. @throws DataError for a row that the detector was not made for. */
  push(row: TableSource): Promise<StreamedRow | undefined>;
}

/** Scores after which what was seen counts half, where the user does not say. */
const HALF_LIFE = 4000;
/** Rows in which one alarm is enough. */
const HOLD = 150;

export function makeStream(
  detector: Detector,
  threshold: number,
  { halfLife = HALF_LIFE }: { readonly halfLife?: number } = {},
): Stream {
  const { windows, reference } = detector;
  const usual = driftOf(reference);
  let drift: Drift = windows?.ends ?? usual;
  const recent: number[] = [];
  // As many deviations above the present mean as the threshold was above that of what was normal.
  const allowed = deviationsOf(usual, threshold);
  let past: TableSource | undefined;
  return {
    async push(row) {
      let told: Pick<Reason, 'score' | 'column' | 'value' | 'expected'>;
      if (windows) {
        past = past ? joined(past, row, windows.length) : row;
        if (past.rows < windows.length) return undefined;
        const { scores, columns } = await scoreEnds(detector.members, past, windows);
        const at = columns.indexOf(columns.reduce((most, nats) => Math.max(most, nats), Number.NEGATIVE_INFINITY));
        const column = windows.channels[at];
        told = { score: scores[0], column, value: cellOf(row, 0, column, at), expected: '' };
      } else {
        const found = await scoresOf(detector, row);
        told = reasonOf(row, { ...found, rarity: new Float64Array(1) }, 0);
      }
      const { score, column, value, expected } = told;
      const line = drift.mean + allowed * drift.deviation;
      const above = deviationsOf(drift, score);
      const isPeak = recent.every((other) => above > other);
      recent.push(above);
      if (recent.length > HOLD) recent.shift();
      drift = follow(drift, score, { halfLife });
      return {
        score,
        deviations: above,
        isPeak,
        threshold: line,
        isAnomaly: score > line,
        because: column,
        value,
        expected,
      };
    },
  };
}

/** The last `most` rows of both. */
function joined(past: TableSource, row: TableSource, most: number): TableSource {
  const both = appendRows(past, row);
  const kept = Math.min(most, both.rows);
  return takeRows(
    both,
    Int32Array.from({ length: kept }, (_, at) => both.rows - kept + at),
  );
}
