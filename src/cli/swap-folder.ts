/** A model that swaps in its folder: `swap.json` and the model that it names; of an unfinished one, the checkpoint to go on from. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type KeptSwap, readSwap, SWAP_FILE, swapFiles } from '../applications/swap-file.ts';
import { openFolder, writeFolder } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { requireUseFile } from './run-folder.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

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

/** Writes the model and then what names it, and takes the checkpoint away. */
export async function writeSwapFolder(folder: string, swap: KeptSwap): Promise<void> {
  await writeFolder(folder, await swapFiles(swap));
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** @throws FileError where there is none, ModelFileError for a damaged one. */
export async function readSwapFolder(folder: string, engine: Engine): Promise<KeptSwap> {
  requireUseFile(folder, SWAP_FILE, 'swap', 'DATA');
  return readSwap(openFolder(folder), engine);
}
