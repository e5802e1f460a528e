/** Series cut into windows: the rows of a table in their order, so many at a time. */
import { DataError, OptionError } from '../base/errors.ts';
import type { ArraySource, Column, Source, TableSource } from './dataset.ts';

export interface WindowOptions {
  /** Rows in a window. */
  readonly length: number;
  /** Rows from the beginning of one window to that of the next; 1 when absent. */
  readonly stride?: number;
  /** Names as `channelNames` gives them for the table that was learned from; those of this table when absent. */
  readonly channels?: readonly string[];
}

/** A table, whose rows are moments; rows of numbers become columns `feature1` …. @throws DataError for anything else. */
export function asSeries(source: Source): TableSource {
  if (source.form === 'table') return source;
  const [, width] = source.shape;
  if (source.shape.length !== 2)
    throw new DataError({
      where: source.name,
      expected: 'a table, whose rows are the moments of a series',
      got: `examples of shape [${source.shape.slice(1)}]`,
      fix: 'give a CSV file with a row for each moment',
    });
  const { name, values, labels } = source;
  const names = Array.from({ length: width }, (_, at) => `feature${at + 1}`);
  return { ...tableOfRows(name, values, names), labels };
}

/** Numbers of rows, `[rows, names]`, as columns. */
export function tableOfRows(name: string, values: ArrayLike<number>, names: readonly string[]): NumberTable {
  const width = names.length;
  const rows = values.length / width;
  const columns = names.map((column, at) => ({
    type: 'numeric' as const,
    name: column,
    values: Float64Array.from({ length: rows }, (_, row) => values[row * width + at]),
  }));
  return { form: 'table', name, rows, columns };
}

/** A table without texts. */
interface NumberTable extends TableSource {
  readonly columns: readonly Extract<Column, { type: 'numeric' }>[];
}

/** Channels that a table has: its columns of numbers, and one for each category: `speed`, `mode=idle`. */
export function channelNames({ columns }: TableSource): string[] {
  return columns.flatMap((column) =>
    column.type === 'numeric'
      ? [column.name]
      : [...new Set(column.values)]
          .filter((value) => value !== null)
          .sort()
          .map((value) => `${column.name}=${value}`),
  );
}

/**
 * `[windows, length, channels]`, from the first row on; the last window ends with the last row. Missing values stay NaN. Labels are left out:
 * they belong to rows.
 *
 * @throws DataError for fewer rows than a window has, or a channel that there is not.
 */
export function windowsOf(table: TableSource, { length, stride = 1, channels }: WindowOptions): ArraySource {
  for (const [name, value] of [
    ['--window', length],
    ['--stride', stride],
  ] as const)
    if (!(Number.isInteger(value) && value >= 1))
      throw new OptionError({ where: name, expected: 'a whole number from 1', got: `${value}`, fix: 'for example 32' });
  requireWindow(table.name, table.rows, length);
  const names = channels ?? channelNames(table);
  const starts = windowStarts(table.rows, { length, stride });
  const values = cutWindows(channelRows(table, names), starts, { length, width: names.length });
  return { form: 'array', name: table.name, values, shape: [starts.length, length, names.length] };
}

/** @throws DataError for fewer rows than a window has. */
export function requireWindow(where: string, rows: number, length: number): void {
  if (rows >= length) return;
  throw new DataError({
    where,
    expected: `at least the ${length} rows of a window`,
    got: `${rows}`,
    fix: 'choose a shorter --window, or give more data',
  });
}

/** The numbers of each row, `[rows, channels]`; missing values are NaN. @throws DataError for a channel that there is not. */
export function channelRows(table: TableSource, channels: readonly string[]): Float32Array {
  const width = channels.length;
  const rows = new Float32Array(table.rows * width);
  for (const [at, channel] of channels.entries()) {
    const values = channelOf(table, channel);
    for (let row = 0; row < table.rows; row++) rows[row * width + at] = values[row];
  }
  return rows;
}

/** The windows `[windows, length, width]` that begin at `starts` in rows `[rows, width]`. */
export function cutWindows(
  rows: Float32Array,
  starts: ArrayLike<number>,
  { length, width }: { readonly length: number; readonly width: number },
): Float32Array {
  const windows = new Float32Array(starts.length * length * width);
  for (let at = 0; at < starts.length; at++)
    windows.set(rows.subarray(starts[at] * width, (starts[at] + length) * width), at * length * width);
  return windows;
}

/** The first row of each window; the last one begins sooner than the stride says where the rows do not come out even. */
export function windowStarts(rows: number, { length, stride = 1 }: WindowOptions): Int32Array {
  const last = rows - length;
  const starts = Array.from({ length: Math.floor(last / stride) + 1 }, (_, at) => at * stride);
  return Int32Array.from(last % stride === 0 ? starts : [...starts, last]);
}

function channelOf({ columns, name: where }: TableSource, channel: string): Float64Array {
  const numbers = columns.find(({ name, type }) => type === 'numeric' && name === channel);
  if (numbers?.type === 'numeric') return numbers.values;
  const category = columns.find(({ name, type }) => type === 'category' && channel.startsWith(`${name}=`));
  if (category?.type === 'category') return indicator(category, channel.slice(category.name.length + 1));
  throw noChannel(
    where,
    channel,
    columns.map(({ name }) => name),
  );
}

/** The columns among `names` that channels come from, and what they hold. @throws DataError for a channel that there is not. */
export function columnsOfChannels(
  channels: readonly string[],
  names: readonly string[],
  where: string,
): Record<string, Column['type']> {
  const found = channels.map((channel): [string, Column['type']] => {
    if (names.includes(channel)) return [channel, 'numeric'];
    const column = names.find((name) => channel.startsWith(`${name}=`));
    if (column === undefined) throw noChannel(where, channel, names);
    return [column, 'category'];
  });
  return Object.fromEntries(found);
}

function noChannel(where: string, channel: string, names: readonly string[]): DataError {
  return new DataError({
    where,
    expected: `a column ${JSON.stringify(channel)}, as in the series that was learned from`,
    got: names.join(', ') || 'none',
    fix: 'give a table with the same columns',
  });
}

/** 1 where the category stands, NaN where it is missing. */
function indicator({ values }: Extract<Column, { type: 'category' }>, category: string): Float64Array {
  return Float64Array.from(values, (value) => (value === null ? Number.NaN : value === category ? 1 : 0));
}
