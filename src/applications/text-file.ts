/** `texts.json`: what a translator or a completer is besides its model. */
import * as z from 'zod';
import { ModelFileError, OptionError } from '../base/errors.ts';
import { type Pieces, pieceCount, piecesSchema } from '../data/columns/pieces.ts';
import { type Folder, type FolderFiles, pathIn, readText } from '../data/folder.ts';
import type { Engine } from '../engine/engine.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { readTrained, trainedBytes } from './kept.ts';
import { encodeSaved, parseSaved } from './saved-json.ts';
import type { TextModel } from './text-model.ts';
import type { TrainedModel } from './trained.ts';

export const TEXTS_FILE = 'texts.json';

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

/** A model of texts, and what it is for. */
export interface KeptTexts extends TextModel, Pick<SavedTexts, 'use' | 'isRunning'> {}

/** The files of a translator or a completer: its model, and then what names it. */
export async function textFiles({ use, isRunning, trained, pieces }: KeptTexts): Promise<FolderFiles> {
  const model = `model/${MODEL_FILE}`;
  return { [model]: await trainedBytes(trained), [TEXTS_FILE]: encodeTexts({ use, model, pieces, isRunning }) };
}

/** @throws ModelFileError for a damaged file, FileError or ModelFileError for a missing one; OptionError for one of another use. */
export async function readTextModel(folder: Folder, use: SavedTexts['use'], engine: Engine): Promise<KeptTexts> {
  const file = pathIn(folder, TEXTS_FILE);
  const saved = decodeTexts(await readText(folder, TEXTS_FILE), file);
  if (saved.use !== use) throw otherUse(folder.name, saved.use);
  const trained = await readTrained(folder, saved.model, engine);
  return { use, isRunning: saved.isRunning, ...assembleTexts(saved, trained, file) };
}

/** What is said where `folder` is of `use`, and was to be of the other one. */
export function otherUse(folder: string, use: SavedTexts['use']): OptionError {
  return new OptionError({
    where: folder || TEXTS_FILE,
    expected: use === 'translate' ? 'a model that completes texts' : 'a model that translates',
    got: use === 'translate' ? 'one that translates' : 'one that completes texts',
    fix: `use it with: autoencoder ${use}${folder && ` ${folder}`}`,
  });
}

export function encodeTexts(saved: SavedTexts): Uint8Array {
  const file: z.input<typeof schema> = { format: 'autoencoder-texts', version: 1, ...saved };
  return encodeSaved(schema, file);
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
