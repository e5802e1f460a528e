/** Learns a scaling from the training rows. */
import { DataError } from '../../base/errors.ts';
import type { Column, Source } from '../dataset.ts';
import { sourceCount } from '../split.ts';
import type { ColumnRule, ColumnScaling, ScalingMethod } from './form.ts';

/** More categories than this would make the network mostly one column. */
const MOST_CATEGORIES = 1000;
/** From this many rows on, a text that never repeats is an identifier. */
const FEWEST_IDENTIFIERS = 20;
/** Different texts that are counted. */
const MOST_COUNTED = 100_000;

/**
 * Learns how to scale `train`: bytes stay bytes; numbers become (raw − offset) / scale with mean and standard deviation
 * (`standard`), minimum and range (`minmax`), or 0 and 1 (`none`); categories become one-hot groups.
 *
 * A column that never varies gets scale 1: see `constantColumns`. Missing values are left out of the statistics.
 *
 * @throws DataError for a column without any value, or of identifiers rather than categories.
 */
export function fitScaling(train: Source, method: ScalingMethod): ColumnScaling {
  const fit = scalingFit(train.name);
  fit.add(train);
  return fit.finish(method);
}

/** A scaling learned from rows that come one part after the other. */
export interface ScalingFit {
  /** `isLeftOut`, 1 for rows that nothing is learned from. */
  add(rows: Source, isLeftOut?: Uint8Array): void;
  /** Numbers that change where any value that was learned from does. */
  traces(): number[];
  /** @throws DataError as `fitScaling`. */
  finish(method: ScalingMethod): ColumnScaling;
}

/** @param name Of all rows, for messages. */
export function scalingFit(name: string): ScalingFit {
  let rows = 0;
  let isBytes = false;
  let shape: readonly number[] | undefined;
  const running: Running[] = [];
  const columns: { readonly type: Column['type']; readonly name: string; readonly categories: Categories }[] = [];
  return {
    add(source, isLeftOut) {
      const count = sourceCount(source);
      rows += count - (isLeftOut?.reduce((sum, is) => sum + is, 0) ?? 0);
      if (source.form === 'table') {
        for (const [at, { type, name: column, values }] of source.columns.entries()) {
          columns[at] ??= { type, name: column, categories: { distinct: new Set(), present: 0 } };
          running[at] ??= start();
          if (type === 'numeric') follow(running[at], values, { first: 0, step: 1, rows: count, isLeftOut });
          else collect(columns[at].categories, values, isLeftOut);
        }
        return;
      }
      shape = source.shape.slice(1);
      isBytes = source.values instanceof Uint8Array;
      const size = source.values.length / Math.max(1, count);
      for (let at = 0; at < size && source.values instanceof Float32Array; at++) {
        running[at] ??= start();
        follow(running[at], source.values, { first: at, step: size, rows: count, isLeftOut });
      }
    },
    traces: () => [
      rows,
      ...running.flatMap(({ count, mean, squares, min, max }) => [count, mean, squares, min, max]),
      ...columns.map(({ categories }) => categories.present),
    ],
    finish(method) {
      if (rows === 0)
        throw new DataError({ where: name, expected: 'at least 1 row', got: 'none', fix: 'give data to learn from' });
      if (shape && isBytes) return { form: 'pixels', shape: [...shape] };
      if (shape) return fittedArray(name, shape, running.map(statisticsOf), method);
      const rules = columns.map(({ type, name: column, categories }, at) => {
        const where = `${name} column ${JSON.stringify(column)}`;
        return type === 'numeric'
          ? fittedNumbers(column, statisticsOf(running[at]), method, where)
          : fittedCategories(column, categories, where);
      });
      return { form: 'columns', columns: rules };
    },
  };
}

function fittedNumbers(name: string, statistics: Statistics, method: ScalingMethod, where: string): ColumnRule {
  if (statistics.count > 0) return { type: 'numeric', name, ...offsetAndScale(statistics, method, where) };
  throw new DataError({
    where,
    expected: 'at least one value to learn from',
    got: 'only missing values',
    fix: 'leave the column out with --columns',
  });
}

interface Categories {
  readonly distinct: Set<string>;
  present: number;
}

function collect(categories: Categories, values: readonly (string | null)[], isLeftOut: Uint8Array | undefined): void {
  for (const [row, value] of values.entries()) {
    if (value === null || isLeftOut?.[row]) continue;
    categories.present += 1;
    if (categories.distinct.size < MOST_COUNTED) categories.distinct.add(value);
  }
}

function fittedCategories(name: string, { distinct, present }: Categories, where: string): ColumnRule {
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
            : `${distinct.size === MOST_COUNTED ? 'at least ' : ''}${distinct.size} different texts`,
      fix: 'leave the column out with --columns (identifiers, dates and free text are not categories)',
    });
  }
  return { type: 'category', name, categories: [...distinct].sort() };
}

function fittedArray(
  name: string,
  shape: readonly number[],
  statistics: readonly Statistics[],
  method: ScalingMethod,
): ColumnScaling {
  const rules = statistics.map((each, i) => {
    const where = `${name} feature ${i + 1}`;
    if (each.count === 0) {
      throw new DataError({
        where,
        expected: 'at least one value to learn from',
        got: 'only missing values',
        fix: 'leave the feature out of the array',
      });
    }
    return offsetAndScale(each, method, where);
  });
  return {
    form: 'array',
    shape: [...shape],
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

interface Running {
  count: number;
  min: number;
  max: number;
  mean: number;
  squares: number;
}

function start(): Running {
  return { count: 0, min: Infinity, max: -Infinity, mean: 0, squares: 0 };
}

/** One pass (Welford 1962), which stays exact where the mean is large beside the deviation; NaN is left out. */
function follow(
  running: Running,
  values: Float32Array | Float64Array,
  {
    first,
    step,
    rows,
    isLeftOut,
  }: { readonly first: number; readonly step: number; readonly rows: number; readonly isLeftOut?: Uint8Array },
): void {
  let { count, min, max, mean, squares } = running;
  for (let row = 0, at = first; row < rows; row++, at += step) {
    const value = values[at];
    if (Number.isNaN(value) || isLeftOut?.[row]) continue;
    count += 1;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  Object.assign(running, { count, min, max, mean, squares });
}

function statisticsOf({ count, min, max, mean, squares }: Running): Statistics {
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
