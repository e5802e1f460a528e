/**
 * Examples in JSON, there and back: for a model of arrays a flat list of numbers each (row-major), for one of tables an object by columns.
 *
 *   {"rows": [[0, 12, 255, …], …]}      {"rows": [{"age": 41, "city": "Bern"}, {"age": null, "city": "Thun"}]}
 */
import { DataError } from '../base/errors.ts';
import type { ColumnScaling } from '../data/columns/form.ts';
import { featureCount } from '../data/columns/form.ts';
import type { ArraySource, Column, Source, TableSource } from '../data/dataset.ts';

type Table = Extract<ColumnScaling, { form: 'columns' }>;

/** @throws DataError that names row and column. */
export function sourceFromJson(scaling: ColumnScaling, rows: readonly unknown[]): Source {
  return scaling.form === 'columns' ? tableFromJson(scaling, rows) : arrayFromJson(scaling, rows);
}

/** A matrix `[rows, width]` of finite numbers; `null` is NaN where `allowsMissing`. @throws DataError */
export function matrixFromJson(
  rows: readonly unknown[],
  width: number,
  isAllowed: (value: unknown) => boolean,
  expected: string,
): Float32Array {
  const values = new Float32Array(rows.length * width);
  let at = 0;
  for (const [index, row] of rows.entries()) {
    if (!Array.isArray(row) || row.length !== width)
      throw refused(
        `rows[${index}]`,
        `a list of ${width} numbers`,
        Array.isArray(row) ? `one of ${row.length}` : shown(row),
      );
    for (let i = 0; i < width; i++) {
      const value: unknown = row[i];
      if (!isAllowed(value)) throw refused(`rows[${index}][${i}]`, expected, shown(value));
      const number = value === null ? Number.NaN : Math.fround(Number(value));
      if (!Number.isFinite(number) && value !== null)
        throw refused(`rows[${index}][${i}]`, 'a number that fits a 32-bit float', shown(value));
      values[at++] = number;
    }
  }
  return values;
}

export const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isNumberOrMissing = (value: unknown): boolean => value === null || isNumber(value);
const isByte = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;

function arrayFromJson(scaling: Exclude<ColumnScaling, Table>, rows: readonly unknown[]): ArraySource {
  const isPixels = scaling.form === 'pixels';
  const numbers = matrixFromJson(
    rows,
    featureCount(scaling),
    isPixels ? isByte : isNumberOrMissing,
    isPixels ? 'a whole number from 0 to 255' : 'a finite number, or null where it is missing',
  );
  const values = isPixels ? Uint8Array.from(numbers) : numbers;
  return { form: 'array', name: 'rows', values, shape: [rows.length, ...scaling.shape] };
}

function tableFromJson({ columns: rules }: Table, rows: readonly unknown[]): TableSource {
  const records = rows.map((row, index) => recordFrom(row, index, rules));
  const columns = rules.map(({ name, type }): Column => {
    const cells = records.map((record) => record.get(name));
    return type === 'category'
      ? { type, name, values: cells.map((cell, row) => categoryFrom(cell, row, name)) }
      : { type, name, values: Float64Array.from(cells, (cell, row) => numberFrom(cell, row, name)) };
  });
  return { form: 'table', name: 'rows', rows: rows.length, columns };
}

function recordFrom(row: unknown, index: number, rules: Table['columns']): ReadonlyMap<string, unknown> {
  const names = rules.map(({ name }) => name);
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw refused(`rows[${index}]`, `an object with ${quoted(names)}`, shown(row));
  const record = new Map(Object.entries(row));
  const extra = [...record.keys()].filter((name) => !names.includes(name));
  const missing = names.filter((name) => !record.has(name));
  if (extra.length === 0 && missing.length === 0) return record;
  throw refused(
    `rows[${index}]`,
    `the columns ${quoted(names)}, null where a value is missing`,
    extra.length > 0 ? `${quoted(extra)} besides` : `none called ${quoted(missing)}`,
  );
}

function numberFrom(cell: unknown, row: number, name: string): number {
  if (cell === null) return Number.NaN;
  if (typeof cell === 'number' && Number.isFinite(cell)) return cell;
  throw refused(`rows[${row}] column ${JSON.stringify(name)}`, 'a finite number, or null', shown(cell));
}

function categoryFrom(cell: unknown, row: number, name: string): string | null {
  if (cell === null || typeof cell === 'string') return cell;
  if (typeof cell === 'number' && Number.isFinite(cell)) return String(cell);
  throw refused(`rows[${row}] column ${JSON.stringify(name)}`, 'a text, or null', shown(cell));
}

/** The examples of a source as JSON has them; a missing number is null. */
export function jsonFromSource(source: Source): unknown[] {
  if (source.form === 'table')
    return Array.from({ length: source.rows }, (_, row) =>
      Object.fromEntries(
        source.columns.map(({ name, values }) => [name, Number.isNaN(values[row]) ? null : values[row]]),
      ),
    );
  return matrixToJson(source.values, source.shape[0]);
}

/** Numbers as a list of lists; what is not finite is null. */
export function matrixToJson(values: Float32Array | Uint8Array, count: number): (number | null)[][] {
  const width = values.length / count;
  return Array.from({ length: count }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width)));
}

function refused(where: string, expected: string, got: string): DataError {
  return new DataError({ where, expected, got, fix: 'see GET /models/ID for what the model takes' });
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}

function quoted(names: readonly string[]): string {
  return names
    .slice(0, 12)
    .map((name) => JSON.stringify(name.slice(0, 40)))
    .join(', ');
}
