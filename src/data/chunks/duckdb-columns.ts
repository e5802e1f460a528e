/**
 * A column by DuckDB's two vectors: numbers, NaN where there is none, and, where a file holds texts, the texts that are no number.
 * Gaps come as NaN out of SQL: to ask a vector for each value whether it is there costs as much as to read it.
 */
import type { DuckDBVector } from '@duckdb/node-api';
import { DataError } from '../../base/errors.ts';
import { type ColumnBuilder, isMissingText, parseNumber } from '../columns/builder.ts';
import type { SurveyedFile } from './survey.ts';

/** A statement, and which of its results are the numbers and the texts of each column. */
export interface Selection {
  readonly statement: string;
  readonly columns: readonly { readonly name: string; readonly numbers?: number; readonly texts?: number }[];
}

/** Reads the columns `types` of a file. */
export function selectionOf(file: SurveyedFile, types: Readonly<Record<string, 'numeric' | 'category'>>): Selection {
  const words: string[] = [];
  const place = (word: string | undefined): number | undefined =>
    word === undefined ? undefined : words.push(word) - 1;
  const columns = Object.entries(types).map(([name, type]) => {
    const { numbers, texts } = wordsOf(file, name, type);
    return { name, numbers: place(numbers), texts: place(texts) };
  });
  return { statement: `SELECT ${words.join(', ')} FROM ${tableWords(file, Object.keys(types))}`, columns };
}

function wordsOf(
  { parquet }: SurveyedFile,
  name: string,
  type: 'numeric' | 'category',
): { readonly numbers?: string; readonly texts?: string } {
  const column = `"${name.replaceAll('"', '""')}"`;
  const stored = parquet?.metadata.schema.find((each) => each.name === name && each.num_children === undefined);
  if (type === 'category') {
    const isDate = ['DATE', 'TIMESTAMP'].includes(stored?.logical_type?.type ?? '');
    if (isDate) return { texts: `strftime(${column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%gZ')` };
    return { texts: stored ? `${column}::VARCHAR` : column };
  }
  if (stored?.type === 'FLOAT') return { numbers: `coalesce(${column}, 'nan'::FLOAT)` };
  if (stored && stored.type !== 'BYTE_ARRAY') return { numbers: `coalesce(${column}::DOUBLE, 'nan'::DOUBLE)` };
  // DuckDB takes 1_000 for a number.
  const number = `CASE WHEN strpos(${column}::VARCHAR, '_') = 0 THEN TRY_CAST(${column} AS DOUBLE) END`;
  return {
    numbers: `coalesce(${number}, 'nan'::DOUBLE)`,
    texts: `CASE WHEN ${number} IS NULL THEN ${column}::VARCHAR END`,
  };
}

function tableWords({ path, parquet, layout }: SurveyedFile, names: readonly string[]): string {
  if (parquet) return `read_parquet(${text(path)})`;
  const fields = (all: readonly string[], type: string): string =>
    `{${all.map((name) => `${text(name)}: '${type}'`).join(', ')}}`;
  if (!layout) return `read_json(${text(path)}, format = 'newline_delimited', columns = ${fields(names, 'JSON')})`;
  const { isHeader, delimiter, names: all } = layout;
  return `read_csv(${text(path)}, auto_detect = false, header = ${isHeader}, delim = ${text(delimiter)}, quote = '"', escape = '"', nullstr = '', columns = ${fields(all, 'VARCHAR')})`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

interface Place {
  readonly file: string;
  readonly column: string;
  /** Of the first value, from 1. */
  readonly row: number;
}

/** @throws DataError for a text among numbers, or a number that is not finite. */
export function numbersInto(
  into: Float64Array,
  numbers: DuckDBVector,
  texts: DuckDBVector | undefined,
  place: Place,
  isJson: boolean,
): void {
  into.set(itemsOf(numbers));
  let sum = 0;
  for (let at = 0; at < into.length; at++) sum += into[at] * 0;
  if (sum === 0) return;
  for (let at = 0; at < into.length; at++) {
    const value = into[at];
    if (value - value === 0) continue;
    const cell = Number.isNaN(value) ? texts?.getItem(at) : String(value);
    const said = typeof cell === 'string' && isJson ? parsed(cell) : cell;
    const trimmed = String(said ?? '').trim();
    if (!isMissingText(trimmed)) into[at] = numberOf(trimmed, place, at);
  }
}

function numberOf(cell: string, { file, column, row }: Place, at: number): number {
  const value = parseNumber(cell);
  if (value !== undefined && Number.isFinite(value)) return value;
  throw new DataError({
    where: `${file} row ${row + at} column ${JSON.stringify(column)}`,
    expected: value === undefined ? 'a number, as in the other rows' : 'a finite number',
    got: value === undefined ? JSON.stringify(cell) : cell,
    fix: 'correct the value, leave it empty if it is missing, or leave the column out with --columns',
  });
}

function itemsOf(vector: DuckDBVector): ArrayLike<number> {
  const items: unknown = 'items' in vector ? vector.items : undefined;
  if (items instanceof Float64Array || items instanceof Float32Array) return items;
  throw new Error('internal: a vector that holds no numbers');
}

/** Cells of a category. */
export function textsInto(builder: ColumnBuilder, vector: DuckDBVector, { row }: Place, isJson: boolean): void {
  for (let at = 0; at < vector.itemCount; at++) {
    const cell = vector.getItem(at);
    const said = typeof cell === 'string' && isJson ? parsed(cell) : cell;
    if (typeof said === 'string') builder.addText(said.trim(), row + at);
    else if (typeof said === 'number') builder.addNumber(said, row + at);
    else if (typeof said === 'boolean') builder.addText(String(said), row + at);
    else builder.addMissing(row + at);
  }
}

function parsed(json: string): string | number | boolean | null {
  return JSON.parse(json) as string | number | boolean | null;
}
