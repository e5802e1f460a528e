/** A codec in its folder: `codec.json` and the model that it names. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { CodecFiles } from '../applications/codec/codec-packing.ts';
import { isSetCodec } from '../applications/codec/set-codec-file.ts';
import { FileError } from '../base/errors.ts';
import { readBytes, writeFileAtomic } from '../data/files.ts';
import { CHECKPOINT_FILE, MODEL_FILE } from './model-argument.ts';
import { keptOfAll, useCheckpoint } from './use-checkpoint.ts';

export const CODEC_FILE = 'codec.json';

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
export async function writeCodecFolder(folder: string, { model, codec }: CodecFiles): Promise<void> {
  await writeFileAtomic(join(folder, MODEL_FILE), model);
  await writeFileAtomic(join(folder, CODEC_FILE), codec);
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** Whether the folder has a codec of sets in it. */
export async function isSetFolder(folder: string): Promise<boolean> {
  const file = join(folder, CODEC_FILE);
  return existsSync(file) && isSetCodec(await readBytes(file));
}

/** What is in the folder, unread. @throws FileError where there is none. */
export async function readCodecFolder(folder: string): Promise<CodecFiles> {
  const file = join(folder, CODEC_FILE);
  if (!existsSync(file)) {
    const isUnfinished = existsSync(join(folder, CHECKPOINT_FILE));
    throw new FileError({
      where: folder,
      expected: `the folder of a codec, with its ${CODEC_FILE}`,
      got: isUnfinished ? 'a training that is not finished' : 'none',
      fix: isUnfinished
        ? `go on with: autoencoder compress --resume ${folder}`
        : 'make one: autoencoder compress --fit PICTURES',
    });
  }
  return { codec: await readBytes(file), model: await readBytes(join(folder, MODEL_FILE)) };
}
