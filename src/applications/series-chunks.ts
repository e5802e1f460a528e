/**
 * The rows of a series in files, one file after the other, some rows at a time:
 *
 *   files ── columns of numbers as they are, a channel for each category ── [rows, channels], and when each row was
 */
import { DataError } from '../base/errors.ts';
import { type OpenChunksRequest, openChunks } from '../data/chunks/open-chunks.ts';
import { surveyFiles } from '../data/chunks/survey.ts';
import { scalingFit } from '../data/columns/fit.ts';
import { timeColumn } from '../data/columns/time.ts';
import type { Source } from '../data/dataset.ts';
import { noTable } from '../data/load.ts';
import { sourceCount } from '../data/split.ts';
import { asSeries, channelNames, channelRows, columnsOfChannels } from '../data/windows.ts';

export interface SeriesColumns {
  /** As `channelNames` gives them. */
  readonly channels: readonly string[];
  /** The column that says when each row was. */
  readonly time?: string;
}

export interface SeriesChunk {
  /** Rows before it. */
  readonly from: number;
  /** `[rows, channels]` in raw units; missing values are NaN. */
  readonly values: Float32Array;
  /** Seconds, where a column says so. */
  readonly times?: Float64Array;
}

export interface SeriesChunks {
  readonly reader: 'duckdb' | 'own';
  /** Where that is known before. */
  readonly rows?: number;
  /** @throws DataError for a file that cannot be read, or for a time before that of the row above. */
  chunks(): AsyncGenerator<SeriesChunk>;
}

/** @throws DataError for files that cannot be read, or without a channel. */
export async function openSeries(
  reading: Omit<OpenChunksRequest, 'columns' | 'types'>,
  { channels, time }: SeriesColumns,
): Promise<SeriesChunks> {
  const { types: all } = await surveyFiles({ ...reading, files: reading.files.slice(0, 1) });
  const names = Object.keys(all).filter((name) => name !== time);
  // The columns of arrays have none.
  const types = names.length === 0 ? undefined : columnsOfChannels(channels, names, reading.files[0]);
  const columns = types && [...Object.keys(types), ...(time === undefined ? [] : [time])];
  const reader = await openChunks({ ...reading, columns, types });
  return {
    reader: reader.name,
    rows: reader.rows,
    async *chunks() {
      const timesOf = time === undefined ? undefined : timeReader(time);
      for await (const { from, source } of reader.chunks()) {
        const times = timesOf?.(source);
        yield { from, values: channelRows(asSeries(source), channels), ...(times ? { times } : {}) };
      }
    },
  };
}

/** How channels are found. */
export interface FindChannelsRequest {
  readonly reading: OpenChunksRequest;
  /** What the series is called, for people. */
  readonly name: string;
  readonly time?: string;
  /** Rows that were looked through. */
  readonly onRows?: (rows: number) => void;
}

/** The channels of files of which nothing is known. @throws DataError for a column of texts that are no categories. */
export async function findChannels(request: FindChannelsRequest): Promise<string[]> {
  const { reading, name, time } = request;
  const { columns, files } = reading;
  const shown = columns && time !== undefined ? [...columns, time] : columns;
  const { types } = await surveyFiles({ ...reading, files: files.slice(0, 1), columns: shown });
  const names = Object.keys(types);
  if (names.length === 0) return channelsOfArray(reading);
  const features = names.filter((column) => column !== time);
  if (features.length === 0)
    throw new DataError({
      where: name,
      expected: 'at least 1 column to learn from',
      got: `none besides ${JSON.stringify(time)}`,
      fix: 'keep more columns with --columns',
    });
  const texts = features.filter((column) => types[column] === 'category');
  const categories = texts.length === 0 ? new Map<string, string[]>() : await categoriesOf(texts, request);
  return features.flatMap((column) => categories.get(column) ?? [column]);
}

async function channelsOfArray(reading: OpenChunksRequest): Promise<string[]> {
  for await (const { source } of (await openChunks(reading)).chunks()) return channelNames(asSeries(source));
  return [];
}

/** The channels that columns of texts are. */
async function categoriesOf(
  columns: readonly string[],
  { reading, name, onRows }: FindChannelsRequest,
): Promise<Map<string, string[]>> {
  const types = Object.fromEntries(columns.map((column) => [column, 'category' as const]));
  const reader = await openChunks({ ...reading, columns, types });
  const fit = scalingFit(name);
  for await (const { from, source } of reader.chunks()) {
    fit.add(source);
    onRows?.(from + sourceCount(source));
  }
  const scaling = fit.finish('none');
  const rules = scaling.form === 'columns' ? scaling.columns : [];
  return new Map(
    rules.map((rule) => [
      rule.name,
      rule.type === 'category' ? rule.categories.map((category) => `${rule.name}=${category}`) : [],
    ]),
  );
}

/** Reads the times of rows that come one part after the other. */
function timeReader(name: string): (source: Source) => Float64Array {
  let [file, before] = ['', { rows: 0, seconds: Number.NEGATIVE_INFINITY }];
  return (source) => {
    const column = source.form === 'table' ? source.columns.find((each) => each.name === name) : undefined;
    if (source.form !== 'table' || !column) throw noTable(source.name, 'time');
    if (source.name !== file) [file, before] = [source.name, { ...before, rows: 0 }];
    const times = Float64Array.from(timeColumn(column, file, before).values, Number);
    before = { rows: before.rows + source.rows, seconds: times[times.length - 1] };
    return times;
  };
}
