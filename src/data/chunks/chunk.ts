/** Rows of files, some at a time: how data is read that does not fit into memory. */
import type { Source } from '../dataset.ts';
import type { ReadOptions } from '../formats/format.ts';

export interface ChunkRequest extends Pick<ReadOptions, 'columns' | 'label' | 'header' | 'types' | 'limit'> {
  /** Paths, in the order in which their rows follow one another. */
  readonly files: readonly string[];
  /** The most rows of a chunk. */
  readonly rows: number;
  readonly signal?: AbortSignal;
}

export interface Chunk {
  /** Rows before it, of all files. */
  readonly from: number;
  readonly source: Source;
}

/** Readers differ in speed only: rows, their order, gaps and categories are the same. */
export interface ChunkReader {
  readonly name: 'duckdb' | 'own';
  /** What the columns of a table hold, the label's among them; none of an array. */
  readonly types: Readonly<Record<string, 'numeric' | 'category'>>;
  /** Of all files, where that is known before they are read. */
  readonly rows?: number;
  /**
   * All rows, from the first. Chunks do not go on from one file to the next.
   *
   * @throws DataError, FileError for a file that cannot be read, naming it; InterruptedError when cancelled.
   */
  chunks(): AsyncGenerator<Chunk>;
}
