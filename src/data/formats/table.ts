/** What all readers of tables share: which columns are kept, and which one is the label or the time. */
import { DataError, OptionError } from '../../base/errors.ts';
import { suggestion } from '../../base/options.ts';
import { type ColumnBuilder, columnBuilder } from '../columns/builder.ts';
import { timeBuilder } from '../columns/time.ts';
import type { Column, Series, TableSource } from '../dataset.ts';
import { makeLabels } from '../labels.ts';
import type { ReadOptions } from './format.ts';

/** Refuses names in `columns`, `label` or `time` that the table does not have, and a column with two roles. */
export function checkColumnNames(
  where: string,
  names: readonly string[],
  { columns = [], label, time, target }: ReadOptions,
): void {
  for (const name of [...columns, label, time, target]) {
    if (name === undefined || names.includes(name)) continue;
    throw new DataError({
      where,
      expected: `one of the columns ${names.map((known) => JSON.stringify(known)).join(', ')}`,
      got: JSON.stringify(name),
      fix: suggestion(name, names, (known) => JSON.stringify(known)),
    });
  }
  const roles = Object.entries({ label, time, target }).filter(([, name]) => name !== undefined);
  const [role, name] =
    roles.find(([, name], at) => roles.some(([, other], first) => first < at && other === name)) ?? [];
  if (role === undefined) return;
  throw new OptionError({
    where: `--${role}`,
    expected: 'a column that has no other role',
    got: JSON.stringify(name),
    fix: 'name another column',
  });
}

/** What reads the cells of a column by its role; nothing for one that is not kept. */
export function builderFor(file: string, name: string, options: ReadOptions): ColumnBuilder | undefined {
  const { columns, label, time, target, cells, types } = options;
  const where = `${file} column ${JSON.stringify(name)}`;
  if (name === time) return timeBuilder(name, where);
  if (name === label) return columnBuilder(name, where, 'category');
  return columns === undefined || columns.includes(name) || name === target
    ? columnBuilder(name, where, types?.[name] ?? (cells === 'texts' ? 'category' : 'decide'))
    : undefined;
}

/** A column of gaps, for rows that do not have it. */
export function missingColumn(name: string, type: Column['type'], rows: number): Column {
  return type === 'numeric'
    ? { type, name, values: new Float64Array(rows).fill(Number.NaN) }
    : { type, name, values: Array.from({ length: rows }, () => null) };
}

/**
 * The table of the columns that were read, those with a role in their place.
 *
 * @param labelNames Classes that come first, as in `makeLabels`.
 */
export function tableSource(
  where: string,
  rows: number,
  columns: readonly Column[],
  { label, time, target }: ReadOptions,
  labelNames: readonly string[] = [],
): TableSource {
  if (rows === 0) {
    throw new DataError({ where, expected: 'at least 1 row of data', got: 'none', fix: 'give a file that holds data' });
  }
  const roles = [label, time, target].filter((role) => role !== undefined);
  const features = columns.filter(({ name }) => !roles.includes(name));
  if (features.length === 0) {
    throw new DataError({
      where,
      expected: 'at least 1 column to learn from',
      got: `none besides ${roles.map((role) => JSON.stringify(role)).join(', ')}`,
      fix: 'keep more columns with --columns',
    });
  }
  const labelColumn = columns.find(({ name }) => name === label);
  const labels = labelColumn && makeLabels(classesOf(labelColumn), labelNames);
  const series = (role: string | undefined): Series | undefined => {
    const column = columns.find(({ name }) => name === role);
    return column && { name: column.name, values: numbersOf(column, where) };
  };
  return {
    form: 'table',
    name: where,
    rows,
    columns: features,
    labels,
    ...(time === undefined ? {} : { time: series(time) }),
    ...(target === undefined ? {} : { target: series(target) }),
  };
}

/** @throws DataError for a column of texts. */
function numbersOf(column: Column, where: string): Float64Array {
  if (column.type === 'numeric') return column.values;
  throw new DataError({
    where: `${where} column ${JSON.stringify(column.name)}`,
    expected: 'numbers, for a target',
    got: `text such as ${JSON.stringify(column.values.find((value) => value !== null) ?? '')}`,
    fix: 'name a column of numbers, or ask for classes with --label',
  });
}

function classesOf(column: Column): readonly (string | number | null)[] {
  if (column.type === 'category') return column.values;
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
}

/** One row as a reader of text shows it: `null` for a missing value. */
export function cellText(column: Column, row: number): string | null {
  if (column.type === 'category') return column.values[row];
  const value = column.values[row];
  return Number.isNaN(value) ? null : String(value);
}

/** The fewest digits that give the same 32-bit float back: 0.1 rather than 0.10000000149011612. */
export function shortestFloat(value: number): string {
  if (Number.isNaN(value)) return '';
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
