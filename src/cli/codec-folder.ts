/** A codec in its folder: `codec.json` and the model that it names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CodecParts } from '../applications/codec/codec.ts';
import { decodeCodec, encodeCodec } from '../applications/codec/codec-file.ts';
import { FileError } from '../base/errors.ts';
import { readBytes, writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { MODEL_FILE } from './model-argument.ts';

export const CODEC_FILE = 'codec.json';

/** Writes the model and then what names it. */
export async function writeCodecFolder(folder: string, parts: Omit<CodecParts, 'fingerprint'>): Promise<void> {
  const { model, codec } = await encodeCodec(parts);
  await writeFileAtomic(join(folder, MODEL_FILE), model);
  await writeFileAtomic(join(folder, CODEC_FILE), codec);
}

/** @throws FileError where there is none; ModelFileError for a damaged one, or a model that it was not made with. */
export async function readCodecFolder(folder: string, engine: Engine): Promise<CodecParts> {
  const file = join(folder, CODEC_FILE);
  if (!existsSync(file))
    throw new FileError({
      where: folder,
      expected: `the folder of a codec, with its ${CODEC_FILE}`,
      got: 'none',
      fix: 'make one: autoencoder compress --fit PICTURES',
    });
  const files = { codec: await readBytes(file), model: await readBytes(join(folder, MODEL_FILE)) };
  return decodeCodec(files, engine, folder);
}
