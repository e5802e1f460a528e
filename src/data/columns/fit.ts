/** Learns a scaling from the training rows. */
import { DataError } from '../../base/errors.ts';
import type { ArraySource, Column, Source, TableSource } from '../dataset.ts';
import { sourceCount } from '../split.ts';
import type { ColumnRule, ColumnScaling, ScalingMethod } from './form.ts';

/** More categories than this would make the network mostly one column. */
const MOST_CATEGORIES = 1000;
/** From this many rows on, a text that never repeats is an identifier. */
const FEWEST_IDENTIFIERS = 20;

/**
 * Learns how to scale `train`: bytes stay bytes; numbers become (raw − offset) / scale with mean and standard deviation
 * (`standard`), minimum and range (`minmax`), or 0 and 1 (`none`); categories become one-hot groups.
 *
 * A column that never varies gets scale 1: see `constantColumns`. Missing values are left out of the statistics.
 *
 * @throws DataError for a column without any value, or of identifiers rather than categories.
 */
export function fitScaling(train: Source, method: ScalingMethod): ColumnScaling {
  if (sourceCount(train) === 0) {
    throw new DataError({ where: train.name, expected: 'at least 1 row', got: 'none', fix: 'give data to learn from' });
  }
  if (train.form === 'table') {
    return { form: 'columns', columns: train.columns.map((column) => fitColumn(column, train, method)) };
  }
  if (train.values instanceof Uint8Array) return { form: 'pixels', shape: train.shape.slice(1) };
  return fitArray(train, train.values, method);
}

function fitColumn(column: Column, table: TableSource, method: ScalingMethod): ColumnRule {
  const where = `${table.name} column ${JSON.stringify(column.name)}`;
  if (column.type === 'numeric') {
    const statistics = summarise(column.values, 0, 1, column.values.length);
    if (statistics.count === 0) {
      throw new DataError({
        where,
        expected: 'at least one value to learn from',
        got: 'only missing values',
        fix: 'leave the column out with --columns',
      });
    }
    return { type: 'numeric', name: column.name, ...offsetAndScale(statistics, method, where) };
  }
  const distinct = new Set<string>();
  let present = 0;
  for (const value of column.values) {
    if (value === null) continue;
    present += 1;
    distinct.add(value);
  }
  const isIdentifier = distinct.size === present && present > FEWEST_IDENTIFIERS;
  if (isIdentifier || distinct.size > MOST_CATEGORIES || present === 0) {
    throw new DataError({
      where,
      expected: `categories that repeat, at most ${MOST_CATEGORIES} of them`,
      got:
        present === 0
          ? 'only missing values'
          : isIdentifier
            ? `a different text in each of ${present} rows`
            : `${distinct.size} different texts`,
      fix: 'leave the column out with --columns (identifiers, dates and free text are not categories)',
    });
  }
  return { type: 'category', name: column.name, categories: [...distinct].sort() };
}

function fitArray(train: ArraySource, values: Float32Array, method: ScalingMethod): ColumnScaling {
  const [rows, ...shape] = train.shape;
  const size = values.length / rows;
  const rules = Array.from({ length: size }, (_, i) => {
    const where = `${train.name} feature ${i + 1}`;
    const statistics = summarise(values, i, size, rows);
    if (statistics.count === 0) {
      throw new DataError({
        where,
        expected: 'at least one value to learn from',
        got: 'only missing values',
        fix: 'leave the feature out of the array',
      });
    }
    return offsetAndScale(statistics, method, where);
  });
  return {
    form: 'array',
    shape,
    offset: rules.map((rule) => rule.offset),
    scale: rules.map((rule) => rule.scale),
    constant: rules.flatMap((rule, i) => (rule.isConstant ? [i] : [])),
  };
}

interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the population: divided by n. */
  readonly deviation: number;
}

/** One pass (Welford 1962), which stays exact where the mean is large beside the deviation; NaN is left out. */
function summarise(values: Float32Array | Float64Array, first: number, step: number, rows: number): Statistics {
  let [count, min, max, mean, squares] = [0, Infinity, -Infinity, 0, 0];
  for (let row = 0, at = first; row < rows; row++, at += step) {
    const value = values[at];
    if (Number.isNaN(value)) continue;
    count += 1;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { count, min, max, mean, deviation: Math.sqrt(squares / Math.max(1, count)) };
}

function offsetAndScale(
  statistics: Statistics,
  method: ScalingMethod,
  where: string,
): { offset: number; scale: number; isConstant: boolean } {
  const { min, max, deviation } = statistics;
  // Differences of 1e-200 have squares of 0.
  const isConstant = min === max || deviation === 0;
  const { offset, scale } = isConstant && method !== 'none' ? { offset: min, scale: 1 } : rule(statistics, method);
  if (Number.isFinite(offset) && Number.isFinite(scale)) return { offset, scale, isConstant };
  throw new DataError({
    where,
    expected: 'values whose range fits a number',
    got: `values from ${min} to ${max}`,
    fix: 'rescale the column, or leave it out with --columns',
  });
}

function rule({ min, max, mean, deviation }: Statistics, method: ScalingMethod): { offset: number; scale: number } {
  switch (method) {
    case 'none':
      return { offset: 0, scale: 1 };
    case 'minmax':
      return { offset: min, scale: max - min };
    case 'standard':
      return { offset: mean, scale: deviation };
    default:
      return method satisfies never;
  }
}
