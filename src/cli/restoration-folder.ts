/** A model that repairs pictures in its folder: `restoration.json` and the model that it names; of an unfinished one, the checkpoint. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Restoration } from '../applications/restoration.ts';
import { otherUse, RESTORATION_FILE, readRestorer, restorerFiles } from '../applications/restoration-file.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { openFolder, writeFolder } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { requireUseFile } from './run-folder.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

/** What a checkpoint keeps of the command, to set the training up again. */
const setupSchema = z.strictObject({
  ...keptOfAll,
  use: z.string(),
  how: z.record(z.string(), z.json()),
  patches: z.number().optional(),
  patch: z.number().optional(),
  strict: z.boolean().optional(),
});

export type RestorationSetup = z.infer<typeof setupSchema>;

const checkpoints = useCheckpoint(setupSchema, RESTORATION_FILE);

export const saveRestorationCheckpoint = checkpoints.save;

/** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
export async function readRestorationCheckpoint(folder: string, use: string): ReturnType<typeof checkpoints.read> {
  const read = await checkpoints.read(folder);
  if (read.setup.use !== use) throw otherUse(folder, use, read.setup.use);
  return read;
}

/** Writes the model and then what names it, and takes the checkpoint away. */
export async function writeRestorationFolder(
  folder: string,
  restorer: { readonly use: string; readonly how: RestorationSetup['how']; readonly trained: TrainedModel },
): Promise<void> {
  await writeFolder(folder, await restorerFiles(restorer));
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
export async function readRestorationFolder<How>(
  folder: string,
  use: Restoration<How>,
  engine: Engine,
): ReturnType<typeof readRestorer<How>> {
  requireUseFile(folder, RESTORATION_FILE, use.name, 'PICTURES');
  return readRestorer(openFolder(folder), use, engine);
}
