/** What a detector found, as JSON. */
import type { Anomalies } from '../applications/anomalies.ts';
import type { Column, Source } from '../data/dataset.ts';

interface Reason {
  readonly column: string;
  readonly nats: number;
  readonly value: number | string | null;
  readonly expected: number | string | null;
}

interface Detected {
  readonly score: number;
  readonly isAnomaly: boolean;
  readonly rarity: number;
  readonly reasons: readonly Reason[];
}

/** Columns that are named of each row, at most. */
const REASONS = 3;

export function detectedIn(
  source: Source,
  found: Anomalies,
): { readonly threshold: number; readonly detected: readonly Detected[] } {
  const { scores, threshold, isAnomaly, rarity } = found;
  const detected = Array.from(scores, (score, row) => ({
    score,
    isAnomaly: isAnomaly[row],
    rarity: rarity[row],
    reasons: reasonsFor(source, found, row),
  }));
  return { threshold, detected };
}

function reasonsFor(source: Source, { columns, names, expected }: Anomalies, row: number): Reason[] {
  if (source.form !== 'table' || expected.form !== 'table') return [];
  const nats = columns.subarray(row * names.length, (row + 1) * names.length);
  const cellOf = (all: readonly Column[], name: string): number | string | null => {
    const cell = all.find((column) => column.name === name)?.values[row] ?? null;
    return typeof cell === 'number' && Number.isNaN(cell) ? null : cell;
  };
  return Array.from(names, (column, at) => ({ column, at }))
    .sort((a, b) => nats[b.at] - nats[a.at])
    .slice(0, REASONS)
    .map(({ column, at }) => ({
      column,
      nats: nats[at],
      value: cellOf(source.columns, column),
      expected: cellOf(expected.columns, column),
    }));
}
