/**
 * Scores of a series that is read piece by piece, as tables. Which rows are one anomaly together, and which of these stand out, is known
 * when all scores are: until then they are in a file.
 *
 *   rows ── scores ── file ── all read: stretches ── tables
 */
import { joinNumbers } from '../data/append.ts';
import { makeRowsFile } from '../data/chunks/rows-file.ts';
import type { TableSource } from '../data/dataset.ts';
import type { Detector, SeriesWindows } from './detector.ts';
import type { PreparedChunk } from './prepared-chunks.ts';
import { scoreTables } from './scored-rows.ts';
import { coveringStride } from './series.ts';
import { makeSeriesScorer, type RowScores } from './series-scorer.ts';
import { findStretches, rowsInside, type Stretch } from './stretches.ts';

export interface ScoredSeries {
  /** The rows that come next. */
  add(chunk: PreparedChunk): Promise<void>;
  /** All that were added, when no more come. @throws DataError for a series shorter than a window. */
  tables(): AsyncGenerator<TableSource>;
  /** Rows that are one anomaly together; known with the first table. */
  stretches(): readonly Stretch[];
  end(): Promise<void>;
}

export interface ScoreSeriesRequest {
  /** What the series is called, for people. */
  readonly name: string;
  readonly detector: Detector;
  readonly windows: SeriesWindows;
  readonly threshold: number;
  /** Rows that will come, about: windows lie the farther apart the more there are. */
  readonly rows: number;
  /** The column that says when each row was. */
  readonly time?: string;
  /** Where the file of scores is while it is used. */
  readonly place: string;
}

/** Numbers that are kept of a row: score, number of the channel, its nats, time. */
const KEPT = 4;
const BYTES = KEPT * Float64Array.BYTES_PER_ELEMENT;
/** Rows of a table. */
const PART = 1 << 14;

/** @throws FileError for a full disk, OptionError for models that are told a class. */
export async function scoreSeries(request: ScoreSeriesRequest): Promise<ScoredSeries> {
  const { name, detector, windows, threshold, rows, time, place } = request;
  const stride = coveringStride(rows, windows);
  const scorer = makeSeriesScorer({ name, members: detector.members, windows, stride });
  const file = await makeRowsFile(place, BYTES);
  const finder = findStretches(threshold, windows.length);
  const tableOf = scoreTables(windows.channels, detector.reference);
  let count = 0;
  // Of rows without a score.
  let times: Float64Array = new Float64Array(0);
  let found: readonly Stretch[] = [];
  const keep = async (told: RowScores): Promise<void> => {
    const { length } = told.scores;
    finder.add(told.scores);
    await file.add(bytesOf(recordsOf(told, times)));
    times = times.slice(length);
    count += length;
  };
  return {
    async add({ parts: [{ data }], times: own }) {
      if (data.values instanceof Uint8Array) throw new Error('internal: channels are no bytes');
      if (own) times = joinNumbers(times, own);
      await keep(await scorer.add(data.values));
    },
    async *tables() {
      await keep(await scorer.finish());
      found = finder.finish();
      const isInside = rowsInside(found);
      for (let from = 0; from < count; from += PART) {
        const records = new Float64Array(KEPT * Math.min(PART, count - from));
        await file.read(from, bytesOf(records));
        const isAnomaly = (row: number): boolean => isInside(from + row);
        yield tableOf({ from, isAnomaly, ...toldBy(records, time) });
      }
    },
    stretches: () => found,
    async end() {
      await file.end();
      await scorer.dispose();
    },
  };
}

function recordsOf({ scores, column, nats }: RowScores, times: Float64Array): Float64Array {
  const records = new Float64Array(KEPT * scores.length);
  for (let row = 0, at = 0; row < scores.length; row++) {
    records[at++] = scores[row];
    records[at++] = column[row];
    records[at++] = nats[row];
    records[at++] = times[row];
  }
  return records;
}

function toldBy(records: Float64Array, time: string | undefined) {
  const rows = records.length / KEPT;
  const numbers = (place: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => records[KEPT * row + place]);
  return {
    scores: numbers(0),
    column: Int32Array.from(numbers(1)),
    nats: Float32Array.from(numbers(2)),
    ...(time === undefined ? {} : { time: { name: time, values: numbers(3) } }),
  };
}

function bytesOf(records: Float64Array): Uint8Array {
  return new Uint8Array(records.buffer, records.byteOffset, records.byteLength);
}
