/** A source as plain lists, a column each: what writers of column formats take. */
import { arrayFeatureNames } from '../columns/form.ts';
import type { ArraySource, Column, Source } from '../dataset.ts';

export interface PlainColumn {
  readonly name: string;
  readonly holds: 'text' | 'float64' | 'float32' | 'bytes';
  /** Null where a value is missing. */
  readonly values: (string | number | null)[];
}

/** Columns of a table, or one for each number of an example. */
export function plainColumns(source: Source): PlainColumn[] {
  return source.form === 'table' ? source.columns.map(tableColumn) : arrayColumns(source);
}

function tableColumn(column: Column): PlainColumn {
  const { name, type, values } = column;
  if (type === 'category') return { name, holds: 'text', values: [...values] };
  return { name, holds: 'float64', values: withNulls(values) };
}

function arrayColumns({ values, shape }: ArraySource): PlainColumn[] {
  const names = arrayFeatureNames(shape.slice(1));
  return names.map((name, at) => {
    const column = Float32Array.from({ length: shape[0] }, (_, row) => values[row * names.length + at]);
    return { name, holds: values instanceof Uint8Array ? 'bytes' : 'float32', values: withNulls(column) };
  });
}

function withNulls(values: Float32Array | Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}
