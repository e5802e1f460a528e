/** Series cut into windows: the rows of a table in their order, so many at a time. */
import { DataError, OptionError } from '../base/errors.ts';
import type { ArraySource, Column, TableSource } from './dataset.ts';

export interface WindowOptions {
  /** Rows in a window. */
  readonly length: number;
  /** Rows from the beginning of one window to that of the next; 1 when absent. */
  readonly stride?: number;
  /** Names as `channelNames` gives them for the table that was learned from; those of this table when absent. */
  readonly channels?: readonly string[];
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
  if (table.rows < length)
    throw new DataError({
      where: table.name,
      expected: `at least the ${length} rows of a window`,
      got: `${table.rows}`,
      fix: `choose a shorter --window, or give more data`,
    });
  const names = channels ?? channelNames(table);
  const values = names.map((name) => channelOf(table, name));
  const starts = windowStarts(table.rows, { length, stride });
  const windows = new Float32Array(starts.length * length * names.length);
  let at = 0;
  for (const start of starts)
    for (let row = start; row < start + length; row++) for (const channel of values) windows[at++] = channel[row];
  return { form: 'array', name: table.name, values: windows, shape: [starts.length, length, names.length] };
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
  throw new DataError({
    where,
    expected: `a column ${JSON.stringify(channel)}, as in the series that was learned from`,
    got: columns.map(({ name }) => name).join(', ') || 'none',
    fix: 'give a table with the same columns',
  });
}

/** 1 where the category stands, NaN where it is missing. */
function indicator({ values }: Extract<Column, { type: 'category' }>, category: string): Float64Array {
  return Float64Array.from(values, (value) => (value === null ? Number.NaN : value === category ? 1 : 0));
}
