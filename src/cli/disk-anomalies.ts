/** `anomalies --fit DATA --from disk`: a detector of rows that do not fit into memory, and their scores. */
import { join } from 'node:path';
import type { Detector } from '../applications/detector.ts';
import { writeDetectorFolder } from '../applications/detector-folder.ts';
import { diskDetectorRecipe, type FitDiskDetectorRequest, fitDiskDetector } from '../applications/disk-detector.ts';
import { fitDiskSeries, seriesReadingRecipe } from '../applications/disk-series-detector.ts';
import { chooseThreshold, type ThresholdRule, usualThreshold } from '../applications/threshold.ts';
import { OptionError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { followsFromAll, refuseWhole, scoreToFile } from './anomaly-rows.ts';
import type { DataFlags, RowPlace } from './data-flags.ts';
import { diskData, diskSeries } from './disk-training.ts';
import { engineWords } from './engine-flags.ts';
import { memberBar } from './member-bar.ts';
import { isPattern, rowFilesOf } from './row-files.ts';
import { makeFolder, removeUnused } from './run-folder.ts';
import type { Terminal } from './terminal.ts';

export interface DiskFlags extends DataFlags {
  readonly from: RowPlace;
  readonly robust?: boolean;
  readonly window?: number | 'auto';
  readonly models?: number;
  readonly format: string;
  readonly top: number;
}

/**
 * The files of rows to learn from where they lie; nothing where all rows are read into memory.
 *
 * @throws OptionError for `--from disk`, or several files, with what needs all rows at once.
 */
export async function filesToLearnFrom(
  data: string,
  rule: ThresholdRule | undefined,
  flags: DiskFlags,
  terminal: Terminal,
): Promise<string[] | undefined> {
  const whole = (['robust', 'label'] as const).find((name) => flags[name] !== undefined);
  const needsAll = whole !== undefined || (rule !== undefined && followsFromAll(rule));
  // One large file is read as a whole where it has to be.
  const from = flags.from === 'auto' && needsAll && !isPattern(data) ? 'memory' : flags.from;
  const files = await rowFilesOf(data, from, terminal);
  if (!files) return undefined;
  if (whole === 'robust')
    throw new OptionError({
      where: '--robust',
      expected: 'rows in memory: its models learn from a few of them',
      got: flags.from === 'disk' ? '--from disk' : `${data}, which is read from disk`,
      fix: 'leave --robust out, or name one file, with --limit where it has too many rows',
    });
  refuseWhole(rule, flags);
  return files;
}

export interface DiskAnomalies {
  readonly data: string;
  readonly files: readonly string[];
  /** Of the models, by the names of options. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly rule?: ThresholdRule;
  readonly folder: string;
  readonly flags: DiskFlags;
  readonly engine: Engine;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** @throws what reading, training and writing throw; a folder in which nothing came about is taken away. */
export async function anomaliesFromDisk(request: DiskAnomalies): Promise<void> {
  const { data, folder, rule, flags, engine, terminal, signal } = request;
  const made = await makeFolder(folder);
  try {
    await writeFitted(request);
  } catch (error) {
    await removeUnused(folder, made);
    throw error;
  }
  const out = join(folder, `anomalies.${flags.format}`);
  await scoreToFile({
    path: folder,
    data,
    out,
    rule,
    made: folder,
    flags: { ...flags, overwrite: true },
    engine,
    terminal,
    signal,
  });
}

async function writeFitted(request: DiskAnomalies): Promise<void> {
  const { data, rule, folder, flags, engine, terminal } = request;
  terminal.note(`Learning what is normal from ${data}, read from disk (${engineWords(engine)}) → ${folder}`);
  const detector = await (flags.window === undefined ? fittedRows(request) : fittedSeries(request, flags.window));
  const { reference, windows } = detector;
  const chosen = rule ?? usualThreshold(windows !== undefined);
  const threshold = chooseThreshold(chosen, { reference, scores: reference });
  await writeDetectorFolder(folder, detector, { threshold });
}

async function fittedRows(request: DiskAnomalies): Promise<Detector> {
  const { files, options, folder, terminal, signal } = request;
  const recipe = diskDetectorRecipe(options);
  const data = await diskData(files, folder, { setup: setupOf(request), recipe, terminal, signal });
  try {
    return await withBar(request, (training) => fitDiskDetector({ ...training, data }));
  } finally {
    await data.end();
  }
}

async function fittedSeries(request: DiskAnomalies, window: number | 'auto'): Promise<Detector> {
  const { files, options, folder, terminal, signal } = request;
  const setup = { ...setupOf(request), length: window === 'auto' ? undefined : window };
  const recipe = seriesReadingRecipe(options);
  const series = await diskSeries(files, folder, { setup, recipe, terminal, signal });
  try {
    return await withBar(request, (training) => fitDiskSeries({ ...training, series }));
  } finally {
    await series.end();
  }
}

function setupOf({ data, flags, engine }: DiskAnomalies) {
  const { columns, header, limit, time } = flags;
  return { data, columns, header, limit, time, threads: engine.threads };
}

async function withBar(
  { options, flags, engine, terminal, signal }: DiskAnomalies,
  train: (request: Omit<FitDiskDetectorRequest, 'data'>) => Promise<Detector>,
): Promise<Detector> {
  const { onEvent, end } = memberBar(terminal);
  const clock = (): number => performance.now();
  const fitted = await train({ engine, options, models: flags.models, clock, signal, onEvent });
  end();
  return fitted;
}
