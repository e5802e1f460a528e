/** A model of clips in its folder: `next-frame.json` and the model that it names; of an unfinished one, the checkpoint. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { parseSaved } from '../applications/saved-json.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { ModelFileError } from '../base/errors.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import { CHECKPOINT_FILE, MODEL_FILE, readModel } from './model-argument.ts';
import { readUseFile } from './run-folder.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

export const NEXT_FRAME_FILE = 'next-frame.json';

const schema = z.strictObject({
  format: z.literal('autoencoder-next-frame'),
  version: z.literal(1),
  model: z.literal(MODEL_FILE),
});

/** What a checkpoint keeps of the command, to set the training up again. */
const setupSchema = z.strictObject({
  ...keptOfAll,
  use: z.literal('next-frame'),
  frames: z.number(),
  bounce: z.number().optional(),
  size: z.number().optional(),
  clips: z.number().optional(),
});

export type NextFrameSetup = z.infer<typeof setupSchema>;

const checkpoints = useCheckpoint(setupSchema, NEXT_FRAME_FILE);

export const saveNextFrameCheckpoint = checkpoints.save;
export const readNextFrameCheckpoint = checkpoints.read;

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
