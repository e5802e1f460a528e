/** Rows on disk made ready to be trained on, with what people are told meanwhile. */
import { join } from 'node:path';
import { type DiskData, readDiskData } from '../applications/disk-data.ts';
import { type DiskSeries, readDiskSeries } from '../applications/disk-series.ts';
import type { Recipe } from '../applications/recipe.ts';
import { OptionError } from '../base/errors.ts';
import { makeRowsFile, type OpenRows } from '../data/chunks/rows-file.ts';
import type { Setup } from './run-folder.ts';
import type { Terminal } from './terminal.ts';

/** Beside the checkpoint: a folder that can be written to, on a disk that the user chose. */
const ROWS_FILE = 'rows.tmp';

type Passes = Readonly<Record<1 | 2, string>>;
const ROW_PASSES: Passes = { 1: 'Learning how columns are scaled', 2: 'Scaling' };
const SERIES_PASSES: Passes = { 1: 'Looking for categories', 2: 'Reading' };

/** As of a training, and how many rows a window of the series has, where somebody says so. */
export type SeriesSetup = Omit<DiskTraining['setup'], 'label' | 'window'> & { readonly length?: number };

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
  openRows: OpenRows = rowsIn(folder),
): Promise<DiskData> {
  const { columns, header, limit, label, time, threads, window } = setup;
  const data = await followed(terminal, ROW_PASSES, (onRows) =>
    readDiskData({
      name: setup.data,
      files,
      reading: { columns, header, limit, threads },
      without: [label, time].filter((name) => name !== undefined),
      recipe,
      openRows,
      window,
      signal,
      onRows,
    }),
  );
  terminal.note(
    `${data.count.toLocaleString('en')} rows to learn from on disk, ${readerWords(data)}; PCA is fitted to ${data.parts.train.count.toLocaleString('en')} of them.`,
  );
  return data;
}

/** As `diskData`, of rows that are the moments of a series. @throws as `readDiskSeries`. */
export async function diskSeries(
  files: readonly string[],
  folder: string,
  { setup, recipe, terminal, signal }: Omit<DiskTraining, 'setup'> & { readonly setup: SeriesSetup },
): Promise<DiskSeries> {
  const { columns, header, limit, time, threads, length } = setup;
  const series = await followed(terminal, SERIES_PASSES, (onRows) =>
    readDiskSeries({
      name: setup.data,
      files,
      reading: { columns, header, limit, threads },
      time,
      length,
      recipe,
      openRows: rowsIn(folder),
      signal,
      onRows,
    }),
  );
  const { rows, data } = series;
  terminal.note(
    `${rows.toLocaleString('en')} rows on disk, ${readerWords(data)}; ${data.count.toLocaleString('en')} windows of ${series.length} to learn from.`,
  );
  return series;
}

function rowsIn(folder: string): OpenRows {
  return (width) => makeRowsFile(join(folder, ROWS_FILE), width);
}

/** Shows how far reading is. */
async function followed<Read>(
  terminal: Terminal,
  passes: Passes,
  read: (onRows: ReturnType<typeof progressOf>['to']) => Promise<Read>,
): Promise<Read> {
  const progress = progressOf(terminal, passes);
  try {
    return await read(progress.to);
  } finally {
    progress.end();
  }
}

function readerWords({ reader }: DiskData): string {
  return `read by ${reader === 'duckdb' ? 'DuckDB' : 'the own reader'}`;
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

function progressOf(terminal: Terminal, names: Passes) {
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
