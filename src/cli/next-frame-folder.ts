/** A model of clips in its folder: `next-frame.json` and the model that it names; of an unfinished one, the checkpoint. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { NEXT_FRAME_FILE, nextFrameFiles, readNextFrame } from '../applications/next-frame-file.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { openFolder, writeFolder } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { requireUseFile } from './run-folder.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

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
  await writeFolder(folder, await nextFrameFiles(trained));
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** @throws FileError where there is none, ModelFileError for a damaged one. */
export async function readNextFrameFolder(folder: string, engine: Engine): Promise<TrainedModel> {
  requireUseFile(folder, NEXT_FRAME_FILE, 'next-frame', 'CLIPS');
  return readNextFrame(openFolder(folder), engine);
}
