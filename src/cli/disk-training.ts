/** Rows on disk made ready to be trained on, with what people are told meanwhile. */
import { join } from 'node:path';
import { type DiskData, readDiskData } from '../applications/disk-data.ts';
import type { Recipe } from '../applications/recipe.ts';
import { OptionError } from '../base/errors.ts';
import { makeRowsFile, type OpenRows } from '../data/chunks/rows-file.ts';
import type { Setup } from './run-folder.ts';
import type { Terminal } from './terminal.ts';

/** Beside the checkpoint: a folder that can be written to, on a disk that the user chose. */
const ROWS_FILE = 'rows.tmp';

export interface DiskTraining {
  readonly setup: Pick<Setup, 'data' | 'columns' | 'header' | 'limit' | 'label' | 'time' | 'threads' | 'window'>;
  readonly recipe: Recipe;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * @param openRows A file in the folder, of this process alone, when absent.
 * @throws DataError, FileError, OptionError as `readDiskData`.
 */
export async function diskData(
  files: readonly string[],
  folder: string,
  { setup, recipe, terminal, signal }: DiskTraining,
  openRows: OpenRows = (width) => makeRowsFile(join(folder, ROWS_FILE), width),
): Promise<DiskData> {
  const { columns, header, limit, label, time, threads, window } = setup;
  const progress = progressOf(terminal);
  try {
    const data = await readDiskData({
      name: setup.data,
      files,
      reading: { columns, header, limit, threads },
      without: [label, time].filter((name) => name !== undefined),
      recipe,
      openRows,
      window,
      signal,
      onRows: progress.to,
    });
    progress.end();
    const by = data.reader === 'duckdb' ? 'DuckDB' : 'the own reader';
    terminal.note(
      `${data.count.toLocaleString('en')} rows to learn from on disk, read by ${by}; PCA is fitted to ${data.parts.train.count.toLocaleString('en')} of them.`,
    );
    return data;
  } catch (error) {
    progress.end();
    throw error;
  }
}

/** @throws OptionError for a window of rows that are all in memory. */
export function refuseWindow(window: number | undefined): void {
  if (window === undefined) return;
  throw new OptionError({
    where: '--window',
    expected: 'data on disk: all rows of other data are in memory',
    got: `--window ${window}`,
    fix: 'leave it out, or add --from disk',
  });
}

function progressOf(terminal: Terminal) {
  const names = { 1: 'Learning how columns are scaled', 2: 'Scaling' } as const;
  let [bar, pass]: [ReturnType<Terminal['bar']> | undefined, 1 | 2 | undefined] = [undefined, undefined];
  return {
    to(now: 1 | 2, rows: number, total: number | undefined): void {
      if (now !== pass) {
        bar?.end(`${names[pass ?? 1]}: done.`);
        [bar, pass] = [terminal.bar(1), now];
      }
      bar?.to(total === undefined ? 0 : rows / total, `${names[now]}: ${rows.toLocaleString('en')} rows`);
    },
    end(): void {
      if (bar && pass) bar.end(`${names[pass]}: done.`);
      bar = undefined;
    },
  };
}
