/** A model that repairs pictures in its folder: `restoration.json` and the model that it names; of an unfinished one, the checkpoint. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Restoration } from '../applications/restoration.ts';
import { decodeRestoration, encodeRestorer, howOf } from '../applications/restoration-file.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { OptionError } from '../base/errors.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { makeRunner } from '../model/runner.ts';
import { CHECKPOINT_FILE, MODEL_FILE, readModel } from './model-argument.ts';
import { readUseFile } from './run-folder.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

export const RESTORATION_FILE = 'restoration.json';

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
  const files = await encodeRestorer(restorer);
  await writeFileAtomic(join(folder, MODEL_FILE), files[MODEL_FILE]);
  await writeFileAtomic(join(folder, RESTORATION_FILE), files[RESTORATION_FILE]);
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
export async function readRestorationFolder<How>(
  folder: string,
  use: Restoration<How>,
  engine: Engine,
): Promise<{ readonly trained: TrainedModel; readonly how: How }> {
  const file = join(folder, RESTORATION_FILE);
  const text = await readUseFile(folder, RESTORATION_FILE, use.name, 'PICTURES');
  const saved = decodeRestoration(text, file);
  if (saved.use !== use.name) throw otherUse(folder, use.name, saved.use);
  const { card, model, parameters } = await readModel(join(folder, saved.model));
  return {
    trained: { card, model, parameters, engine, runner: makeRunner(engine, model) },
    how: howOf(use, saved, file),
  };
}

function otherUse(folder: string, expected: string, got: string): OptionError {
  return new OptionError({
    where: folder,
    expected: `a model of autoencoder ${expected}`,
    got: `one of autoencoder ${got}`,
    fix: `use it with: autoencoder ${got} ${folder}`,
  });
}
