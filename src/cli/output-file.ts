/** `--out FILE`: results as .npy, .csv, .jsonl, .parquet, .arrow or .png, by the name's ending. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileError, OptionError } from '../base/errors.ts';
import type { ArraySource, Source } from '../data/dataset.ts';
import { writeFileAtomic } from '../data/files.ts';
import { encodeCsv } from '../data/formats/csv.ts';
import { encodeSource, writerFor } from '../data/formats/formats.ts';
import type { Terminal } from './terminal.ts';

/**
 * Refuses a `--out` that cannot be written, before anything is computed for it.
 *
 * @throws OptionError for an unknown ending, FileError for a folder that does not exist.
 */
export async function checkOutput(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  writerFor(path);
  await checkFolder(path);
}

/** @throws FileError for a file in a folder that does not exist. */
export async function checkFolder(path: string): Promise<void> {
  const folder = dirname(path);
  const isFolder = await stat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new FileError({
    where: `--out ${path}`,
    expected: 'a file in a folder that exists',
    got: `no folder ${folder}`,
    fix: 'make the folder first, or choose another place',
  });
}

/** @throws OptionError where `out` names one file and there are several to write. */
export function requireOne(out: string, count: number): void {
  if (count === 1) return;
  throw new OptionError({
    where: `--out ${out}`,
    expected: `a folder for ${count} files`,
    got: 'the name of one file',
    fix: 'name a folder',
  });
}

/** @throws OptionError for a file that is there already, and that is not to be replaced. */
export function refuseExisting(path: string, { overwrite }: { readonly overwrite?: boolean }): void {
  if (overwrite || !existsSync(path)) return;
  throw new OptionError({
    where: `--out ${path}`,
    expected: 'a file that is not there yet',
    got: 'one that is',
    fix: 'choose another place, or add --overwrite',
  });
}

/** Writes `source` to `path`, or as CSV to standard output when there is no path (and no JSON to print). */
export async function writeOutput(source: Source, path: string | undefined, terminal: Terminal): Promise<void> {
  if (path !== undefined) await writeFileAtomic(path, encodeSource(path, source));
  else if (!terminal.isJson) process.stdout.write(encodeCsv(source));
}

/** Rows of numbers as a source. */
export function asArray(name: string, values: Float32Array, width: number): ArraySource {
  return { form: 'array', name, values, shape: [values.length / width, width] };
}
