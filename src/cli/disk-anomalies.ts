/** `anomalies --fit DATA --from disk`: a detector of rows that do not fit into memory, and their scores. */
import { join } from 'node:path';
import { diskDetectorRecipe, fitDiskDetector } from '../applications/disk-detector.ts';
import { chooseThreshold, type ThresholdRule, usualThreshold } from '../applications/threshold.ts';
import { OptionError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { followsFromAll, refuseWhole, scoreToFile } from './anomaly-rows.ts';
import type { DataFlags, RowPlace } from './data-flags.ts';
import { writeDetector } from './detector-folder.ts';
import { diskData } from './disk-training.ts';
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
}

/**
 * The files of rows to learn from where they lie; nothing where all rows are read into memory.
 *
 * @throws OptionError for `--from disk`, or several files, with what needs all rows at once.
 */
export async function detectorFiles(
  data: string,
  rule: ThresholdRule | undefined,
  flags: DiskFlags,
  terminal: Terminal,
): Promise<string[] | undefined> {
  const whole = (['robust', 'window', 'label'] as const).find((name) => flags[name] !== undefined);
  const needsAll = whole !== undefined || (rule !== undefined && followsFromAll(rule));
  // One large file is read as a whole where it has to be.
  const from = flags.from === 'auto' && needsAll && !isPattern(data) ? 'memory' : flags.from;
  const files = await rowFilesOf(data, from, terminal);
  if (!files) return undefined;
  if (whole === 'robust' || whole === 'window')
    throw new OptionError({
      where: `--${whole}`,
      expected: whole === 'robust' ? 'rows in memory: its models learn from a few of them' : 'a series in memory',
      got: flags.from === 'disk' ? '--from disk' : `${data}, which is read from disk`,
      fix: `leave --${whole} out, or name one file${whole === 'robust' ? ', with --limit where it has too many rows' : ''}`,
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
  const { data: name, files, options, rule, folder, flags, engine, terminal, signal } = request;
  terminal.note(`Learning what is normal from ${name}, read from disk (${engineWords(engine)}) → ${folder}`);
  const { columns, header, limit, time } = flags;
  const recipe = diskDetectorRecipe(options);
  const setup = { data: name, columns, header, limit, time, threads: engine.threads };
  const data = await diskData(files, folder, { setup, recipe, terminal, signal });
  const progress = memberBar(terminal);
  try {
    const clock = (): number => performance.now();
    const { models } = flags;
    const detector = await fitDiskDetector({ data, engine, options, models, clock, signal, onEvent: progress.onEvent });
    progress.end();
    const { reference } = detector;
    const threshold = chooseThreshold(rule ?? usualThreshold(false), { reference, scores: reference });
    await writeDetector(folder, detector, { threshold });
  } finally {
    await data.end();
  }
}
