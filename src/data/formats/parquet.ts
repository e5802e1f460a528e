/** Writes Parquet: one column per column of a table, or per number of an example; null for a missing value. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { arrayFeatureNames } from '../columns/form.ts';
import type { ArraySource, Column, Source } from '../dataset.ts';

type ColumnSource = Parameters<typeof parquetWriteBuffer>[0]['columnData'][number];

/** The bytes of a Parquet file: text as UTF-8, numbers of tables as float64, of arrays as float32, bytes as int32. */
export function encodeParquet(source: Source): Uint8Array {
  const columnData = source.form === 'table' ? source.columns.map(tableColumn) : arrayColumns(source);
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function tableColumn(column: Column): ColumnSource {
  const { name, type, values } = column;
  if (type === 'category') return { name, type: 'STRING', data: [...values] };
  return { name, type: 'DOUBLE', data: withNulls(values) };
}

function arrayColumns({ values, shape }: ArraySource): ColumnSource[] {
  const names = arrayFeatureNames(shape.slice(1));
  return names.map((name, at) => {
    const column = Float32Array.from({ length: shape[0] }, (_, row) => values[row * names.length + at]);
    return { name, type: values instanceof Uint8Array ? 'INT32' : 'FLOAT', data: withNulls(column) };
  });
}

function withNulls(values: Float32Array | Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}
