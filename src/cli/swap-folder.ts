/** A model that swaps in its folder: `swap.json` and the model that it names; of an unfinished one, the checkpoint to go on from. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { SwapDetector } from '../applications/swap-detector.ts';
import { decodeSwap, encodeSwap } from '../applications/swap-file.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { ModelFileError } from '../base/errors.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import { CHECKPOINT_FILE, MODEL_FILE, readModel } from './model-argument.ts';
import { readUseFile } from './run-folder.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

export const SWAP_FILE = 'swap.json';

/** What a checkpoint keeps of the command, to set the training up again. */
const setupSchema = z.strictObject({
  ...keptOfAll,
  use: z.literal('swap'),
  /** The second set, where it is one of its own. */
  and: z.string().optional(),
  warp: z.number().optional(),
  strict: z.boolean().optional(),
});

export type SwapSetup = z.infer<typeof setupSchema>;

const checkpoints = useCheckpoint(setupSchema, SWAP_FILE);

export const saveSwapCheckpoint = checkpoints.save;
export const readSwapCheckpoint = checkpoints.read;

export interface OpenSwap {
  readonly trained: TrainedModel;
  readonly detector: SwapDetector;
  readonly isDrawn: boolean;
}

/** Writes the model and then what names it, and takes the checkpoint away. */
export async function writeSwapFolder(folder: string, { trained, detector, isDrawn }: OpenSwap): Promise<void> {
  await writeFileAtomic(join(folder, MODEL_FILE), await encodeModelFile(trained, trained.model));
  await writeFileAtomic(join(folder, SWAP_FILE), encodeSwap({ model: MODEL_FILE, isDrawn, detector }));
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** @throws FileError where there is none, ModelFileError for a damaged one. */
export async function readSwapFolder(folder: string, engine: Engine): Promise<OpenSwap> {
  const file = join(folder, SWAP_FILE);
  const text = await readUseFile(folder, SWAP_FILE, 'swap', 'DATA');
  const saved = decodeSwap(text, file);
  const { card, model, parameters } = await readModel(join(folder, saved.model));
  if (model.blueprint.decoders !== 'each' || model.blueprint.classes !== 2)
    throw new ModelFileError({
      where: file,
      expected: 'a model with a decoder for each of two sets',
      got: `one with ${model.blueprint.classes} classes and ${model.blueprint.decoders === 'each' ? 'a decoder for each' : 'one decoder'}`,
      fix: 'make it anew: autoencoder swap --fit DATA',
    });
  const trained = { card, model, parameters, engine, runner: makeRunner(engine, model) };
  return { trained, detector: saved.detector, isDrawn: saved.isDrawn };
}
