/** Labels as a column, for formats that hold nothing else. */
import { arrayFeatureNames } from './columns/form.ts';
import type { Column, Source, TableSource } from './dataset.ts';

/** The source as a table whose last column, called `name`, says the class; as it is, where it has no labels. */
export function withLabelColumn(source: Source, name: string): Source {
  const { labels } = source;
  if (!labels) return source;
  const classes = Array.from(labels.values, (value) => labels.names[value] ?? null);
  const table: TableSource = source.form === 'table' ? source : asTable(source.name, source.values, source.shape);
  return { ...table, columns: [...table.columns, { type: 'category', name, values: classes }], labels };
}

function asTable(name: string, values: ArrayLike<number>, [rows, ...shape]: readonly number[]): TableSource {
  const names = arrayFeatureNames(shape);
  const columns = names.map(
    (column, at): Column => ({
      type: 'numeric',
      name: column,
      values: Float64Array.from({ length: rows }, (_, row) => values[row * names.length + at]),
    }),
  );
  return { form: 'table', name, rows, columns };
}
