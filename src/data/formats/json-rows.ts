/** Rows of a table as JSON values: objects of named values, or arrays of values, whatever stands between them. */
import { DataError } from '../../base/errors.ts';
import type { ColumnBuilder } from '../columns/builder.ts';
import type { TableSource } from '../dataset.ts';
import type { ReadOptions } from './format.ts';
import { builderFor, checkColumnNames, tableSource } from './table.ts';

export interface JsonRows {
  /** How many there are. */
  readonly rows: number;
  /** Takes the row that is written in `text`. @param line Its number, for messages. @throws DataError for another thing. */
  readonly add: (text: string, line: number) => void;
  readonly finish: () => TableSource;
}

/**
 * A key that a row lacks, and `null`, are missing values.
 *
 * @param layout How rows are to be written, for messages.
 */
export function jsonRows(name: string, options: ReadOptions, layout: string): JsonRows {
  const builders = new Map<string, ColumnBuilder | undefined>();
  let [rows, width] = [0, -1];

  const builderOf = (key: string): ColumnBuilder | undefined => {
    if (builders.has(key)) return builders.get(key);
    const builder = builderFor(name, key, options);
    for (let row = 0; row < rows; row++) builder?.addMissing(row + 1);
    builders.set(key, builder);
    return builder;
  };
  const entriesOf = (value: unknown[] | object, line: number): [string, unknown][] => {
    if (!Array.isArray(value)) return Object.entries(value);
    if (width < 0) width = value.length;
    if (width === value.length) return value.map((cell, i) => [`column${i + 1}`, cell]);
    throw new DataError({
      where: `${name} row ${line}`,
      expected: `${width} values, as in the first row`,
      got: `${value.length}`,
      fix: 'complete the row',
    });
  };
  return {
    get rows() {
      return rows;
    },
    add(text, line) {
      const entries = entriesOf(parseRow(text, `${name} row ${line}`, layout), line);
      const seen = new Set(entries.map(([key]) => key));
      for (const [key, cell] of entries) {
        const builder = builderOf(key);
        if (builder !== undefined) addCell(builder, cell, line, `${name} row ${line} column ${JSON.stringify(key)}`);
      }
      for (const [key, builder] of builders) if (!seen.has(key)) builder?.addMissing(line);
      rows += 1;
    },
    finish() {
      if (rows > 0) checkColumnNames(name, [...builders.keys()], options);
      const columns = [...builders.values()].flatMap((builder) => (builder === undefined ? [] : [builder.finish()]));
      return tableSource(name, rows, columns, options);
    },
  };
}

function parseRow(text: string, where: string, layout: string): unknown[] | object {
  const fix = `${layout}; null for a missing value`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError({ where, expected: 'JSON', got: JSON.stringify(text.slice(0, 60)), fix }, { cause });
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new DataError({ where, expected: 'an object or an array', got: text.slice(0, 60), fix });
}

function addCell(builder: ColumnBuilder, cell: unknown, line: number, where: string): void {
  if (cell === null) builder.addMissing(line);
  else if (typeof cell === 'number') builder.addNumber(cell, line);
  else if (typeof cell === 'boolean') builder.addText(String(cell), line);
  else if (typeof cell === 'string') builder.addText(cell.trim(), line);
  else {
    throw new DataError({
      where,
      expected: 'a number, a text, true, false or null',
      got: Array.isArray(cell) ? 'an array' : 'an object',
      fix: 'give nested values columns of their own, or leave the column out with --columns',
    });
  }
}
