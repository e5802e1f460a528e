/** A model of texts in its folder: `texts.json` and the model that it names; of an unfinished one, the checkpoint to go on from. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { assembleTexts, decodeTexts, encodeTexts, type SavedTexts } from '../applications/text-file.ts';
import type { TextModel } from '../applications/text-model.ts';
import { OptionError } from '../base/errors.ts';
import { parseOptions } from '../base/options.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import { type Checkpoint, encodeCheckpoint } from '../training/checkpoint.ts';
import type { TrainingState } from '../training/state.ts';
import { CHECKPOINT_FILE, MODEL_FILE, readModel } from './model-argument.ts';
import { makeFolder, openCheckpoint, readUseFile } from './run-folder.ts';

export const TEXTS_FILE = 'texts.json';

export type Use = SavedTexts['use'];

/** What a checkpoint keeps of the command, to set the training up again. */
const setupSchema = z.strictObject({
  use: z.enum(['translate', 'complete']),
  fit: z.string(),
  /** The file of translations. */
  into: z.string().optional(),
  columns: z.array(z.string()).optional(),
  header: z.enum(['auto', 'yes', 'no']).optional(),
  limit: z.number().optional(),
  /** Different pieces; 0 for characters. */
  pieces: z.number().optional(),
  length: z.number().optional(),
  isRunning: z.boolean(),
  engine: z.enum(['node', 'web']),
  threads: z.number().optional(),
  options: z.record(z.string(), z.unknown()),
  /** SHA-256 of the texts. */
  fingerprint: z.string().optional(),
});

export type TextSetup = z.infer<typeof setupSchema>;

/** Keeps what an unfinished training goes on from. */
export async function saveTextCheckpoint(folder: string, state: TrainingState, setup: TextSetup): Promise<void> {
  await makeFolder(folder);
  await writeFileAtomic(join(folder, CHECKPOINT_FILE), await encodeCheckpoint(state, setup));
}

/** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
export async function readTextCheckpoint(
  folder: string,
  use: Use,
): Promise<{ readonly checkpoint: Checkpoint; readonly setup: TextSetup }> {
  const { checkpoint, path } = await openCheckpoint(folder, TEXTS_FILE);
  const setup = parseOptions(setupSchema, checkpoint.setup, path);
  if (setup.use !== use) throw otherUse(folder, setup.use);
  return { checkpoint, setup };
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
