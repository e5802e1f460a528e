/** JSON lines: one object of named values, or one array of values, per line. */
import { DataError } from '../../base/errors.ts';
import { type ByteStream, decodeText } from '../bytes.ts';
import type { ColumnBuilder } from '../columns/builder.ts';
import type { Source, TableSource } from '../dataset.ts';
import type { Format, ReadOptions } from './format.ts';
import { eachRecord, needMore, STOP } from './lines.ts';
import { builderFor, checkColumnNames, shortestFloat, tableSource } from './table.ts';

export const jsonLines: Format = {
  name: 'JSON lines',
  files: /\.(jsonl|ndjson|jsonlines)$/i,
  holds: 'table',
  isReadPacked: true,
  read: readJsonLines,
};

/** A key that a line lacks, and `null`, are missing values. */
export async function readJsonLines(stream: ByteStream, options: ReadOptions = {}): Promise<TableSource> {
  const { name } = stream;
  const { limit = Infinity, firstLine = 1 } = options;
  const builders = new Map<string, ColumnBuilder | undefined>();
  let [rows, line, width] = [0, firstLine - 1, -1];

  const builderOf = (key: string): ColumnBuilder | undefined => {
    if (builders.has(key)) return builders.get(key);
    const builder = builderFor(name, key, options);
    for (let row = 0; row < rows; row++) builder?.addMissing(row + 1);
    builders.set(key, builder);
    return builder;
  };
  const addRow = (text: string): void => {
    const value = parseLine(text, `${name} row ${line}`);
    if (Array.isArray(value)) {
      if (width < 0) width = value.length;
      if (width !== value.length) {
        throw new DataError({
          where: `${name} row ${line}`,
          expected: `${width} values, as in the first row`,
          got: `${value.length}`,
          fix: 'complete the row',
        });
      }
    }
    const entries: [string, unknown][] = Array.isArray(value)
      ? value.map((cell, i) => [`column${i + 1}`, cell])
      : Object.entries(value);
    const seen = new Set(entries.map(([key]) => key));
    for (const [key, cell] of entries) {
      const builder = builderOf(key);
      if (builder !== undefined) addCell(builder, cell, line, `${name} row ${line} column ${JSON.stringify(key)}`);
    }
    for (const [key, builder] of builders) if (!seen.has(key)) builder?.addMissing(line);
    rows += 1;
  };
  await eachRecord(decodeText(stream), (text, start, isLast) => {
    const end = text.indexOf('\n', start);
    if (end < 0 && !isLast) return needMore(text.length - start, name, line + 1);
    const stop = end < 0 ? text.length : end;
    const record = text.slice(start, stop).trim();
    line += 1;
    if (record !== '') addRow(record);
    return rows >= limit ? STOP : end < 0 ? stop : end + 1;
  });
  if (rows > 0) checkColumnNames(name, [...builders.keys()], options);
  const columns = [...builders.values()].flatMap((builder) => (builder === undefined ? [] : [builder.finish()]));
  return tableSource(name, rows, columns, options);
}

function parseLine(text: string, where: string): unknown[] | object {
  const fix = 'write one object, such as {"age": 31, "sex": "female"}, per line; null for a missing value';
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

/** One object per row of a table; one array (nested by its shape) per example of an array. */
export function encodeJsonLines(source: Source): Uint8Array {
  const lines: string[] = [];
  if (source.form === 'table') {
    for (let row = 0; row < source.rows; row++) {
      // Written by hand, as an object would put a column called "7" first.
      const pairs = source.columns.map((column) => {
        const value = column.values[row];
        return `${JSON.stringify(column.name)}:${JSON.stringify(Number.isNaN(value) ? null : value)}`;
      });
      lines.push(`{${pairs.join(',')}}`);
    }
  } else {
    const width = source.values.length / source.shape[0];
    for (let at = 0; at < source.values.length; at += width) {
      lines.push(nested(source.values.subarray(at, at + width), source.shape.slice(1)));
    }
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

function nested(values: Uint8Array | Float32Array, [length, ...inner]: readonly number[]): string {
  if (inner.length === 0) return `[${Array.from(values, (value) => shortestFloat(value) || 'null').join(',')}]`;
  const size = values.length / length;
  const parts = Array.from({ length }, (_, i) => nested(values.subarray(i * size, (i + 1) * size), inner));
  return `[${parts.join(',')}]`;
}
