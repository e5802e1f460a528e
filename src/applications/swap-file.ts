/** `swap.json`: what a model that swaps is besides the model: the detector of its pictures, and whether it was made of drawn ones. */
import * as z from 'zod';
import { ModelFileError } from '../base/errors.ts';
import { type Folder, type FolderFiles, pathIn, readText } from '../data/folder.ts';
import type { Engine } from '../engine/engine.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { readTrained, trainedBytes } from './kept.ts';
import { encodeSaved, parseSaved } from './saved-json.ts';
import { type SwapDetector, swapDetectorSchema } from './swap-detector.ts';
import type { TrainedModel } from './trained.ts';

export const SWAP_FILE = 'swap.json';

const schema = z.strictObject({
  format: z.literal('autoencoder-swap'),
  version: z.literal(1),
  /** Path from the file. */
  model: z.string().regex(/^[\w-]+(\/[\w-]+)*\.safetensors$/, 'a path within the folder'),
  /** Learned from a set that is drawn by the program: of nobody who could mind. */
  isDrawn: z.boolean(),
  detector: swapDetectorSchema,
});

type SavedSwap = Omit<z.infer<typeof schema>, 'format' | 'version'>;

/** A model that swaps, with what it is kept with. */
export interface KeptSwap {
  readonly trained: TrainedModel;
  readonly detector: SwapDetector;
  /** Learned from a set that is drawn by the program: of nobody who could mind. */
  readonly isDrawn: boolean;
}

/** The files of a model that swaps: the model, and then what names it. */
export async function swapFiles({ trained, detector, isDrawn }: KeptSwap): Promise<FolderFiles> {
  return {
    [MODEL_FILE]: await trainedBytes(trained),
    [SWAP_FILE]: encodeSwap({ model: MODEL_FILE, isDrawn, detector }),
  };
}

/** @throws ModelFileError for a damaged file, FileError or ModelFileError for a missing one. */
export async function readSwap(folder: Folder, engine: Engine): Promise<KeptSwap> {
  const file = pathIn(folder, SWAP_FILE);
  const saved = decodeSwap(await readText(folder, SWAP_FILE), file);
  const trained = await readTrained(folder, saved.model, engine);
  const { decoders, classes } = trained.model.blueprint;
  if (decoders !== 'each' || classes !== 2)
    throw refused(
      file,
      'a model with a decoder for each of two sets',
      `one with ${classes} classes and ${decoders === 'each' ? 'a decoder for each' : 'one decoder'}`,
    );
  return { trained, detector: saved.detector, isDrawn: saved.isDrawn };
}

function encodeSwap(saved: SavedSwap): Uint8Array {
  const file: z.input<typeof schema> = { format: 'autoencoder-swap', version: 1, ...saved };
  return encodeSaved(schema, file);
}

/** @throws ModelFileError for anything that is not such a file. */
function decodeSwap(text: string, where: string): SavedSwap {
  const { model, isDrawn, detector } = parseSaved(text, where, { schema, what: 'a model that swaps', refused });
  return { model, isDrawn, detector };
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make it anew: autoencoder swap --fit DATA' });
}
