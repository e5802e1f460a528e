/** A codec in its folder: `codec.json` and the model that it names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CodecParts } from '../applications/codec/codec.ts';
import { decodeCodec, encodeCodec } from '../applications/codec/codec-file.ts';
import type { FittedCodec } from '../applications/codec/fit-codec.ts';
import { FileError, ModelFileError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import { readBytes, writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import { MODEL_FILE, readModel } from './model-argument.ts';

export const CODEC_FILE = 'codec.json';

/** Writes the model and then what names it. */
export async function writeCodecFolder(folder: string, { trained, qualities }: FittedCodec): Promise<void> {
  const bytes = await encodeModelFile(trained, trained.model);
  await writeFileAtomic(join(folder, MODEL_FILE), bytes);
  await writeFileAtomic(
    join(folder, CODEC_FILE),
    encodeCodec({ qualities }, { file: MODEL_FILE, sha256: await sha256(bytes) }),
  );
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
  const modelFile = join(folder, MODEL_FILE);
  const { card, model, parameters } = await readModel(modelFile);
  const saved = await decodeCodec(await readBytes(file), model.codeChannels, file);
  const found = await sha256(await readBytes(modelFile));
  if (saved.model.sha256 !== found)
    throw new ModelFileError({
      where: modelFile,
      expected: `the model that ${file} was made with (SHA-256 ${saved.model.sha256.slice(0, 12)}…)`,
      got: `another one (${found.slice(0, 12)}…)`,
      fix: 'put the right one back, or make the codec anew: autoencoder compress --fit PICTURES',
    });
  return { ...saved.tables, trained: { card, model, parameters, engine, runner: makeRunner(engine, model) } };
}
