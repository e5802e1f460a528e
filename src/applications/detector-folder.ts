/** Detectors in folders of this machine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openFolder, writeFolder } from '../data/files.ts';
import type { Detector } from './detector.ts';
import { DETECTOR_FILE, detectorFiles, type ReadDetector, readDetector, type SavedDetector } from './detector-file.ts';

export function isDetectorFolder(path: string): boolean {
  return existsSync(join(path, DETECTOR_FILE));
}

/** @throws ModelFileError for a damaged file, FileError for a missing one. */
export function readDetectorFolder(path: string): Promise<ReadDetector> {
  return readDetector(openFolder(path));
}

/** @throws FileError where it cannot be written. */
export async function writeDetectorFolder(
  path: string,
  detector: Detector,
  saved: Pick<SavedDetector, 'threshold' | 'normal'>,
): Promise<void> {
  await writeFolder(path, await detectorFiles(detector, saved));
}
