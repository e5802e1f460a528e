/** What all readers of tables share: which columns are kept, and which one is the label. */
import { DataError } from '../../base/errors.ts';
import { suggestion } from '../../base/options.ts';
import { type ColumnBuilder, columnBuilder } from '../columns/builder.ts';
import type { Column, TableSource } from '../dataset.ts';
import { makeLabels } from '../labels.ts';
import type { ReadOptions } from './format.ts';

/** Refuses names in `columns` or `label` that the table does not have. */
export function checkColumnNames(where: string, names: readonly string[], { columns = [], label }: ReadOptions): void {
  const asked = label === undefined ? columns : [...columns, label];
  for (const name of asked) {
    if (names.includes(name)) continue;
    throw new DataError({
      where,
      expected: `one of the columns ${names.map((known) => JSON.stringify(known)).join(', ')}`,
      got: JSON.stringify(name),
      fix: suggestion(name, names, (known) => JSON.stringify(known)),
    });
  }
}

/** What reads the cells of a column by its role; nothing for one that is not kept. */
export function builderFor(file: string, name: string, options: ReadOptions): ColumnBuilder | undefined {
  const { columns, label, cells } = options;
  const where = `${file} column ${JSON.stringify(name)}`;
  if (name === label) return columnBuilder(name, where, 'category');
  const type = cells === 'texts' ? 'category' : 'decide';
  return columns === undefined || columns.includes(name) ? columnBuilder(name, where, type) : undefined;
}

/** The table of the columns that were read, its label column turned into labels. */
export function tableSource(
  where: string,
  rows: number,
  columns: readonly Column[],
  { label }: ReadOptions,
): TableSource {
  if (rows === 0) {
    throw new DataError({ where, expected: 'at least 1 row of data', got: 'none', fix: 'give a file that holds data' });
  }
  const labelColumn = columns.find((column) => column.name === label);
  const features = columns.filter((column) => column !== labelColumn);
  if (features.length === 0) {
    throw new DataError({
      where,
      expected: 'at least 1 column to learn from',
      got: 'none besides the label',
      fix: 'keep more columns with --columns',
    });
  }
  const labels = labelColumn && makeLabels(labelColumn.type === 'category' ? labelColumn.values : []);
  return { form: 'table', name: where, rows, columns: features, labels };
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
