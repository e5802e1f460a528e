/** Parquet: one column per column of a table, or per number of an example; null for a missing value. */
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadata,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { DataError } from '../../base/errors.ts';
import { type ByteStream, collectBytes } from '../bytes.ts';
import type { ColumnBuilder } from '../columns/builder.ts';
import type { Source, TableSource } from '../dataset.ts';
import type { Format, ReadOptions } from './format.ts';
import { plainColumns } from './plain-columns.ts';
import { builderFor, checkColumnNames, tableSource } from './table.ts';

export const parquet: Format = {
  name: 'Parquet',
  files: /\.parquet$/i,
  holds: 'table',
  isReadPacked: false,
  read: readParquet,
};

/** Rows that are unpacked at once. */
const ROWS = 50_000;

/**
 * Numbers, texts, truth values, dates and times; a column of anything else must be left out with `columns`.
 *
 * @throws DataError for a file that is damaged, or packed in a way that is not read here.
 */
async function readParquet(stream: ByteStream, options: ReadOptions): Promise<TableSource> {
  const { name } = stream;
  const bytes = await collectBytes(stream);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = await readable(name, async () => parquetMetadata(file));
  const rows = Math.min(Number(metadata.num_rows), options.limit ?? Infinity);
  return readParquetRows({ name, file, metadata }, { from: 0, to: rows }, options);
}

/** A file of which only what is asked for is read. */
export interface OpenParquet {
  readonly name: string;
  readonly file: AsyncBuffer | ArrayBuffer;
  readonly metadata: FileMetaData;
}

/** Its tail, which says where everything is. @throws DataError for a file that is damaged. */
export async function openParquet(name: string, file: AsyncBuffer): Promise<OpenParquet> {
  return { name, file, metadata: await readable(name, () => parquetMetadataAsync(file)) };
}

/** What the columns hold, of those that are not nested. */
export function parquetColumns({ metadata }: OpenParquet): Record<string, 'numeric' | 'category'> {
  const numbers = ['INT32', 'INT64', 'FLOAT', 'DOUBLE'];
  const plain = [
    undefined,
    'INT_8',
    'INT_16',
    'INT_32',
    'INT_64',
    'UINT_8',
    'UINT_16',
    'UINT_32',
    'UINT_64',
    'DECIMAL',
  ];
  const leaves = metadata.schema.filter(({ num_children: inner }) => inner === undefined);
  return Object.fromEntries(
    leaves.map(({ name, type = '', converted_type: converted, logical_type: logical }) => {
      const isDate = logical !== undefined && ['DATE', 'TIME', 'TIMESTAMP'].includes(logical.type);
      return [name, numbers.includes(type) && plain.includes(converted) && !isDate ? 'numeric' : 'category'];
    }),
  );
}

/** The rows from `from` up to `to`. @throws DataError as for the whole. */
export async function readParquetRows(
  { name, file, metadata }: OpenParquet,
  { from: first, to }: { readonly from: number; readonly to: number },
  options: ReadOptions,
): Promise<TableSource> {
  const names = metadata.schema.filter(({ num_children: inner }) => inner === undefined).map((column) => column.name);
  checkColumnNames(name, names, options);
  const builders = new Map<string, ColumnBuilder>();
  for (const column of names) {
    const builder = builderFor(name, column, options);
    if (builder) builders.set(column, builder);
  }
  for (let from = first; from < to; from += ROWS) {
    const part = await rowsOf(name, file, metadata, [...builders.keys()], from, Math.min(to, from + ROWS));
    if (part.length !== Math.min(to - from, ROWS)) throw cutShort(name, to, from + part.length);
    for (const [at, row] of part.entries())
      for (const [column, builder] of builders) addCell(builder, row[column], from + at + 1, name, column);
  }
  return tableSource(
    name,
    to - first,
    [...builders.values()].map((builder) => builder.finish()),
    options,
  );
}

function cutShort(name: string, expected: number, got: number): DataError {
  return new DataError({
    where: name,
    expected: `the ${expected} rows that its head speaks of`,
    got: `${got}`,
    fix: 'the file is damaged: fetch or make it again',
  });
}

function rowsOf(
  name: string,
  file: AsyncBuffer | ArrayBuffer,
  metadata: FileMetaData,
  columns: string[],
  rowStart: number,
  rowEnd: number,
): Promise<Record<string, unknown>[]> {
  return readable(name, () => parquetReadObjects({ file, metadata, columns, rowStart, rowEnd }));
}

async function readable<Result>(name: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    const complaint = {
      where: name,
      expected: 'a Parquet file, plain or packed with Snappy',
      got: cause instanceof Error ? cause.message : String(cause),
      fix: 'write it again, with compression snappy or none',
    };
    throw new DataError(complaint, { cause });
  }
}

function addCell(builder: ColumnBuilder, cell: unknown, row: number, file: string, column: string): void {
  if (cell === null || cell === undefined) builder.addMissing(row);
  else if (typeof cell === 'number' && Number.isNaN(cell)) builder.addMissing(row);
  else if (typeof cell === 'number') builder.addNumber(cell, row);
  else if (typeof cell === 'bigint') builder.addNumber(Number(cell), row);
  else if (typeof cell === 'boolean') builder.addText(String(cell), row);
  else if (typeof cell === 'string') builder.addText(cell.trim(), row);
  else if (cell instanceof Date) builder.addText(cell.toISOString(), row);
  else
    throw new DataError({
      where: `${file} row ${row} column ${JSON.stringify(column)}`,
      expected: 'a number, a text, a truth value or a date',
      got: Array.isArray(cell) ? 'a list' : 'something nested',
      fix: 'leave the column out with --columns',
    });
}

type ColumnSource = Parameters<typeof parquetWriteBuffer>[0]['columnData'][number];

/** The bytes of a Parquet file: text as UTF-8, numbers of tables as float64, of arrays as float32, bytes as int32. */
export function encodeParquet(source: Source): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData: parquetColumnData(source) }));
}

const TYPES = { text: 'STRING', float64: 'DOUBLE', float32: 'FLOAT', bytes: 'INT32' } as const;

/** What a writer of Parquet takes. */
export function parquetColumnData(source: Source): ColumnSource[] {
  return plainColumns(source).map(({ name, holds, values }) => ({ name, type: TYPES[holds], data: values }));
}
