/** A detector in its folder, read: `detector.json`, and the models that it names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OptionError } from '../base/errors.ts';
import { readBytes } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { decodeModelFile, type ModelCard } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import type { Detector } from './detector.ts';
import { decodeDetector, type SavedDetector } from './detector-file.ts';

export const DETECTOR_FILE = 'detector.json';

export function isDetectorFolder(path: string): boolean {
  return existsSync(join(path, DETECTOR_FILE));
}

export interface DetectorFiles extends Pick<SavedDetector, 'threshold' | 'normal' | 'isOfSeries'> {
  /** Of its models. */
  readonly cards: readonly ModelCard[];
  /** Of all files. */
  readonly bytes: readonly Uint8Array[];
  /** @throws ModelFileError where the models do not fit. */
  open(engine: Engine): Detector;
}

/**
 * @param fix What to do with one of series instead.
 * @throws OptionError for a detector of series: what a row means there depends on those before it.
 */
export function requireSingleRows(where: string, { isOfSeries }: Pick<DetectorFiles, 'isOfSeries'>, fix: string): void {
  if (!isOfSeries) return;
  throw new OptionError({
    where,
    expected: 'a detector of single examples',
    got: 'one of series, whose rows depend on those before them',
    fix,
  });
}

/** @throws ModelFileError for a damaged file, FileError for a missing one. */
export async function readDetectorFiles(folder: string): Promise<DetectorFiles> {
  const file = join(folder, DETECTOR_FILE);
  const own = await readBytes(file);
  const { models: paths, assemble, ...saved } = decodeDetector(new TextDecoder().decode(own), file);
  const models = await Promise.all(
    paths.map(async (path) => {
      const bytes = await readBytes(join(folder, path));
      return { bytes, ...(await decodeModelFile(bytes, join(folder, path))) };
    }),
  );
  return {
    ...saved,
    cards: models.map(({ card }) => card),
    bytes: [own, ...models.map(({ bytes }) => bytes)],
    open: (engine) =>
      assemble(
        models.map(({ card, model, parameters }) => ({
          card,
          model,
          parameters,
          engine,
          runner: makeRunner(engine, model),
        })),
      ),
  };
}
