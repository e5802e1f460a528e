/** `texts.json`: what a translator or a completer is besides its model. */
import * as z from 'zod';
import { ModelFileError } from '../base/errors.ts';
import { type Pieces, pieceCount, piecesSchema } from '../data/columns/pieces.ts';
import { parseSaved } from './saved-json.ts';
import type { TextModel } from './text-model.ts';
import type { TrainedModel } from './trained.ts';

const schema = z.strictObject({
  format: z.literal('autoencoder-texts'),
  version: z.literal(1),
  use: z.enum(['translate', 'complete']),
  /** Path from the file. */
  model: z.string().regex(/^[\w-]+(\/[\w-]+)*\.safetensors$/, 'a path within the folder'),
  pieces: piecesSchema,
  /** Whether what was learned from is one text, read through windows. */
  isRunning: z.boolean(),
});

export interface SavedTexts {
  readonly use: 'translate' | 'complete';
  /** Path of the model, from the file. */
  readonly model: string;
  readonly isRunning: boolean;
  readonly pieces: Pieces;
}

export function encodeTexts(saved: SavedTexts): Uint8Array {
  const file: z.input<typeof schema> = { format: 'autoencoder-texts', version: 1, ...saved };
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

/** @throws ModelFileError for anything that is not such a file. */
export function decodeTexts(text: string, where: string): SavedTexts {
  const { use, model, pieces, isRunning } = parseSaved(text, where, { schema, what: 'a model of texts', refused });
  return { use, model, pieces, isRunning };
}

/** Puts the model in. @throws ModelFileError where it does not fit. */
export function assembleTexts({ pieces }: SavedTexts, trained: TrainedModel, where: string): TextModel {
  const { vocabulary } = trained.card.blueprint;
  if (vocabulary !== pieceCount(pieces))
    throw refused(
      where,
      `a model of ${pieceCount(pieces)} tokens`,
      vocabulary === 0 ? 'one of numbers' : `${vocabulary}`,
    );
  return { trained, pieces };
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({
    where,
    expected,
    got,
    fix: 'make it anew: autoencoder translate --fit DATA (or complete)',
  });
}
