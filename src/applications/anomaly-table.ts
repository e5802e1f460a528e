/** Scores and their reasons as tables: what `anomalies` writes, prints and shows. */
import type { Column, Source, TableSource } from '../data/dataset.ts';
import type { Anomalies } from './anomalies.ts';
import { descending } from './roc.ts';

/** Why one example scores as it does. */
export interface Reason {
  readonly row: number;
  readonly score: number;
  readonly rarity: number;
  /** The column that surprises most, what stands there, and what the model would have expected. */
  readonly column: string;
  readonly value: string;
  readonly expected: string;
  /** Nats of that column. */
  readonly nats: number;
}

/** Of the `most` highest scores, the highest first. */
export function reasonsOf(source: Source, found: Anomalies, most: number): Reason[] {
  return Array.from(descending(found.scores).subarray(0, most), (row) => reasonOf(source, found, row));
}

/** Why a stretch of rows scores as it does: by the row of its peak. */
export function reasonsOfStretches(
  source: Source,
  found: Anomalies,
  most: number,
): (Reason & { readonly where: string })[] {
  const shown = (found.stretches ?? []).toSorted((a, b) => b.peak - a.peak).slice(0, most);
  return shown.map(({ from, to, peak }) => {
    const row = found.scores.indexOf(peak, from);
    return { ...reasonOf(source, found, row), where: `${from + 1} – ${to + 1}` };
  });
}

/** Why one example scores as it does. */
export function reasonOf(
  source: Source,
  { scores, rarity, columns, names, expected }: Pick<Anomalies, 'scores' | 'rarity' | 'columns' | 'names' | 'expected'>,
  row: number,
): Reason {
  const width = names.length;
  const own = columns.subarray(row * width, (row + 1) * width);
  const at = own.indexOf(own.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY));
  const [column, nats] = [names[at], own[at]];
  return {
    row,
    score: scores[row],
    rarity: rarity[row],
    column,
    value: cellOf(source, row, column, at),
    expected: cellOf(expected, row, column, at),
    nats,
  };
}

/** What stands in a column, for people; of what is no table, by its place. */
export function cellOf(source: Source, row: number, name: string, at: number): string {
  if (source.form === 'array') {
    const width = source.values.length / source.shape[0];
    return rounded(source.values[row * width + at]);
  }
  const column = source.columns.find((candidate) => candidate.name === name);
  if (!column) return '';
  return column.type === 'numeric' ? rounded(column.values[row]) : (column.values[row] ?? '');
}

function rounded(value: number): string {
  return Number.isNaN(value) ? '' : String(Number(value.toPrecision(5)));
}

/** One row for each example: its number from 1, score, rarity, whether it is an anomaly, and why. */
export function anomalyTable(source: Source, found: Anomalies): TableSource {
  const { scores, rarity, isAnomaly } = found;
  const rows = Array.from(scores, (_, row) => reasonOf(source, found, row));
  const columns: Column[] = [
    { type: 'numeric', name: 'example', values: Float64Array.from(scores, (_, row) => row + 1) },
    ...(source.form === 'table' && source.time ? [{ type: 'numeric' as const, ...source.time }] : []),
    { type: 'numeric', name: 'score', values: scores },
    { type: 'numeric', name: 'rarity', values: rarity },
    { type: 'category', name: 'anomaly', values: isAnomaly.map((is) => (is ? 'yes' : 'no')) },
    { type: 'category', name: 'because', values: rows.map(({ column }) => column) },
    { type: 'numeric', name: 'nats', values: Float64Array.from(rows, ({ nats }) => nats) },
    { type: 'category', name: 'value', values: rows.map(({ value }) => value) },
    { type: 'category', name: 'expected', values: rows.map(({ expected }) => expected) },
    ...(source.labels ? [labelColumn(source.labels)] : []),
  ];
  return { form: 'table', name: 'anomalies', rows: scores.length, columns };
}

function labelColumn({ values, names }: NonNullable<Source['labels']>): Column {
  return { type: 'category', name: 'label', values: Array.from(values, (value) => names[value] ?? null) };
}

/** Nats of every column of every example. */
export function contributionTable({ columns, names, scores }: Anomalies): TableSource {
  const width = names.length;
  return {
    form: 'table',
    name: 'contributions',
    rows: scores.length,
    columns: names.map((name, at) => ({
      type: 'numeric',
      name,
      values: Float64Array.from(scores, (_, row) => columns[row * width + at]),
    })),
  };
}
