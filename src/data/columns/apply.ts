/** Applies a learned scaling to a source: what the network sees. */
import { DataError } from '../../base/errors.ts';
import type { Column, Dataset, Source, TableSource } from '../dataset.ts';
import { sourceCount } from '../split.ts';
import { type ColumnRule, type ColumnScaling, featureCount, featureNames, ruleWidth, scaledShape } from './form.ts';
import { readTokens } from './tokens.ts';

/**
 * Scales `source`. Table columns are matched by name, in any order; a missing value, or a category that was not there in
 * training, becomes NaN in all its inputs.
 *
 * @throws DataError when the columns or the shape are not those that the scaling was learned on.
 */
export function applyScaling(scaling: ColumnScaling, source: Source): Dataset {
  const values = scaledValues(scaling, source);
  return {
    name: source.name,
    count: sourceCount(source),
    shape: scaledShape(scaling),
    values,
    hasMissing: values instanceof Float32Array && hasMissing(scaling, source.name, values),
    labels: source.labels,
    ...(source.form === 'array' && source.names ? { names: source.names } : {}),
    ...(source.form === 'table' && source.target ? { target: source.target } : {}),
    scaling,
  };
}

/** Whether any value is NaN; an infinite one is refused: it came from a number that float32 cannot hold. */
function hasMissing(scaling: ColumnScaling, name: string, values: Float32Array): boolean {
  // Infinity times 0, and whatever times NaN, is NaN: one question for all that are neither.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  if (sum === 0) return false;
  let isMissing = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value - value === 0) continue;
    if (!Number.isNaN(value)) {
      const width = featureCount(scaling);
      throw new DataError({
        where: `${name} example ${Math.floor(i / width) + 1} column ${JSON.stringify(featureNames(scaling)[i % width])}`,
        expected: 'a scaled value that fits a 32-bit float',
        got: `${value}`,
        fix: 'correct the value, or use another scaling',
      });
    }
    isMissing = true;
  }
  return isMissing;
}

function scaledValues(scaling: ColumnScaling, source: Source): Uint8Array | Float32Array {
  if (scaling.form === 'columns') {
    if (source.form === 'table') return scaledTable(scaling.columns, featureCount(scaling), source);
    throw mismatch(source, 'a table with the columns of training', describe(source));
  }
  if (scaling.form === 'tokens') return readTokens(scaling, source);
  const wanted = `${scaling.form === 'pixels' ? 'bytes' : 'numbers'} of shape [${scaling.shape.join(', ')}] per example`;
  const isSameShape = source.form === 'array' && source.shape.slice(1).join() === scaling.shape.join();
  if (source.form !== 'array' || !isSameShape) throw mismatch(source, wanted, describe(source));
  if (scaling.form === 'pixels') {
    if (source.values instanceof Uint8Array) return source.values;
    throw mismatch(source, wanted, describe(source));
  }
  const { offset, scale } = scaling;
  const scaled = new Float32Array(source.values.length);
  for (let i = 0, feature = 0; i < scaled.length; i++) {
    scaled[i] = (source.values[i] - offset[feature]) / scale[feature];
    feature = feature + 1 === offset.length ? 0 : feature + 1;
  }
  return scaled;
}

function scaledTable(rules: readonly ColumnRule[], width: number, table: TableSource): Float32Array {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const missing = rules.filter((rule) => !byName.has(rule.name)).map((rule) => rule.name);
  const known = new Set(rules.map((rule) => rule.name));
  const extra = table.columns.filter((column) => !known.has(column.name)).map((column) => column.name);
  if (missing.length > 0 || extra.length > 0) {
    const differences = [
      ...(missing.length > 0 ? [`without ${quoted(missing)}`] : []),
      ...(extra.length > 0 ? [`with ${quoted(extra)} besides`] : []),
    ];
    throw mismatch(table, `the columns of training, ${quoted([...known])}`, `a table ${differences.join(' and ')}`);
  }
  const scaled = new Float32Array(table.rows * width);
  let at = 0;
  for (const rule of rules) {
    const column = byName.get(rule.name);
    if (column !== undefined) scaleColumn(rule, column, table, scaled, at, width);
    at += ruleWidth(rule);
  }
  return scaled;
}

function scaleColumn(
  rule: ColumnRule,
  column: Column,
  table: TableSource,
  scaled: Float32Array,
  at: number,
  width: number,
): void {
  if (rule.type === 'numeric') {
    if (column.type !== 'numeric') {
      const row = column.values.findIndex((value) => value !== null);
      throw new DataError({
        where: `${table.name} column ${JSON.stringify(rule.name)}`,
        expected: 'numbers, as in training',
        got: `text such as ${JSON.stringify(column.values[row])}`,
        fix: 'give the column as it was in training',
      });
    }
    for (let row = 0; row < table.rows; row++) {
      scaled[row * width + at] = (column.values[row] - rule.offset) / rule.scale;
    }
    return;
  }
  const index = new Map(rule.categories.map((category, i) => [category, i]));
  for (let row = 0; row < table.rows; row++) {
    const first = row * width + at;
    const category = categoryAt(column, row);
    const hot = category === null ? undefined : index.get(category);
    if (hot === undefined) scaled.fill(NaN, first, first + rule.categories.length);
    else scaled[first + hot] = 1;
  }
}

/** Categories that happen to look like numbers in this file ("1", "2" of "1", "2", "A") are categories all the same. */
function categoryAt(column: Column, row: number): string | null {
  if (column.type === 'category') return column.values[row];
  return Number.isNaN(column.values[row]) ? null : String(column.values[row]);
}

function describe(source: Source): string {
  if (source.form === 'table') return 'a table of named columns';
  const kind = source.values instanceof Uint8Array ? 'bytes' : 'numbers';
  return `${kind} of shape [${source.shape.slice(1).join(', ')}]`;
}

function mismatch(source: Source, expected: string, got: string): DataError {
  return new DataError({
    where: source.name,
    expected,
    got,
    fix:
      source.form === 'table'
        ? 'give data like the training data; --columns and --label leave columns out'
        : 'give data like the training data; pictures are to be scaled or cropped to its size',
  });
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => JSON.stringify(name));
  return names.length > 12 ? `${shown.join(', ')} and ${names.length - 12} more` : shown.join(', ');
}
