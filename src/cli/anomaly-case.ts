/** What `autoencoder anomalies` works on: a detector that is there or is made now, what it is to score, and what is known of that. */

import { anomalyLabels, knownNormal } from '../applications/anomalies.ts';
import { type Detector, detectorOf, fitDetector } from '../applications/detector.ts';
import { isDetectorFolder, readDetectorFolder, writeDetectorFolder } from '../applications/detector-folder.ts';
import { trainedOn } from '../applications/kept.ts';
import { knownColumns } from '../applications/learn.ts';
import { fitSeriesDetector } from '../applications/series.ts';
import { type ThresholdRule, usualThreshold } from '../applications/threshold.ts';
import { OptionError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import type { Source } from '../data/dataset.ts';
import { sourceCount, takeRows } from '../data/split.ts';
import { asSeries } from '../data/windows.ts';
import type { Engine } from '../engine/engine.ts';
import { type RowPlace, readData } from './data-flags.ts';
import { engineWords } from './engine-flags.ts';
import { memberBar } from './member-bar.ts';
import { readModel } from './model-argument.ts';
import type { ResultFlags } from './result-flags.ts';
import { refuseWords, type SubjectFlags, trainingOptions } from './subject.ts';
import type { Terminal } from './terminal.ts';

export interface AnomalyFlags extends SubjectFlags, ResultFlags {
  readonly from: RowPlace;
  readonly robust?: boolean;
  readonly models?: number;
  readonly window?: number | 'auto';
  readonly threshold?: string;
  readonly normal?: string;
  readonly top: number;
  readonly stream?: boolean;
  readonly halfLife?: number;
  readonly format: string;
}

/** A detector, what it is to score, and what is known of it. */
export interface AnomalyCase {
  readonly detector: Detector;
  readonly source: Source;
  readonly rule: ThresholdRule;
  readonly labels?: ReturnType<typeof anomalyLabels>;
  readonly fitOn?: Source;
  readonly isMeasured?: (row: number) => boolean;
  /** Keeps what was trained now. */
  readonly save?: (threshold: number) => Promise<void>;
}

/** A detector that was made before, or a model with the data itself telling what is usual. */
export async function knownCase(
  { model: path, data }: { readonly model: string; readonly data: string },
  given: ThresholdRule | undefined,
  flags: AnomalyFlags,
  engine: Engine,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<AnomalyCase> {
  refuseMaking(path, flags);
  const { train, test } = await readData(data, flags, terminal, signal);
  const whole = test ?? train;
  const withLabels = ({ labels }: Source, normal?: string) =>
    labels && anomalyLabels(labels, flags.normal ?? knownNormal(labels, normal));
  if (isDetectorFolder(path)) {
    const { open, threshold, normal } = await readDetectorFolder(path);
    const detector = open(engine);
    const source = familiar(detector, whole, terminal);
    return { detector, source, rule: given ?? { by: 'score', score: threshold }, labels: withLabels(source, normal) };
  }
  const trained = trainedOn(engine, await readModel(path));
  const source = familiar({ members: [trained] }, whole, terminal);
  terminal.note(`${path} is no detector: what is usual is learned from ${source.name} itself.`);
  const detector = await detectorOf(trained, source);
  return { detector, source, rule: given ?? usualThreshold(false), labels: withLabels(source) };
}

/** @throws OptionError for what says how a detector is made, beside one that is. */
export function refuseMaking(path: string, flags: AnomalyFlags): void {
  const [only] = (['robust', 'models', 'window'] as const).filter((name) => flags[name] !== undefined);
  if (only === undefined) return;
  throw new OptionError({
    where: `--${only}`,
    expected: '--fit beside it: it says how a detector is made',
    got: `${path}, which is made already`,
    fix: `leave --${only} out, or make a detector with --fit`,
  });
}

/** Without the columns that were not there in training. */
function familiar(
  { members: [{ card }] }: { readonly members: readonly Pick<Detector['members'][number], 'card'>[] },
  whole: Source,
  terminal: Terminal,
): Source {
  const { source, leftOut } = knownColumns(card, whole);
  if (leftOut.length > 0) terminal.note(`Left out, as the model was not trained on it: ${leftOut.join(', ')}.`);
  return source;
}

export async function fittedCase(
  name: string,
  words: { readonly command: string; readonly model?: string },
  given: ThresholdRule | undefined,
  flags: AnomalyFlags,
  engine: Engine,
  folder: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<AnomalyCase> {
  refuseWords(words);
  const isRobust = flags.robust ?? false;
  const { train, test } = await readData(name, flags, terminal, signal);
  const labelsOf = (source: Source) => source.labels && anomalyLabels(source.labels, flags.normal);
  const told = labelsOf(train);
  // What is labelled an anomaly is not learned from, unless the detector is to find them among the rest.
  const rows = Int32Array.from({ length: sourceCount(train) }, (_, row) => row).filter(
    (row) => isRobust || flags.window !== undefined || told?.isAnomaly[row] !== true,
  );
  const fitOn = rows.length < sourceCount(train) ? takeRows(train, rows) : train;
  terminal.note(
    `Learning what is normal from ${rows.length.toLocaleString('en')} examples of ${train.name}${told && !isRobust ? ` that are not labelled otherwise than ${told.normal}` : ''} (${engineWords(engine)}) → ${folder}`,
  );
  const options = trainingOptions(flags);
  const random = createRandom(Number(options.seed ?? 0)).fork('anomalies');
  const progress = memberBar(terminal);
  const request = {
    engine,
    options,
    isRobust,
    models: flags.models,
    random,
    clock: () => performance.now(),
    signal,
    onEvent: progress.onEvent,
  };
  const detector =
    flags.window === undefined
      ? await fitDetector({ ...request, source: fitOn })
      : await fitSeriesDetector({
          ...request,
          source: asSeries(fitOn),
          length: flags.window === 'auto' ? undefined : flags.window,
        });
  progress.end();
  const source = test ?? train;
  const learned = new Set(rows);
  for (const at of detector.heldOut) learned.delete(rows[at]);
  return {
    detector,
    source,
    rule: given ?? usualThreshold(detector.windows !== undefined),
    labels: labelsOf(source),
    fitOn,
    // With too few rows to hold some out, and where all are learned from by intent, there are no others to measure on.
    isMeasured: test || isRobust || detector.heldOut.length === 0 ? undefined : (row) => !learned.has(row),
    save: (threshold) => writeDetectorFolder(folder, detector, { threshold, normal: told?.normal }),
  };
}
