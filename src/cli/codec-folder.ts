/** A codec in its folder: `codec.json` and the model that it names. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { CODEC_FILE, type CodecFiles } from '../applications/codec/codec-packing.ts';
import { isSetCodec } from '../applications/codec/set-codec-file.ts';
import { openFolder, readBytes, writeFolder } from '../data/files.ts';
import type { Folder } from '../data/folder.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { requireUseFile } from './run-folder.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

/** What a checkpoint keeps of the command, to set the training up again. */
const setupSchema = z.strictObject({
  ...keptOfAll,
  use: z.literal('compress'),
  beside: z.array(z.string()).optional(),
  patches: z.number().optional(),
  patch: z.number().optional(),
  strict: z.boolean().optional(),
});

export type CodecSetup = z.infer<typeof setupSchema>;

const checkpoints = useCheckpoint(setupSchema, CODEC_FILE);

export const saveCodecCheckpoint = checkpoints.save;
export const readCodecCheckpoint = checkpoints.read;

/** Writes the model and then what names it, and takes the checkpoint away. */
export async function writeCodecFolder(folder: string, files: CodecFiles): Promise<void> {
  await writeFolder(folder, files);
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** Whether the folder has a codec of sets in it. */
export async function isSetFolder(folder: string): Promise<boolean> {
  const file = join(folder, CODEC_FILE);
  return existsSync(file) && isSetCodec(await readBytes(file));
}

/** @throws FileError where there is no codec. */
export function openCodecFolder(folder: string): Folder {
  requireUseFile(folder, CODEC_FILE, 'compress', 'PICTURES');
  return openFolder(folder);
}
