/** What the files of uses have in common: the models that they name. */
import { type Folder, pathIn } from '../data/folder.ts';
import type { Engine } from '../engine/engine.ts';
import { decodeModelFile, encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import type { TrainedModel } from './trained.ts';

export function trainedBytes(trained: TrainedModel): Promise<Uint8Array> {
  return encodeModelFile(trained, trained.model);
}

/** The model at `path` in a folder. @throws ModelFileError for a damaged file; FileError or ModelFileError for a missing one. */
export async function readTrained(folder: Folder, path: string, engine: Engine): Promise<TrainedModel> {
  const { card, model, parameters } = await decodeModelFile(await folder.read(path), pathIn(folder, path));
  return { card, model, parameters, engine, runner: makeRunner(engine, model) };
}
