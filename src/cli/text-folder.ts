/** A model of texts in its folder: `texts.json` and the model that it names; of an unfinished one, the checkpoint to go on from. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type KeptTexts, otherUse, readTextModel, TEXTS_FILE, textFiles } from '../applications/text-file.ts';
import { openFolder, writeFolder } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { makeFolder, requireUseFile } from './run-folder.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

export type Use = KeptTexts['use'];

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
export async function writeTextFolder(folder: string, texts: KeptTexts): Promise<void> {
  await makeFolder(folder);
  await writeFolder(folder, await textFiles(texts));
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
export async function readTextFolder(folder: string, use: Use, engine: Engine): Promise<KeptTexts> {
  requireUseFile(folder, TEXTS_FILE, use, 'DATA');
  return readTextModel(openFolder(folder), use, engine);
}
