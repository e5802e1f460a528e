/** A model that repairs pictures in its folder: `restoration.json` and the model that it names; of an unfinished one, the checkpoint. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Restoration } from '../applications/restoration.ts';
import { decodeRestoration, encodeRestoration, howOf } from '../applications/restoration-file.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { OptionError } from '../base/errors.ts';
import { parseOptions } from '../base/options.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import { type Checkpoint, encodeCheckpoint } from '../training/checkpoint.ts';
import type { TrainingState } from '../training/state.ts';
import { CHECKPOINT_FILE, MODEL_FILE, readModel } from './model-argument.ts';
import { openCheckpoint, readUseFile } from './run-folder.ts';

export const RESTORATION_FILE = 'restoration.json';

/** What a checkpoint keeps of the command, to set the training up again. */
const setupSchema = z.strictObject({
  use: z.string(),
  fit: z.string(),
  how: z.record(z.string(), z.json()),
  patches: z.number().optional(),
  patch: z.number().optional(),
  limit: z.number().optional(),
  strict: z.boolean().optional(),
  engine: z.enum(['node', 'web']),
  threads: z.number().optional(),
  options: z.record(z.string(), z.unknown()),
  /** SHA-256 of the pictures. */
  fingerprint: z.string().optional(),
});

export type RestorationSetup = z.infer<typeof setupSchema>;

/** Keeps what an unfinished training goes on from. */
export async function saveRestorationCheckpoint(
  folder: string,
  state: TrainingState,
  setup: RestorationSetup,
): Promise<void> {
  await writeFileAtomic(join(folder, CHECKPOINT_FILE), await encodeCheckpoint(state, setup));
}

/** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
export async function readRestorationCheckpoint(
  folder: string,
  use: string,
): Promise<{ readonly checkpoint: Checkpoint; readonly setup: RestorationSetup }> {
  const { checkpoint, path } = await openCheckpoint(folder, RESTORATION_FILE);
  const setup = parseOptions(setupSchema, checkpoint.setup, path);
  if (setup.use !== use) throw otherUse(folder, use, setup.use);
  return { checkpoint, setup };
}

/** Writes the model and then what names it, and takes the checkpoint away. */
export async function writeRestorationFolder(
  folder: string,
  {
    use,
    how,
    trained,
  }: { readonly use: string; readonly how: RestorationSetup['how']; readonly trained: TrainedModel },
): Promise<void> {
  await writeFileAtomic(join(folder, MODEL_FILE), await encodeModelFile(trained, trained.model));
  await writeFileAtomic(join(folder, RESTORATION_FILE), encodeRestoration({ use, model: MODEL_FILE, how }));
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
