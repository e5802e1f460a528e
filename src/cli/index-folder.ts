/** An index in its folder: `index.json`, the model and the arrays that it names. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeIndex,
  encodeIndex,
  INDEX_FILE,
  INDEXED_MODEL,
  type OpenIndex,
  readIndex,
} from '../applications/index-file.ts';
import type { SearchIndex } from '../applications/search-index.ts';
import { FileError, ModelFileError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import { openFolder, readBytes, writeFileAtomic } from '../data/files.ts';
import { encodeNpy } from '../data/formats/npy.ts';
import type { Engine } from '../engine/engine.ts';

/** The arrays have two names each: new ones are written beside those in use, and `index.json` says from when on they count. */
const arrays = [
  { codes: 'codes.npy', pictures: 'pictures.npy' },
  { codes: 'codes-2.npy', pictures: 'pictures-2.npy' },
] as const;

/** Writes an index whose model is in the folder already; what was there before is whole until it is replaced. */
export async function writeIndex(folder: string, index: SearchIndex): Promise<void> {
  const file = join(folder, INDEX_FILE);
  const [next, last] = (await usesFirst(file)) ? [arrays[1], arrays[0]] : arrays;
  const { codes, width, pictures } = index;
  await writeFileAtomic(join(folder, next.codes), encodeNpy(codes, [codes.length / width, width]));
  if (pictures) await writeFileAtomic(join(folder, next.pictures), encodeNpy(pictures.pixels, pictures.shape));
  const model = { file: INDEXED_MODEL, sha256: await sha256(await readBytes(join(folder, INDEXED_MODEL))) };
  await writeFileAtomic(
    file,
    encodeIndex(index, { model, codes: next.codes, ...(pictures ? { pictures: next.pictures } : {}) }),
  );
  for (const name of [last.codes, last.pictures]) await rm(join(folder, name), { force: true });
}

/** Whether the arrays by their first names are those in use. */
async function usesFirst(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  try {
    return decodeIndex(await readFile(file, 'utf8'), file).codes === arrays[0].codes;
  } catch (error) {
    // What is damaged is not in use: it is about to be replaced.
    if (error instanceof ModelFileError) return false;
    throw error;
  }
}

export interface OpenIndexFolder extends OpenIndex {
  readonly modelFile: string;
}

/** @throws FileError where there is none; ModelFileError for a damaged one, or a model that it was not made with. */
export async function readIndexFolder(folder: string, engine: Engine): Promise<OpenIndexFolder> {
  if (!existsSync(join(folder, INDEX_FILE)))
    throw new FileError({
      where: folder,
      expected: `the folder of an index, with its ${INDEX_FILE}`,
      got: 'none',
      fix: 'make one: autoencoder index --fit DATA',
    });
  const open = await readIndex(openFolder(folder), engine);
  return { ...open, modelFile: join(folder, open.modelPath) };
}

/** Puts a copy of a model where the index looks for it. */
export async function copyModel(from: string, folder: string): Promise<void> {
  await writeFileAtomic(join(folder, INDEXED_MODEL), await readBytes(from));
}
