/** Files of rows that go through a model piece by piece into one file, however large they are. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { PreparedChunk, PreparedRequest } from '../applications/prepared-chunks.ts';
import { prepareInThread } from '../applications/threaded-chunks.ts';
import { throwIfAborted } from '../base/abort.ts';
import { OptionError } from '../base/errors.ts';
import type { Source } from '../data/dataset.ts';
import { writeAtomically } from '../data/files.ts';
import { findFiles } from '../data/find-files.ts';
import { formatOf } from '../data/formats/formats.ts';
import { isRowFile, rowSinkFor } from '../data/sinks/row-sinks.ts';
import type { DataFlags, RowPlace } from './data-flags.ts';
import { duration, type Terminal } from './terminal.ts';

/** Files of more bytes than this are not read as a whole where nobody says so. */
const LARGE = 256 * 2 ** 20;
/** Rows of a chunk: as many as one run of the engine takes. */
const ROWS = 1 << 14;

/**
 * The files of rows that `data` names, where they are to be read piece by piece; nothing where they are read as a whole.
 *
 * @param where What asks for it, for messages.
 * @throws OptionError for `disk` with data that is no file of rows.
 */
export async function rowFilesOf(
  data: string,
  from: RowPlace,
  terminal: Terminal,
  where = '--from disk',
): Promise<string[] | undefined> {
  if (from === 'memory') return undefined;
  const isMany = isPattern(data);
  const named = isMany ? data.replace(/\*$/, '') : data;
  const isRows = /\.(parquet|csv|tsv|jsonl|ndjson|json|npy)(\.gz)?$/i.test(named) && formatOf(named) !== undefined;
  if (!isRows) {
    if (from === 'auto') return undefined;
    throw new OptionError({
      where,
      expected: 'a file of rows, or a pattern of them: .parquet, .csv, .jsonl, .json, .npy',
      got: data,
      fix: `name such files, or leave ${where} out`,
    });
  }
  if (from === 'disk' || isMany) return findFiles([data]);
  const bytes = await stat(data).then(
    ({ size }) => size,
    () => 0,
  );
  if (bytes <= LARGE) return undefined;
  terminal.note(
    `${data} has ${Math.round(bytes / 2 ** 20).toLocaleString('en')} MB: read piece by piece (--from memory reads it as a whole).`,
  );
  return findFiles([data]);
}

/** Whether `data` names several files of rows, which are never read as a whole. */
export function isPattern(data: string): boolean {
  return /[*?]/.test(basename(data));
}

/**
 * As `rowFilesOf`, of a command that writes a file of rows.
 *
 * @throws OptionError for `--from disk` without such a file in `--out`.
 */
export async function rowFilesInto(
  out: string | undefined,
  data: string,
  from: RowPlace,
  terminal: Terminal,
): Promise<string[] | undefined> {
  if (out !== undefined && isRowFile(out)) return rowFilesOf(data, from, terminal);
  if (from !== 'disk') return undefined;
  throw new OptionError({
    where: '--from disk',
    expected: 'a file in --out that is written row by row: .parquet, .csv, .jsonl or .npy',
    got: out ?? 'none',
    fix: 'name such a file in --out',
  });
}

export interface RowsThrough {
  readonly files: readonly string[];
  readonly flags: DataFlags;
  readonly as: PreparedRequest['as'];
  /** A row for each row of the chunk, or nothing yet. */
  readonly work: (chunk: PreparedChunk) => Promise<Source | undefined>;
  /** What is to be written when all rows were read. */
  readonly after?: () => AsyncIterable<Source>;
  /** Nothing is written when absent. */
  readonly out?: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

export interface RowsDone {
  readonly rows: number;
  readonly files: number;
  readonly reader: 'duckdb' | 'own';
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Cells whose category was not there in training. */
  readonly unseen: number;
}

/**
 * Reads in one thread, works in this one, writes as it goes.
 *
 * @throws DataError naming the file, FileError for a full disk; InterruptedError. The old file stays in all these cases.
 */
export async function rowsThrough(through: RowsThrough): Promise<RowsDone> {
  const { files, flags, as, work, after, out, terminal, signal } = through;
  const { header, limit, label } = flags;
  const sink = out === undefined ? undefined : rowSinkFor(out);
  const began = performance.now();
  const prepared = await prepareInThread({ reading: { files, rows: ROWS, header, limit, label }, as }, signal);
  const progress = progressOf(prepared.rows, terminal);
  let [rows, unseen] = [0, 0];
  const each = async (add: (source: Source) => Promise<void>): Promise<void> => {
    for await (const chunk of prepared.chunks()) {
      throwIfAborted(signal, out ?? files[0]);
      const result = await work(chunk);
      if (result) await add(result);
      rows += chunk.parts[0].data.count;
      unseen += chunk.unseen;
      progress.to(rows, (performance.now() - began) / 1000);
    }
  };
  try {
    if (out === undefined || !sink) await each(async () => {});
    else
      await writeAtomically(out, async (handle) => {
        const rowsInto = sink(handle);
        await each((source) => rowsInto.add(source));
        for await (const source of after?.() ?? []) await rowsInto.add(source);
        await rowsInto.finish();
      });
  } finally {
    progress.end();
    await prepared.end();
  }
  const seconds = (performance.now() - began) / 1000;
  return { rows, files: files.length, reader: prepared.reader, seconds, rowsPerSecond: rows / seconds, unseen };
}

function progressOf(total: number | undefined, terminal: Terminal) {
  let bar: ReturnType<Terminal['bar']> | undefined;
  let last = 0;
  let words = '';
  return {
    to(rows: number, seconds: number): void {
      if (seconds - last < 0.2) return;
      last = seconds;
      const rate = rows / seconds;
      const left = total === undefined ? '' : `  ${duration((total - rows) / rate)} left`;
      words = `${rows.toLocaleString('en')} rows  ${Math.round(rate).toLocaleString('en')} rows/s`;
      bar ??= terminal.bar(1);
      bar.to(total === undefined ? 0 : rows / total, `${words}${left}`);
    },
    end: (): void => bar?.end(words),
  };
}

/** What was done, for people. */
export function rowsWords({ rows, files, reader, seconds, rowsPerSecond }: RowsDone): string {
  const by = reader === 'duckdb' ? 'DuckDB' : 'the own reader';
  return `${rows.toLocaleString('en')} rows of ${files === 1 ? 'one file' : `${files.toLocaleString('en')} files`} in ${duration(seconds)} (${Math.round(rowsPerSecond).toLocaleString('en')} rows/s, read by ${by}).`;
}
