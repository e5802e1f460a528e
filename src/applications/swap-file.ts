/** `swap.json`: what a model that swaps is besides the model: the detector of its pictures, and whether it was made of drawn ones. */
import * as z from 'zod';
import { ModelFileError } from '../base/errors.ts';
import { parseSaved } from './saved-json.ts';
import { swapDetectorSchema } from './swap-detector.ts';

const schema = z.strictObject({
  format: z.literal('autoencoder-swap'),
  version: z.literal(1),
  /** Path from the file. */
  model: z.string().regex(/^[\w-]+(\/[\w-]+)*\.safetensors$/, 'a path within the folder'),
  /** Learned from a set that is drawn by the program: of nobody who could mind. */
  isDrawn: z.boolean(),
  detector: swapDetectorSchema,
});

export type SavedSwap = Omit<z.infer<typeof schema>, 'format' | 'version'>;

export function encodeSwap(saved: SavedSwap): Uint8Array {
  const file: z.input<typeof schema> = { format: 'autoencoder-swap', version: 1, ...saved };
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

/** @throws ModelFileError for anything that is not such a file. */
export function decodeSwap(text: string, where: string): SavedSwap {
  const { model, isDrawn, detector } = parseSaved(text, where, { schema, what: 'a model that swaps', refused });
  return { model, isDrawn, detector };
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make it anew: autoencoder swap --fit DATA' });
}
