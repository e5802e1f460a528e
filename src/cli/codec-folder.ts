/** A codec in its folder: `codec.json` and the model that it names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CodecFiles } from '../applications/codec/codec-packing.ts';
import { isSetCodec } from '../applications/codec/set-codec-file.ts';
import { FileError } from '../base/errors.ts';
import { readBytes, writeFileAtomic } from '../data/files.ts';
import { MODEL_FILE } from './model-argument.ts';

export const CODEC_FILE = 'codec.json';

/** Writes the model and then what names it. */
export async function writeCodecFolder(folder: string, { model, codec }: CodecFiles): Promise<void> {
  await writeFileAtomic(join(folder, MODEL_FILE), model);
  await writeFileAtomic(join(folder, CODEC_FILE), codec);
}

/** Whether the folder has a codec of sets in it. */
export async function isSetFolder(folder: string): Promise<boolean> {
  const file = join(folder, CODEC_FILE);
  return existsSync(file) && isSetCodec(await readBytes(file));
}

/** What is in the folder, unread. @throws FileError where there is none. */
export async function readCodecFolder(folder: string): Promise<CodecFiles> {
  const file = join(folder, CODEC_FILE);
  if (!existsSync(file))
    throw new FileError({
      where: folder,
      expected: `the folder of a codec, with its ${CODEC_FILE}`,
      got: 'none',
      fix: 'make one: autoencoder compress --fit PICTURES',
    });
  return { codec: await readBytes(file), model: await readBytes(join(folder, MODEL_FILE)) };
}
