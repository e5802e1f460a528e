/** Scores of rows with what can be said of each, as tables that are appended to those before. */
import { featureNames } from '../data/columns/scaling.ts';
import type { Series, TableSource } from '../data/dataset.ts';
import type { ChunkScorer, MostNats } from './chunk-scorer.ts';
import type { Detector } from './detector.ts';
import type { PreparedChunk } from './prepared-chunks.ts';
import { shareAtLeastOf } from './rarity.ts';

export interface ScoredRows {
  readonly table: TableSource;
  /** Rows above the threshold. */
  readonly anomalies: number;
}

/** The tables of chunks of rows. */
export function chunkTables(
  { members: [{ card }], reference }: Detector,
  scorer: ChunkScorer,
  threshold: number,
): (chunk: PreparedChunk) => Promise<ScoredRows> {
  const names =
    card.scaling.form === 'columns' ? card.scaling.columns.map(({ name }) => name) : featureNames(card.scaling);
  const tableOf = scoreTables(names, reference);
  return async ({ from, parts }) => {
    const told = await scorer.score(parts.map(({ data }) => data));
    const { scores } = told;
    return {
      anomalies: scores.reduce((sum, score) => sum + Number(score > threshold), 0),
      table: tableOf({ ...told, from, isAnomaly: (row) => scores[row] > threshold }),
    };
  };
}

/** Rows that follow one another. */
export interface ToldRows extends MostNats {
  /** Rows before them. */
  readonly from: number;
  readonly scores: ArrayLike<number>;
  /** Asked for one after the other. */
  readonly isAnomaly: (row: number) => boolean;
  readonly time?: Series;
}

/** `example` from 1, the time where it is known, `score`, `rarity`, `anomaly`, `because` (the column that surprises most) and `nats` of that column. */
export function scoreTables(names: readonly string[], reference: Float64Array): (told: ToldRows) => TableSource {
  const rarityOf = shareAtLeastOf(reference);
  return ({ from, scores, column, nats, isAnomaly, time }) => {
    const rows = scores.length;
    const [example, score, rarity] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
    const [anomaly, because] = [new Array<string>(rows), new Array<string>(rows)];
    for (let row = 0; row < rows; row++) {
      const own = scores[row];
      example[row] = from + row + 1;
      score[row] = own;
      rarity[row] = rarityOf(own);
      anomaly[row] = isAnomaly(row) ? 'yes' : 'no';
      because[row] = names[column[row]];
    }
    const columns: TableSource['columns'] = [
      { type: 'numeric', name: 'example', values: example },
      ...(time ? [{ type: 'numeric' as const, ...time }] : []),
      { type: 'numeric', name: 'score', values: score },
      { type: 'numeric', name: 'rarity', values: rarity },
      { type: 'category', name: 'anomaly', values: anomaly },
      { type: 'category', name: 'because', values: because },
      { type: 'numeric', name: 'nats', values: Float64Array.from(nats) },
    ];
    return { form: 'table', name: 'scores', rows, columns };
  };
}
