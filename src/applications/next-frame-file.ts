/** `next-frame.json`: that a model tells what comes next in clips. */
import * as z from 'zod';
import { ModelFileError } from '../base/errors.ts';
import { type Folder, type FolderFiles, pathIn, readText } from '../data/folder.ts';
import type { Engine } from '../engine/engine.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { readTrained, trainedBytes } from './kept.ts';
import { encodeSaved, parseSaved } from './saved-json.ts';
import type { TrainedModel } from './trained.ts';

export const NEXT_FRAME_FILE = 'next-frame.json';

const schema = z.strictObject({
  format: z.literal('autoencoder-next-frame'),
  version: z.literal(1),
  model: z.literal(MODEL_FILE),
});

/** The files of a model of clips: the model, and then what names it. */
export async function nextFrameFiles(trained: TrainedModel): Promise<FolderFiles> {
  const file: z.infer<typeof schema> = { format: 'autoencoder-next-frame', version: 1, model: MODEL_FILE };
  return {
    [MODEL_FILE]: await trainedBytes(trained),
    [NEXT_FRAME_FILE]: encodeSaved(schema, file),
  };
}

/** @throws ModelFileError for a damaged file, FileError or ModelFileError for a missing one. */
export async function readNextFrame(folder: Folder, engine: Engine): Promise<TrainedModel> {
  const file = pathIn(folder, NEXT_FRAME_FILE);
  const saved = parseSaved(await readText(folder, NEXT_FRAME_FILE), file, {
    schema,
    what: 'a model of clips',
    refused,
  });
  const trained = await readTrained(folder, saved.model, engine);
  const { shape } = trained.model.blueprint;
  if (shape.length !== 4) throw refused(file, 'a model of clips [time, channels, height, width]', `one of [${shape}]`);
  return trained;
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make it anew: autoencoder next-frame --fit CLIPS' });
}
