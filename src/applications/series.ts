/**
 * Anomalies of series: rows of a table in their order, seen through windows.
 *
 *   rows ── windows ── detector ── nats of each moment and channel ── averaged over the windows that cover a row ── √ ── smoothed ── score
 *
 * The root keeps one great anomaly from hiding the smaller ones behind the threshold; smoothing joins what belongs together.
 */
import { DataError } from '../base/errors.ts';
import type { ArraySource, Column, Source, TableSource } from '../data/dataset.ts';
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

/** What cutting takes of it. */
type Cuts = Pick<SeriesWindows, 'length' | 'channels'>;

/** Rows in a window where the user does not say: a tenth of a short series. */
const LENGTH = 150;
/** Numbers in all windows at once: more are cut with a stride. */
const MOST_NUMBERS = 5e7;
/** Scores are averaged over this share of the rows that were learned from (Hundman et al. 2018 take a hundredth). */
const SMOOTHED = 0.005;

export function defaultWindow(rows: number): number {
  return Math.max(2, Math.min(LENGTH, Math.floor(rows / 10)));
}

/** A table, whose rows are moments; rows of numbers become columns `feature1` …. @throws DataError for anything else. */
export function asSeries(source: Source): TableSource {
  if (source.form === 'table') return source;
  const [rows, width] = source.shape;
  if (source.shape.length !== 2)
    throw new DataError({
      where: source.name,
      expected: 'a table, whose rows are the moments of a series',
      got: `examples of shape [${source.shape.slice(1)}]`,
      fix: 'give a CSV file with a row for each moment',
    });
  const { name, values, labels } = source;
  const columns = Array.from(
    { length: width },
    (_, at): Column => ({
      type: 'numeric',
      name: `feature${at + 1}`,
      values: Float64Array.from({ length: rows }, (__, row) => values[row * width + at]),
    }),
  );
  return { form: 'table', name, rows, columns, labels };
}

/** The windows of a series that fit into memory. @throws DataError for a series shorter than a window. */
export function cut(table: TableSource, windows: Cuts): ArraySource {
  const { length, channels } = windows;
  return windowsOf(table, { length, channels, stride: strideFor(table.rows, windows) });
}

function strideFor(rows: number, { length, channels }: Cuts): number {
  return Math.max(1, Math.min(length, Math.ceil((rows * length * channels.length) / MOST_NUMBERS)));
}

/** Trains a detector of the rows of a series, by windows of `length` rows. @throws DataError for a series shorter than that. */
export async function fitSeriesDetector(
  request: Omit<FitDetectorRequest, 'source'> & { readonly source: TableSource; readonly length?: number },
): Promise<FittedDetector> {
  const { source, length = defaultWindow(source.rows) } = request;
  const smoothing = Math.max(1, Math.floor(SMOOTHED * source.rows));
  const cuts = { length, channels: channelNames(source) };
  const { members, learned } = await fitMembers({ ...request, source: cut(source, cuts) });
  const ends = driftOf((await scoreEnds(members, lastRows(source, cuts), cuts)).scores);
  const windows = { ...cuts, smoothing, ends };
  const { scores } = await scoreRows(members, source, windows);
  return { members, learned, windows, heldOut: new Int32Array(0), reference: scores.sort() };
}

/** As many of the last rows as have windows that fit into memory. */
function lastRows(table: TableSource, { length, channels }: Cuts): TableSource {
  const rows = Math.min(table.rows, length + Math.floor(MOST_NUMBERS / (length * channels.length)));
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
  const sizes = Float64Array.from({ length: table.rows }, (_, row) => {
    let total = 0;
    for (let at = row * width; at < (row + 1) * width; at++) total += nats[at];
    return Math.sqrt(2 * total);
  });
  return { scores: smoothed(sizes, windows.smoothing), columns: nats, expected };
}

/** Scores of windows, as those of rows: averaged over the windows that cover a row, and smoothed. */
export function rowsOfWindows(scores: Float64Array, rows: number, windows: SeriesWindows): Float64Array {
  const { length } = windows;
  const starts = windowStarts(rows, { length, stride: strideFor(rows, windows) });
  const spread = new Float32Array(scores.length * length);
  for (const [at, score] of scores.entries()) spread.fill(score, at * length, (at + 1) * length);
  const each = averaged(spread, starts, { rows, length, width: 1 });
  return smoothed(Float64Array.from(each), windows.smoothing);
}

/** What windows say of each row and channel, `[windows, length, width]`, averaged to `[rows, width]`. */
function averaged(
  values: Float32Array,
  starts: Int32Array,
  { rows, length, width }: { readonly rows: number; readonly length: number; readonly width: number },
): Float32Array {
  const total = new Float64Array(rows * width);
  const seen = new Int32Array(rows);
  for (const [window, start] of starts.entries()) {
    for (let at = 0; at < length * width; at++) total[start * width + at] += values[window * length * width + at];
    for (let row = start; row < start + length; row++) seen[row]++;
  }
  return Float32Array.from(total, (sum, at) => sum / Math.max(1, seen[Math.floor(at / width)]));
}

/** A moving average over `width` values about each; over as many as there are at the ends. */
function smoothed(values: Float64Array, width: number): Float64Array {
  const half = Math.floor(width / 2);
  const sums = new Float64Array(values.length + 1);
  for (const [at, value] of values.entries()) sums[at + 1] = sums[at] + value;
  return values.map((_, at) => {
    const [from, to] = [Math.max(0, at - half), Math.min(values.length, at + half + 1)];
    return (sums[to] - sums[from]) / (to - from);
  });
}

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

/**
 * Stretches of rows above `threshold`, joined where fewer than `gap` rows lie between; those that hardly stand out from what is below are
 * dropped.
 */
export function stretchesOf(scores: Float64Array, threshold: number, gap: number): Stretch[] {
  const found: { from: number; to: number; peak: number }[] = [];
  for (const [row, score] of scores.entries()) {
    if (!(score > threshold)) continue;
    const last = found.at(-1);
    if (last && row - last.to <= gap) {
      last.to = row;
      last.peak = Math.max(last.peak, score);
    } else found.push({ from: row, to: row, peak: score });
  }
  const isInside = new Uint8Array(scores.length);
  for (const { from, to } of found) isInside.fill(1, from, to + 1);
  const below = scores.reduce((most, score, row) => (isInside[row] ? most : Math.max(most, score)), 0);
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

/** Rows at the end of a window whose nats are the score of its last one. */
const END = 0.1;

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
  const counted = Math.max(1, Math.round(END * length));
  const scores = new Float64Array(source.shape[0]);
  const columns = new Float32Array(scores.length * width);
  for (let window = 0; window < scores.length; window++) {
    const end = (window + 1) * length * width;
    let total = 0;
    for (let at = end - counted * width; at < end; at++) total += nats[at];
    scores[window] = Math.sqrt((2 * total) / counted);
    columns.set(nats.subarray(end - width, end), window * width);
  }
  return { scores, columns };
}
