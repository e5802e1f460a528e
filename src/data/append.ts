/** Tables one below the other. */
import { DataError } from '../base/errors.ts';
import type { Column, Series, TableSource } from './dataset.ts';

/** The rows of `first`, and those of `second` after them; without labels. @throws DataError for other columns. */
export function appendRows(first: TableSource, second: TableSource): TableSource {
  const columns = first.columns.map((column): Column => {
    const other = second.columns.find(({ name, type }) => name === column.name && type === column.type);
    if (column.type === 'numeric' && other?.type === 'numeric')
      return { ...column, values: joinNumbers(column.values, other.values) };
    if (column.type === 'category' && other?.type === 'category')
      return { ...column, values: [...column.values, ...other.values] };
    throw new DataError({
      where: second.name,
      expected: `a column ${JSON.stringify(column.name)} as in ${first.name}`,
      got: 'none',
      fix: 'give tables with the same columns',
    });
  });
  const series = (one: Series | undefined, other: Series | undefined): Series | undefined =>
    one && other && { ...one, values: joinNumbers(one.values, other.values) };
  return {
    form: 'table',
    name: first.name,
    rows: first.rows + second.rows,
    columns,
    ...(first.time ? { time: series(first.time, second.time) } : {}),
  };
}

/** The numbers of both, one after the other. */
export function joinNumbers(first: Float64Array, second: Float64Array): Float64Array;
export function joinNumbers(first: Float32Array, second: Float32Array): Float32Array;
export function joinNumbers(first: Int32Array, second: Int32Array): Int32Array;
export function joinNumbers(
  first: Float64Array | Float32Array | Int32Array,
  second: Float64Array | Float32Array | Int32Array,
): Float64Array | Float32Array | Int32Array {
  const length = first.length + second.length;
  const both =
    first instanceof Float64Array
      ? new Float64Array(length)
      : first instanceof Float32Array
        ? new Float32Array(length)
        : new Int32Array(length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
