/** A model of texts in its folder: `texts.json` and the model that it names; of an unfinished one, the checkpoint to go on from. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { assembleTexts, decodeTexts, encodeTexts, type SavedTexts } from '../applications/text-file.ts';
import type { TextModel } from '../applications/text-model.ts';
import { OptionError } from '../base/errors.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import { CHECKPOINT_FILE, MODEL_FILE, readModel } from './model-argument.ts';
import { makeFolder, readUseFile } from './run-folder.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

export const TEXTS_FILE = 'texts.json';

export type Use = SavedTexts['use'];

/** What a checkpoint keeps of the command, to set the training up again. */
const setupSchema = z.strictObject({
  ...keptOfAll,
  use: z.enum(['translate', 'complete']),
  /** The file of translations. */
  into: z.string().optional(),
  columns: z.array(z.string()).optional(),
  header: z.enum(['auto', 'yes', 'no']).optional(),
  /** Different pieces; 0 for characters. */
  pieces: z.number().optional(),
  length: z.number().optional(),
  isRunning: z.boolean(),
});

export type TextSetup = z.infer<typeof setupSchema>;

const checkpoints = useCheckpoint(setupSchema, TEXTS_FILE);

export const saveTextCheckpoint = checkpoints.save;

/** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
export async function readTextCheckpoint(folder: string, use: Use): ReturnType<typeof checkpoints.read> {
  const read = await checkpoints.read(folder);
  if (read.setup.use !== use) throw otherUse(folder, read.setup.use);
  return read;
}

/** Writes the model and then what names it, and takes the checkpoint away. */
export async function writeTextFolder(
  folder: string,
  use: Use,
  { trained, pieces, isRunning = false }: TextModel & { readonly isRunning?: boolean },
): Promise<void> {
  await makeFolder(join(folder, 'model'));
  await writeFileAtomic(join(folder, 'model', MODEL_FILE), await encodeModelFile(trained, trained.model));
  const saved = { use, model: `model/${MODEL_FILE}`, pieces, isRunning };
  await writeFileAtomic(join(folder, TEXTS_FILE), encodeTexts(saved));
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
export async function readTextFolder(
  folder: string,
  use: Use,
  engine: Engine,
): Promise<TextModel & { readonly isRunning: boolean }> {
  const file = join(folder, TEXTS_FILE);
  const text = await readUseFile(folder, TEXTS_FILE, use, 'DATA');
  const saved = decodeTexts(text, file);
  if (saved.use !== use) throw otherUse(folder, saved.use);
  const { card, model, parameters } = await readModel(join(folder, saved.model));
  const trained = { card, model, parameters, engine, runner: makeRunner(engine, model) };
  return { ...assembleTexts(saved, trained, file), isRunning: saved.isRunning };
}

function otherUse(folder: string, use: Use): OptionError {
  return new OptionError({
    where: folder,
    expected: use === 'translate' ? 'a model that completes texts' : 'a model that translates',
    got: use === 'translate' ? 'one that translates' : 'one that completes texts',
    fix: `use it with: autoencoder ${use} ${folder}`,
  });
}
