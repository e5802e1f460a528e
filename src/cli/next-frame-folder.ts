/** A model of clips in its folder: `next-frame.json` and the model that it names; of an unfinished one, the checkpoint. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseSaved } from '../applications/saved-json.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { ModelFileError } from '../base/errors.ts';
import { parseOptions } from '../base/options.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import { type Checkpoint, encodeCheckpoint } from '../training/checkpoint.ts';
import type { TrainingState } from '../training/state.ts';
import { CHECKPOINT_FILE, MODEL_FILE, readModel } from './model-argument.ts';
import { openCheckpoint, readUseFile } from './run-folder.ts';

export const NEXT_FRAME_FILE = 'next-frame.json';

const schema = z.strictObject({
  format: z.literal('autoencoder-next-frame'),
  version: z.literal(1),
  model: z.literal(MODEL_FILE),
});

/** What a checkpoint keeps of the command, to set the training up again. */
const setupSchema = z.strictObject({
  use: z.literal('next-frame'),
  fit: z.string(),
  frames: z.number(),
  bounce: z.number().optional(),
  size: z.number().optional(),
  clips: z.number().optional(),
  limit: z.number().optional(),
  engine: z.enum(['node', 'web']),
  threads: z.number().optional(),
  options: z.record(z.string(), z.unknown()),
  /** SHA-256 of the clips. */
  fingerprint: z.string().optional(),
});

export type NextFrameSetup = z.infer<typeof setupSchema>;

/** Keeps what an unfinished training goes on from. */
export async function saveNextFrameCheckpoint(
  folder: string,
  state: TrainingState,
  setup: NextFrameSetup,
): Promise<void> {
  await writeFileAtomic(join(folder, CHECKPOINT_FILE), await encodeCheckpoint(state, setup));
}

/** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
export async function readNextFrameCheckpoint(
  folder: string,
): Promise<{ readonly checkpoint: Checkpoint; readonly setup: NextFrameSetup }> {
  const { checkpoint, path } = await openCheckpoint(folder, NEXT_FRAME_FILE);
  return { checkpoint, setup: parseOptions(setupSchema, checkpoint.setup, path) };
}

/** Writes the model and then what names it, and takes the checkpoint away. */
export async function writeNextFrameFolder(folder: string, trained: TrainedModel): Promise<void> {
  await writeFileAtomic(join(folder, MODEL_FILE), await encodeModelFile(trained, trained.model));
  const file = { format: 'autoencoder-next-frame', version: 1, model: MODEL_FILE };
  await writeFileAtomic(join(folder, NEXT_FRAME_FILE), `${JSON.stringify(file)}\n`);
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** @throws FileError where there is none, ModelFileError for a damaged one. */
export async function readNextFrameFolder(folder: string, engine: Engine): Promise<TrainedModel> {
  const file = join(folder, NEXT_FRAME_FILE);
  const text = await readUseFile(folder, NEXT_FRAME_FILE, 'next-frame', 'CLIPS');
  const saved = parseSaved(text, file, { schema, what: 'a model of clips', refused });
  const { card, model, parameters } = await readModel(join(folder, saved.model));
  if (model.blueprint.shape.length !== 4)
    throw refused(file, 'a model of clips [time, channels, height, width]', `one of [${model.blueprint.shape}]`);
  return { card, model, parameters, engine, runner: makeRunner(engine, model) };
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make it anew: autoencoder next-frame --fit CLIPS' });
}
