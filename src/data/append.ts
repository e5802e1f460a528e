/** Tables one below the other. */
import { DataError } from '../base/errors.ts';
import type { Column, Series, TableSource } from './dataset.ts';

/** The rows of `first`, and those of `second` after them; without labels. @throws DataError for other columns. */
export function appendRows(first: TableSource, second: TableSource): TableSource {
  const columns = first.columns.map((column): Column => {
    const other = second.columns.find(({ name, type }) => name === column.name && type === column.type);
    if (column.type === 'numeric' && other?.type === 'numeric')
      return { ...column, values: joined(column.values, other.values) };
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
    one && other && { ...one, values: joined(one.values, other.values) };
  return {
    form: 'table',
    name: first.name,
    rows: first.rows + second.rows,
    columns,
    ...(first.time ? { time: series(first.time, second.time) } : {}),
  };
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
