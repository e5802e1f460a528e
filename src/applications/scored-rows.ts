/** Scores of a chunk of rows with what can be said of each without the others: a table to be appended to those before. */
import { featureNames } from '../data/columns/scaling.ts';
import type { TableSource } from '../data/dataset.ts';
import type { ChunkScorer } from './chunk-scorer.ts';
import type { Detector } from './detector.ts';
import type { PreparedChunk } from './prepared-chunks.ts';
import { shareAtLeastOf } from './rarity.ts';

export interface ScoredRows {
  readonly table: TableSource;
  /** Rows above the threshold. */
  readonly anomalies: number;
}

/** `example` from 1, `score`, `rarity`, `anomaly`, `because` (the column that surprises most) and `nats` of that column. */
export function chunkTables(
  { members: [{ card }], reference }: Detector,
  scorer: ChunkScorer,
  threshold: number,
): (chunk: PreparedChunk) => Promise<ScoredRows> {
  const names =
    card.scaling.form === 'columns' ? card.scaling.columns.map(({ name }) => name) : featureNames(card.scaling);
  const rarityOf = shareAtLeastOf(reference);
  return async ({ from, parts }) => {
    const { scores, column, nats } = await scorer.score(parts.map(({ data }) => data));
    const rows = scores.length;
    const [example, score, rarity] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
    const [anomaly, because] = [new Array<string>(rows), new Array<string>(rows)];
    let anomalies = 0;
    for (let row = 0; row < rows; row++) {
      const own = scores[row];
      const isAnomaly = own > threshold;
      if (isAnomaly) anomalies++;
      example[row] = from + row + 1;
      score[row] = own;
      rarity[row] = rarityOf(own);
      anomaly[row] = isAnomaly ? 'yes' : 'no';
      because[row] = names[column[row]];
    }
    const columns: TableSource['columns'] = [
      { type: 'numeric', name: 'example', values: example },
      { type: 'numeric', name: 'score', values: score },
      { type: 'numeric', name: 'rarity', values: rarity },
      { type: 'category', name: 'anomaly', values: anomaly },
      { type: 'category', name: 'because', values: because },
      { type: 'numeric', name: 'nats', values: Float64Array.from(nats) },
    ];
    return { anomalies, table: { form: 'table', name: 'scores', rows, columns } };
  };
}
