/** Rows of files in the library: learned from and worked on piece by piece, however many there are. */
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDiskData, withoutColumns } from './applications/disk-data.ts';
import { readDiskSeries } from './applications/disk-series.ts';
import type { LearnableRows } from './autoencoder.ts';
import { OptionError } from './base/errors.ts';
import type { Chunk } from './data/chunks/chunk.ts';
import { openChunks } from './data/chunks/open-chunks.ts';
import { makeRowsFile } from './data/chunks/rows-file.ts';
import { findFiles } from './data/find-files.ts';

export interface RowFilesOptions {
  /** Columns of a table to use; all when absent. */
  readonly columns?: readonly string[];
  /** Columns that are no features, such as a label. */
  readonly without?: readonly string[];
  /** The column that says when each row was: no feature, and of a series never earlier than the row before. */
  readonly time?: string;
  /** Whether the first line of a CSV file names the columns; found out when absent. */
  readonly header?: 'auto' | 'yes' | 'no';
  /** The first so many rows. */
  readonly limit?: number;
  /** Rows in memory at a time while they are learned from; 32 MB of them when absent. */
  readonly window?: number;
  /**
   * Folder for the scaled rows while they are learned from: 4 bytes a number, gone at the end. That of the system for temporary files when
   * absent, which is in memory on some machines.
   */
  readonly scratch?: string;
  /** Told how far reading before training is: twice over all rows. */
  readonly onRows?: (pass: 1 | 2, rows: number, total: number | undefined) => void;
}

/** What `rowFiles` names. */
export interface RowFiles extends LearnableRows {
  /**
   * All rows in order, some thousand at a time: each `source` is what `encode`, `reconstruct` or the `score` of a detector of rows take (one of
   * series wants the rows before and after, too), `from` the number of rows before it.
   *
   * @throws DataError, FileError for a file that cannot be read, naming it.
   */
  chunks(options?: { readonly rows?: number; readonly signal?: AbortSignal }): AsyncGenerator<Chunk>;
}

/** As many as a run of the engine takes. */
const ROWS = 1 << 14;

/**
 * Rows of Parquet, CSV, JSON or npy files that need not fit into memory: a file, a folder, a pattern in the last part of a path, or
 * several of these. Read by DuckDB where `@duckdb/node-api` is installed, which is many times faster. Nothing is read yet.
 *
 * @example
 * const rows = rowFiles('logs/*.parquet');
 * const model = autoencoder({ latent: 4 });
 * await model.fit(rows, { epochs: 5 });
 * for await (const { from, source } of rows.chunks()) {
 *   const { values } = await model.encode(source); // codes of the rows from number `from` on
 * }
 */
export function rowFiles(names: string | readonly string[], options: RowFilesOptions = {}): RowFiles {
  const { columns, without = [], time, header, limit, window, scratch = tmpdir(), onRows } = options;
  const list = typeof names === 'string' ? [names] : names;
  const noFeatures = time === undefined ? without : [...without, time];
  const reading = async (signal: AbortSignal | undefined) => ({
    name: list.join(' '),
    files: await findFiles(list),
    reading: { columns, header, limit },
    openRows: (width: number) => makeRowsFile(join(scratch, `autoencoder-rows-${randomUUID()}`), width),
    signal,
    onRows,
  });
  return {
    readRows: async (recipe, signal) =>
      readDiskData({ ...(await reading(signal)), recipe, without: noFeatures, window }),
    async readSeries(recipe, length, signal) {
      if (without.length > 0) throw notOfSeries(without);
      return readDiskSeries({ ...(await reading(signal)), recipe, time, length });
    },
    async *chunks({ rows = ROWS, signal } = {}) {
      const reader = await openChunks({ files: await findFiles(list), columns, header, limit, rows, signal });
      for await (const { from, source } of reader.chunks()) yield { from, source: withoutColumns(source, noFeatures) };
    },
  };
}

function notOfSeries(without: readonly string[]): OptionError {
  return new OptionError({
    where: 'rowFiles, without',
    expected: 'the columns of a series by name',
    got: `all but ${without.join(', ')}`,
    fix: 'name those to use in columns instead',
  });
}
