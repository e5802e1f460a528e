/** Scores of rows with the column that surprises most, of as many rows as come. */
import { type ColumnScorer, makeColumnScorer } from './column-scorer.ts';
import type { Member } from './detector.ts';

/** The column of each row that surprises most, and its nats. */
export interface MostNats {
  readonly column: Int32Array;
  readonly nats: Float32Array;
}

export interface ChunkScores extends MostNats {
  /** Nats of each example. */
  readonly scores: Float32Array;
}

export interface ChunkScorer extends Pick<ColumnScorer, 'dispose'> {
  score(...of: Parameters<ColumnScorer['score']>): Promise<ChunkScores>;
}

/** @throws OptionError for models that are told the class of what they are shown. */
export function makeChunkScorer(members: readonly Member[]): ChunkScorer {
  const scorer = makeColumnScorer(members);
  return {
    async score(parts) {
      const { scores, columns } = await scorer.score(parts);
      return { scores, ...mostOf(columns, scores.length) };
    },
    dispose: scorer.dispose,
  };
}

/** Of `[count, columns]`. The runtime's own ArgMax takes twice as long. */
export function mostOf(columns: Float32Array, count: number): MostNats {
  const width = columns.length / count;
  const [column, nats] = [new Int32Array(count), new Float32Array(count)];
  for (let row = 0, at = 0; row < count; row++) {
    let most = columns[at];
    let best = 0;
    for (let i = 1; i < width; i++) {
      const value = columns[at + i];
      if (value > most) {
        most = value;
        best = i;
      }
    }
    at += width;
    column[row] = best;
    nats[row] = most;
  }
  return { column, nats };
}
