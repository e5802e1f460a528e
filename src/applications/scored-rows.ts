/** Scores of a chunk of rows with what can be said of each without the others: a table to be appended to those before. */
import { featureNames } from '../data/columns/scaling.ts';
import type { TableSource } from '../data/dataset.ts';
import { shareAtLeast } from './anomalies.ts';
import type { ChunkScorer } from './chunk-scorer.ts';
import type { Detector } from './detector.ts';
import type { PreparedChunk } from './prepared-chunks.ts';

export interface ScoredRows {
  readonly table: TableSource;
  /** Rows above the threshold. */
  readonly anomalies: number;
}

/** `example` from 1, `score`, `rarity`, `anomaly`, `because` (the column that surprises most) and `nats` of that column. */
export async function scoreChunk(
  { members, reference }: Detector,
  scorer: ChunkScorer,
  threshold: number,
  { from, parts }: PreparedChunk,
): Promise<ScoredRows> {
  const { scores, columns } = await scorer.score(parts.map(({ data }) => data));
  const [{ card }] = members;
  const names =
    card.scaling.form === 'columns' ? card.scaling.columns.map(({ name }) => name) : featureNames(card.scaling);
  const width = names.length;
  const rows = scores.length;
  const [example, rarity, nats] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  const score = Float64Array.from(scores);
  const anomaly = new Array<string>(rows);
  const because = new Array<string>(rows);
  let anomalies = 0;
  for (let row = 0, at = 0; row < rows; row++) {
    let [most, column] = [Number.NEGATIVE_INFINITY, 0];
    for (let i = 0; i < width; i++, at++) {
      if (columns[at] <= most) continue;
      most = columns[at];
      column = i;
    }
    const isAnomaly = scores[row] > threshold;
    if (isAnomaly) anomalies++;
    example[row] = from + row + 1;
    rarity[row] = shareAtLeast(reference, scores[row]);
    nats[row] = most;
    anomaly[row] = isAnomaly ? 'yes' : 'no';
    because[row] = names[column];
  }
  return {
    anomalies,
    table: {
      form: 'table',
      name: 'scores',
      rows,
      columns: [
        { type: 'numeric', name: 'example', values: example },
        { type: 'numeric', name: 'score', values: score },
        { type: 'numeric', name: 'rarity', values: rarity },
        { type: 'category', name: 'anomaly', values: anomaly },
        { type: 'category', name: 'because', values: because },
        { type: 'numeric', name: 'nats', values: nats },
      ],
    },
  };
}
