/** Arrow: files of the IPC format (arrow.apache.org/docs/format/Columnar.html), which are mapped rather than read; written only. */
import { type DataType, float32, float64, tableFromArrays, tableToIPC, uint8, utf8 } from '@uwdata/flechette';
import { arrayFeatureNames } from '../columns/form.ts';
import type { ArraySource, Source, TableSource } from '../dataset.ts';

/** A column per column of a table, or per number of an example: text as UTF-8, numbers of tables as float64, of arrays as they are. */
export function encodeArrow(source: Source): Uint8Array {
  const columns = source.form === 'table' ? tableColumns(source) : arrayColumns(source);
  const table = tableFromArrays(
    columns.map(({ name, values }): [string, unknown[]] => [name, values]),
    { types: Object.fromEntries(columns.map(({ name, type }) => [name, type])) },
  );
  const bytes = tableToIPC(table, { format: 'file' });
  if (!bytes) throw new Error('internal: no bytes of a table');
  return bytes;
}

interface ArrowColumn {
  readonly name: string;
  readonly type: DataType;
  /** Null where a value is missing. */
  readonly values: (string | number | null)[];
}

function tableColumns({ columns }: TableSource): ArrowColumn[] {
  return columns.map((column) =>
    column.type === 'category'
      ? { name: column.name, type: utf8(), values: [...column.values] }
      : { name: column.name, type: float64(), values: withNulls(column.values) },
  );
}

function arrayColumns({ values, shape }: ArraySource): ArrowColumn[] {
  const names = arrayFeatureNames(shape.slice(1));
  const type = values instanceof Uint8Array ? uint8() : float32();
  return names.map((name, at) => {
    const column = Float32Array.from({ length: shape[0] }, (_, row) => values[row * names.length + at]);
    return { name, type, values: withNulls(column) };
  });
}

function withNulls(values: Float32Array | Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}
