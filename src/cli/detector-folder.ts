/** A detector in its folder: `detector.json`, and the models that it names. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Detector } from '../applications/detector.ts';
import { decodeDetector, encodeDetector, type SavedDetector } from '../applications/detector-file.ts';
import type { Learned } from '../applications/learn.ts';
import { fileError, writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import { MODEL_FILE, readModel } from './model-argument.ts';
import { makeFolder } from './run-folder.ts';

export const DETECTOR_FILE = 'detector.json';

export function isDetectorFolder(path: string): boolean {
  return existsSync(join(path, DETECTOR_FILE));
}

/** Writes the models, `model/model.safetensors` or `model/1/…`, and then the detector. */
export async function writeDetector(
  folder: string,
  detector: Detector & { readonly learned: readonly Learned[] },
  saved: Pick<SavedDetector, 'threshold' | 'normal'>,
): Promise<void> {
  const { learned } = detector;
  const paths = learned.map((_, at) => (learned.length === 1 ? 'model' : `model/${at + 1}`));
  for (const [at, one] of learned.entries()) {
    await makeFolder(join(folder, paths[at]));
    await writeFileAtomic(join(folder, paths[at], MODEL_FILE), await encodeModelFile(one, one.model));
  }
  const models = paths.map((path) => `${path}/${MODEL_FILE}`);
  await writeFileAtomic(join(folder, DETECTOR_FILE), encodeDetector(detector, models, saved));
}

/** @throws ModelFileError for a damaged file, FileError for a missing one. */
export async function readDetector(
  folder: string,
  engine: Engine,
): Promise<Pick<SavedDetector, 'threshold' | 'normal'> & { readonly detector: Detector }> {
  const file = join(folder, DETECTOR_FILE);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw fileError(cause, file, 'read');
  });
  const saved = decodeDetector(text, file);
  const trained = await Promise.all(
    saved.models.map(async (path) => {
      const { card, model, parameters } = await readModel(join(folder, path));
      return { card, model, parameters, engine, runner: makeRunner(engine, model) };
    }),
  );
  return { detector: saved.assemble(trained), threshold: saved.threshold, normal: saved.normal };
}
