/** Chooses rows of a source: a seeded split into training and validation, or any list of rows. */
import { DataError, OptionError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Column, Dataset, Labels, Series, Source, TableSource } from './dataset.ts';

export function sourceCount(source: Source): number {
  return source.form === 'array' ? source.shape[0] : source.rows;
}

/**
 * Splits off a random `fraction` of the rows for validation; both parts keep the order of the source.
 *
 * @throws OptionError when `fraction` is not strictly between 0 and 1; DataError with fewer than 2 rows.
 */
export function splitSource(source: Source, fraction: number, random: Random): { train: Source; validation: Source } {
  if (!(fraction > 0 && fraction < 1)) {
    throw new OptionError({
      where: 'validation',
      expected: 'a fraction strictly between 0 and 1',
      got: String(fraction),
      fix: 'give for example 0.1',
    });
  }
  const count = sourceCount(source);
  if (count < 2) {
    throw new DataError({
      where: source.name,
      expected: 'at least 2 rows to split into training and validation',
      got: `${count}`,
      fix: 'give more rows',
    });
  }
  const held = Math.min(count - 1, Math.max(1, Math.round(count * fraction)));
  const order = random.permutation(count);
  return {
    train: takeRows(source, order.subarray(held).sort()),
    validation: takeRows(source, order.subarray(0, held).sort()),
  };
}

/** A copy of the rows `indices`, in that order, with their labels. */
export function takeRows(source: TableSource, indices: ArrayLike<number>): TableSource;
export function takeRows(source: Source, indices: ArrayLike<number>): Source;
export function takeRows(source: Source, indices: ArrayLike<number>): Source {
  const count = sourceCount(source);
  for (let i = 0; i < indices.length; i++) {
    if (!Number.isInteger(indices[i]) || indices[i] < 0 || indices[i] >= count) {
      throw new DataError({
        where: source.name,
        expected: `row indices from 0 to ${count - 1}`,
        got: `${indices[i]}`,
        fix: 'ask for rows that exist',
      });
    }
  }
  const labels = source.labels && takeLabels(source.labels, indices);
  if (source.form === 'table') {
    const columns = source.columns.map((column) => takeColumn(column, indices));
    const series = (given: Series | undefined): Series | undefined =>
      given && { ...given, values: takeNumbers(given.values, indices) };
    return {
      ...source,
      rows: indices.length,
      columns,
      labels,
      time: series(source.time),
      target: series(source.target),
    };
  }
  const values = matrixRows(source.values, source.values.length / count, indices);
  const { names } = source;
  return {
    ...source,
    values,
    shape: [indices.length, ...source.shape.slice(1)],
    labels,
    ...(names ? { names: Array.from(indices, (row) => names[row]) } : {}),
  };
}

/** As `takeRows`, of data that is scaled already. */
export function takeExamples(data: Dataset, indices: ArrayLike<number>): Dataset {
  const { values, shape, names, labels, target } = data;
  return {
    ...data,
    count: indices.length,
    values: matrixRows(values, sizeOf(shape), indices),
    ...(names ? { names: Array.from(indices, (row) => names[row]) } : {}),
    ...(labels ? { labels: takeLabels(labels, indices) } : {}),
    ...(target ? { target: { ...target, values: takeNumbers(target.values, indices) } } : {}),
  };
}

export function takeLabels(labels: Labels, indices: ArrayLike<number>): Labels {
  return {
    values: Int32Array.from({ length: indices.length }, (_, i) => labels.values[indices[i]]),
    names: labels.names,
  };
}

function takeColumn(column: Column, indices: ArrayLike<number>): Column {
  const { length } = indices;
  return column.type === 'numeric'
    ? { ...column, values: takeNumbers(column.values, indices) }
    : { ...column, values: Array.from({ length }, (_, i) => column.values[indices[i]]) };
}

function takeNumbers(values: Float64Array, indices: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: indices.length }, (_, i) => values[indices[i]]);
}

/** The rows `indices` of a matrix `[rows, width]`, row-major, in that order. */
export function matrixRows(values: Float32Array, width: number, indices: ArrayLike<number>): Float32Array;
export function matrixRows(values: Uint8Array, width: number, indices: ArrayLike<number>): Uint8Array;
export function matrixRows(
  values: Uint8Array | Float32Array,
  width: number,
  indices: ArrayLike<number>,
): Uint8Array | Float32Array;
export function matrixRows(
  values: Uint8Array | Float32Array,
  width: number,
  indices: ArrayLike<number>,
): Uint8Array | Float32Array {
  const length = indices.length * width;
  const taken = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  for (let at = 0; at < indices.length; at++)
    taken.set(values.subarray(indices[at] * width, (indices[at] + 1) * width), at * width);
  return taken;
}
