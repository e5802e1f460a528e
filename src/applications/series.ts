/**
 * Anomalies of series: rows of a table in their order, seen through windows.
 *
 *   rows ── windows ── detector ── nats of each moment and channel ── averaged over the windows that cover a row ── √ ── smoothed ── score
 *
 * The root keeps one great anomaly from hiding the smaller ones behind the threshold; smoothing joins what belongs together.
 */
import type { ArraySource, TableSource } from '../data/dataset.ts';
import { takeRows } from '../data/split.ts';
import { channelNames, windowStarts, windowsOf } from '../data/windows.ts';
import {
  type FitDetectorRequest,
  type FittedDetector,
  fitMembers,
  type Member,
  type SeriesWindows,
  scoreWith,
} from './detector.ts';
import { driftOf } from './drift.ts';
import { movingAverage, overlapAverage } from './row-averages.ts';

/** What cutting takes of it. */
export type Cuts = Pick<SeriesWindows, 'length' | 'channels'>;

/** Rows in a window where the user does not say: a tenth of a short series. */
const LENGTH = 150;
/** Numbers in all windows at once: more are cut with a stride. */
const MOST_NUMBERS = 5e7;
/** Scores are averaged over this share of the rows that were learned from (Hundman et al. 2018 take a hundredth). */
const SMOOTHED = 0.005;
/** … but over no more rows than this: a share of a long series would bury its anomalies. */
const MOST_SMOOTHED = 150;

export function defaultWindow(rows: number): number {
  return Math.max(2, Math.min(LENGTH, Math.floor(rows / 10)));
}

/** Rows that the scores of a series are averaged over. */
export function smoothingFor(rows: number): number {
  return Math.max(1, Math.min(MOST_SMOOTHED, Math.floor(SMOOTHED * rows)));
}

/** The windows of a series that fit into memory. @throws DataError for a series shorter than a window. */
export function cut(table: TableSource, windows: Cuts): ArraySource {
  const { length, channels } = windows;
  return windowsOf(table, { length, channels, stride: strideFor(table.rows, windows) });
}

/** Rows from one window to the next, so that all windows fit into memory, and every row has one. */
export function strideFor(rows: number, { length, channels }: Cuts): number {
  return Math.max(1, Math.min(length, Math.ceil((rows * length * channels.length) / MOST_NUMBERS)));
}

/** Windows that have each row, at least, where rows are not all in memory. */
const COVERED = 8;

/** As `strideFor`, of windows that are not in memory at once. */
export function coveringStride(rows: number, cuts: Cuts): number {
  return Math.min(strideFor(rows, cuts), Math.max(1, Math.floor(cuts.length / COVERED)));
}

/** Trains a detector of the rows of a series, by windows of `length` rows. @throws DataError for a series shorter than that. */
export async function fitSeriesDetector(
  request: Omit<FitDetectorRequest, 'source'> & { readonly source: TableSource; readonly length?: number },
): Promise<FittedDetector> {
  const { source, length = defaultWindow(source.rows) } = request;
  const cuts = { length, channels: channelNames(source) };
  const { members } = await fitMembers({ ...request, source: cut(source, cuts) });
  const ends = driftOf((await scoreEnds(members, lastRows(source, cuts), cuts)).scores);
  const windows = { ...cuts, smoothing: smoothingFor(source.rows), ends };
  const { scores } = await scoreRows(members, source, windows);
  return { members, windows, heldOut: new Int32Array(0), reference: scores.sort() };
}

/** As many of the last rows as have windows that fit into memory. */
export function endRows(rows: number, { length, channels }: Cuts): number {
  return Math.min(rows, length + Math.floor(MOST_NUMBERS / (length * channels.length)));
}

function lastRows(table: TableSource, cuts: Cuts): TableSource {
  const rows = endRows(table.rows, cuts);
  return takeRows(
    table,
    Int32Array.from({ length: rows }, (_, at) => table.rows - rows + at),
  );
}

export interface ScoredRows {
  readonly scores: Float64Array;
  /** Nats of each channel, `[rows, channels]`. */
  readonly columns: Float32Array;
  /** What the model would have expected, `[rows, channels]`, in raw units. */
  readonly expected: Float32Array;
}

/** Scores every row of a series. */
export async function scoreRows(
  members: readonly Member[],
  table: TableSource,
  windows: SeriesWindows,
): Promise<ScoredRows> {
  const { length, channels } = windows;
  const starts = windowStarts(table.rows, { length, stride: strideFor(table.rows, windows) });
  const { columns, reconstruction } = await scoreWith(members, cut(table, windows));
  const width = channels.length;
  const [{ card }] = members;
  const { scaling } = card;
  if (scaling.form !== 'array') throw new Error('internal: windows are arrays of numbers');
  const raw = reconstruction.map((value, i) => {
    const at = i % (length * width);
    return value * scaling.scale[at] + scaling.offset[at];
  });
  const nats = averaged(columns, starts, { rows: table.rows, length, width });
  const expected = averaged(raw, starts, { rows: table.rows, length, width });
  return { scores: movingAverage(windows.smoothing).finish(sizesOf(nats, width)), columns: nats, expected };
}

/** Scores of windows, as those of rows: averaged over the windows that cover a row, and smoothed. */
export function rowsOfWindows(scores: Float64Array, rows: number, windows: SeriesWindows): Float64Array {
  const { length } = windows;
  const starts = windowStarts(rows, { length, stride: strideFor(rows, windows) });
  const spread = new Float32Array(scores.length * length);
  for (const [at, score] of scores.entries()) spread.fill(score, at * length, (at + 1) * length);
  const each = averaged(spread, starts, { rows, length, width: 1 });
  return movingAverage(windows.smoothing).finish(Float64Array.from(each));
}

/** What windows say of each row and channel, `[windows, length, width]`, averaged to `[rows, width]`. */
function averaged(
  values: Float32Array,
  starts: Int32Array,
  { rows, length, width }: { readonly rows: number; readonly length: number; readonly width: number },
): Float32Array {
  const size = length * width;
  const average = overlapAverage(width);
  for (const [at, start] of starts.entries()) average.add(start, values.subarray(at * size, (at + 1) * size));
  return average.take(rows);
}

/** √(2 · nats) of each row, of `[rows, width]`. */
export function sizesOf(nats: Float32Array, width: number): Float64Array {
  return Float64Array.from({ length: nats.length / width }, (_, row) => {
    let total = 0;
    for (let at = row * width; at < (row + 1) * width; at++) total += nats[at];
    return Math.sqrt(2 * total);
  });
}

/** Rows at the end of a window whose nats are the score of its last one. */
const END = 0.1;

/** The score of the last row of a window, of the nats `[length, width]` of the window. */
export function endScore(nats: Float32Array, length: number): number {
  const width = nats.length / length;
  const counted = Math.max(1, Math.round(END * length));
  let total = 0;
  for (let at = nats.length - counted * width; at < nats.length; at++) total += nats[at];
  return Math.sqrt((2 * total) / counted);
}

/**
 * The score of the last row of each window of `length` rows, one a row: what can be said as soon as a row comes. `columns` are the nats of
 * each channel in that row.
 */
export async function scoreEnds(
  members: readonly Member[],
  table: TableSource,
  { length, channels }: Cuts,
): Promise<{ readonly scores: Float64Array; readonly columns: Float32Array }> {
  const width = channels.length;
  const source = windowsOf(table, { length, channels });
  const { columns: nats } = await scoreWith(members, source);
  const scores = new Float64Array(source.shape[0]);
  const columns = new Float32Array(scores.length * width);
  for (let window = 0; window < scores.length; window++) {
    const own = nats.subarray(window * length * width, (window + 1) * length * width);
    scores[window] = endScore(own, length);
    columns.set(own.subarray(own.length - width), window * width);
  }
  return { scores, columns };
}
