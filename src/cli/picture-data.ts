/** Pictures of any sizes as a command's argument: files, folders, and sets that are known by name. */
import { createHash } from 'node:crypto';
import { DataError } from '../base/errors.ts';
import { type Picture, requirePictures } from '../data/picture.ts';
import { holdsPictures, readPictureFiles } from '../data/picture-files.ts';
import { readData } from './data-flags.ts';
import type { Terminal } from './terminal.ts';

export interface PictureFlags {
  readonly limit?: number;
  /** A picture that cannot be read is an error. */
  readonly strict?: boolean;
}

export interface PictureData {
  readonly name: string;
  readonly pictures: readonly Picture[];
  /** What its makers keep apart to measure on. */
  readonly test?: readonly Picture[];
  /** Files that could not be read, with the reason. */
  readonly skipped: readonly string[];
}

/**
 * Reads them, and tells what was left out or changed.
 *
 * @throws DataError for data that are no pictures, and with `strict` for a single one that cannot be read.
 */
export async function readPictureData(
  name: string,
  { limit, strict }: PictureFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<PictureData> {
  if (!(await holdsPictures(name))) {
    const { train, test } = await readData(name, { limit, strict }, terminal, signal);
    return {
      name: train.name,
      pictures: requirePictures(train),
      ...(test ? { test: requirePictures(test) } : {}),
      skipped: [],
    };
  }
  terminal.note(`Reading pictures of ${name} …`);
  const { pictures, notes, skipped } = await readPictureFiles(name, { limit, signal });
  for (const note of notes) terminal.note(note);
  for (const complaint of skipped) terminal.note(`Left out: ${complaint}`);
  if (skipped.length > 0 && strict)
    throw new DataError({
      where: name,
      expected: 'pictures that can all be read, with --strict',
      got: `${skipped.length} that cannot`,
      fix: 'remove or replace them, or leave --strict out',
    });
  return { name, pictures, skipped };
}

/** SHA-256 of pictures: whether they are still those that a training began with. */
export function fingerprintOf(pictures: readonly Picture[]): string {
  const hash = createHash('sha256');
  for (const { channels, height, width, values } of pictures)
    hash.update(`${channels} ${height} ${width} `).update(values);
  return hash.digest('hex');
}
