/** A detector in its folder: `detector.json`, and the models that it names. */
import { join } from 'node:path';
import type { Detector } from '../applications/detector.ts';
import { encodeDetector, type SavedDetector } from '../applications/detector-file.ts';
import { DETECTOR_FILE, readDetectorFiles } from '../applications/detector-folder.ts';
import type { Learned } from '../applications/learn.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { MODEL_FILE } from './model-argument.ts';
import { makeFolder } from './run-folder.ts';

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
  const { threshold, normal, open } = await readDetectorFiles(folder);
  return { detector: open(engine), threshold, normal };
}
