/** The column that orders rows: seconds as numbers, or dates and times of day as texts. */
import { DataError } from '../../base/errors.ts';
import type { Column } from '../dataset.ts';
import { type ColumnBuilder, isMissingText, parseNumber } from './builder.ts';

/** `2014-04-01`, `2014-04-01 00:05:00`, `2014-04-01T00:05:00.25+02:00`; without a zone it is that of Greenwich. */
const timestamp = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Seconds: a number as it stands, a timestamp since 1970; undefined for anything else. */
export function parseTime(text: string): number | undefined {
  const seconds = parseNumber(text);
  if (seconds !== undefined) return Number.isFinite(seconds) ? seconds : undefined;
  const parts = timestamp.exec(text);
  if (parts === null) return undefined;
  const [, day, time = '00:00', zone = 'Z'] = parts;
  const milliseconds = Date.parse(`${day}T${time}${zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/**
 * Reads times as they come; its column is of seconds.
 *
 * @param where File and column, for messages.
 * @param least The time of the row before them.
 * @throws DataError for a cell without a time, or with an earlier one than the cell before.
 */
export function timeBuilder(name: string, where: string, least = Number.NEGATIVE_INFINITY): ColumnBuilder {
  const values: number[] = [];
  const refused = (row: number, expected: string, got: string, fix: string): DataError =>
    new DataError({ where: where.replace(' column ', ` row ${row} column `), expected, got, fix });
  const add = (seconds: number | undefined, cell: string, row: number): void => {
    if (seconds === undefined)
      throw refused(
        row,
        'a time: seconds, or a timestamp such as 2014-04-01 00:05:00',
        cell === '' ? 'none' : JSON.stringify(cell),
        'correct it, or leave the row out',
      );
    if (seconds < (values.at(-1) ?? least))
      throw refused(row, 'a time not before that of the row above', cell, 'sort the rows by time');
    values.push(seconds);
  };
  return {
    addText: (text, row) => add(isMissingText(text) ? undefined : parseTime(text), text, row),
    addNumber: (value, row) => add(Number.isFinite(value) ? value : undefined, String(value), row),
    addMissing: (row) => add(undefined, '', row),
    finish: () => ({ type: 'numeric', name, values: Float64Array.from(values) }),
  };
}

/** Rows that come before others. */
export interface TimedBefore {
  readonly rows: number;
  /** Of the last of them. */
  readonly seconds: number;
}

/** A column that was read already, as times. @throws DataError as `timeBuilder`. */
export function timeColumn({ name, values }: Column, file: string, before?: TimedBefore): Column {
  const builder = timeBuilder(name, `${file} column ${JSON.stringify(name)}`, before?.seconds);
  const first = (before?.rows ?? 0) + 1;
  for (const [row, cell] of values.entries())
    if (typeof cell === 'number') builder.addNumber(cell, first + row);
    else builder.addText(cell ?? '', first + row);
  return builder.finish();
}

/** Before 1973 and after 2286, seconds are taken for a count of their own rather than for a date. */
const DATES = [1e8, 1e10] as const;

/** Seconds since 1970 as a timestamp of Greenwich; a number where it is no date. */
export function showTime(seconds: number): string {
  if (seconds < DATES[0] || seconds >= DATES[1]) return String(seconds);
  return new Date(seconds * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace(/(\.000)?Z$/, '');
}
