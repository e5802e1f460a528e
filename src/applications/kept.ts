/** What the files of uses have in common: the models that they name. */
import { type Folder, type FolderFiles, pathIn } from '../data/folder.ts';
import type { Engine } from '../engine/engine.ts';
import { decodeModelFile, encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import type { TrainedModel } from './trained.ts';

export function trainedBytes(trained: TrainedModel): Promise<Uint8Array> {
  return encodeModelFile(trained, trained.model);
}

/** The files of several models, by their paths. */
export async function modelFiles(paths: readonly string[], models: readonly TrainedModel[]): Promise<FolderFiles> {
  const bytes = await Promise.all(models.map(trainedBytes));
  return Object.fromEntries(paths.map((path, at) => [path, bytes[at]]));
}

/** A model before an engine runs it, and the bytes of its file. */
export interface ReadModel extends Pick<TrainedModel, 'card' | 'model' | 'parameters'> {
  readonly bytes: Uint8Array;
}

/** The model at `path` in a folder. @throws ModelFileError for a damaged file; FileError or ModelFileError for a missing one. */
export async function readModelIn(folder: Folder, path: string): Promise<ReadModel> {
  const bytes = await folder.read(path);
  return { bytes, ...(await decodeModelFile(bytes, pathIn(folder, path))) };
}

/** What was read, ready to work. */
export function trainedOn(engine: Engine, { card, model, parameters }: Omit<ReadModel, 'bytes'>): TrainedModel {
  return { card, model, parameters, engine, runner: makeRunner(engine, model) };
}

/** @throws As `readModelIn`. */
export async function readTrained(folder: Folder, path: string, engine: Engine): Promise<TrainedModel> {
  return trainedOn(engine, await readModelIn(folder, path));
}
