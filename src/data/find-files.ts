/** Files by name: one, a folder of them with all its folders (.json left out), or a pattern in the last part of a path. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DataError } from '../base/errors.ts';
import { fileError } from './files.ts';
import { formatOf } from './formats/formats.ts';
import { json } from './formats/json.ts';

/** @throws DataError where nothing is called so, or a folder holds none that is read. */
export async function findFiles(names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) found.push(...(await filesOf(name)));
  return [...new Set(found.map((path) => resolve(path)))];
}

async function filesOf(name: string): Promise<string[]> {
  const entry = await stat(name).catch(() => undefined);
  if (entry?.isFile()) return [name];
  if (entry?.isDirectory()) {
    const inside = (await filesBelow(name)).sort();
    if (inside.length > 0) return inside;
    throw new DataError({
      where: name,
      expected: 'a folder with files of rows (.parquet, .csv, .jsonl, .npy …)',
      got: 'none in it',
      fix: 'name another folder; pictures are to be put into .npy files first',
    });
  }
  const matches = /[*?]/.test(basename(name)) ? await matching(name) : [];
  if (matches.length > 0) return matches;
  throw new DataError({
    where: `data ${JSON.stringify(name)}`,
    expected: 'a file, a folder or a pattern of files that exist',
    got: 'none',
    fix: 'check the path',
  });
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((cause: unknown) => {
    throw fileError(cause, folder, 'read');
  });
  // What lies as .json in a folder of data mostly tells about the data.
  return entries
    .filter((entry) => !entry.isDirectory() && formatOf(entry.name) !== undefined && !json.files.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function matching(pattern: string): Promise<string[]> {
  const folder = dirname(pattern);
  const source = basename(pattern)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => new RegExp(`^${source}$`).test(name))
    .sort()
    .map((name) => join(folder, name));
}
