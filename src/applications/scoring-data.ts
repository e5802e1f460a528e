/** Data to be scored may hold what training data did not: gaps, and categories that were never seen. Neither is refused. */
import { DataError } from '../base/errors.ts';
import type { Dataset, Source } from '../data/dataset.ts';
import type { ModelCard } from '../model/file/model-file.ts';
import { columnSpans } from './cells.ts';
import { datasetFor } from './learn.ts';

/** A cell whose category was not there in training. */
export interface UnseenCategory {
  readonly row: number;
  readonly column: string;
  readonly category: string;
}

export interface ScoringData {
  /** Unseen categories are groups of zeros here, gaps are NaN. */
  readonly data: Dataset;
  readonly unseen: readonly UnseenCategory[];
  /** Where in `data.values` the groups of unseen categories begin. */
  readonly unseenAt: ReadonlySet<number>;
}

/** @throws DataError for data of another shape than in training, or a table without a single value. */
export function readForScoring(card: ModelCard, source: Source): ScoringData {
  const data = datasetFor(card, source, source.name, { gaps: 'any' });
  requireAnyValue(source.name, !data.hasMissing || data.values.some((value) => !Number.isNaN(value)));
  if (source.form !== 'table' || card.scaling.form !== 'columns') return { data, unseen: [], unseenAt: new Set() };
  if (!card.scaling.columns.some(({ type }) => type === 'category')) return { data, unseen: [], unseenAt: new Set() };
  const values = new Float32Array(data.values);
  const width = values.length / Math.max(1, data.count);
  const unseen: UnseenCategory[] = [];
  const unseenAt = new Set<number>();
  for (const [at, { from, to, isCategory }] of columnSpans(data.scaling).entries()) {
    const { name } = card.scaling.columns[at];
    const column = source.columns.find((candidate) => candidate.name === name);
    if (!isCategory || column?.type !== 'category') continue;
    for (const [row, category] of column.values.entries()) {
      if (category === null || !Number.isNaN(values[row * width + from])) continue;
      values.fill(0, row * width + from, row * width + to);
      unseen.push({ row, column: name, category });
      unseenAt.add(row * width + from);
    }
  }
  return { data: { ...data, values, hasMissing: values.some((value) => Number.isNaN(value)) }, unseen, unseenAt };
}

/** @throws DataError for data without a single value. */
export function requireAnyValue(where: string, isAnyThere: boolean): void {
  if (isAnyThere) return;
  throw new DataError({
    where,
    expected: 'at least one value',
    got: 'missing values only',
    fix: 'look at how the file is read: its header, its separator, the names of its columns',
  });
}
