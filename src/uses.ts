/** What a trained model is used for, in the library: each use on a model and data in any form that `fit` takes. */

import { type Anomalies, anomalyLabels, findAnomalies, knownNormal, scoresOf } from './applications/anomalies.ts';
import type { SimpleWay } from './applications/baselines/fills.ts';
import { type Detector, detectorOf, fitDetector } from './applications/detector.ts';
import { detectorFiles, readDetector, type SavedDetector } from './applications/detector-file.ts';
import { diskDetectorRecipe, type FitDiskDetectorRequest, fitDiskDetector } from './applications/disk-detector.ts';
import { fitDiskSeries, seriesReadingRecipe } from './applications/disk-series-detector.ts';
import { type Features, features as featuresOf } from './applications/features.ts';
import {
  type Forecast,
  type ForecastChoices,
  fitForecaster,
  forecast,
  heldOutFrom,
  seriesIn,
} from './applications/forecast.ts';
import type { Forecaster, ForecastPlan } from './applications/forecaster.ts';
import { forecasterFiles, readForecaster } from './applications/forecaster-file.ts';
import { type FillingErrors, fillingErrors } from './applications/imputation-error.ts';
import { type Imputed, impute as imputeDataset, makeFiller, SAMPLES } from './applications/impute.ts';
import { type LabelErrors, labelErrors as labelErrorsOf } from './applications/label-errors.ts';
import { datasetFor, knownColumns } from './applications/learn.ts';
import { type Reduced, reduce as reduceDataset } from './applications/reduce.ts';
import { fitSeriesDetector } from './applications/series.ts';
import { makeStream, type Stream } from './applications/stream.ts';
import { chooseThreshold, parseThreshold, type ThresholdRule, usualThreshold } from './applications/threshold.ts';
import { type Autoencoder, type Examples, type LearnableRows, trainPart } from './autoencoder.ts';
import { OptionError } from './base/errors.ts';
import { createRandom } from './base/random.ts';
import type { Source, SourceWithTest } from './data/dataset.ts';
import { type Folder, type FolderFiles, folderOf } from './data/folder.ts';
import { asSeries } from './data/windows.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import type { TrainingEvent } from './training/events.ts';

/**
 * Codes as a map of the data beside principal components: mean squared error, trustworthiness, continuity.
 *
 * @example const { model: mine, pca } = await reduce(model, test, { fitOn: train });
 * @throws DataError for fewer than 5 examples.
 */
export async function reduce(
  model: Autoencoder,
  data: Examples,
  { fitOn = data, seed = 0 }: { readonly fitOn?: Examples; readonly seed?: number } = {},
): Promise<Reduced> {
  return reduceDataset({
    ...(await model.trained()),
    data: await model.read(data),
    fitOn: await model.read(fitOn),
    random: createRandom(seed).fork('reduce'),
  });
}

/** Tells what is unlike what it was made from. */
export interface AnomalyDetector {
  /** Its models and what they usually miss: what `exportOnnx` works with. */
  readonly detector: Detector;
  /** Nats by which each example surprises: the higher, the less normal. */
  score(data: Examples): Promise<Float64Array>;
  /**
   * Scores with their reasons and a threshold: `quantile:0.99` of what is normal (the default), `deviations:2.5` above its mean
   * (the default of series), `share:0.02` of the examples, `cost:10` or
   * `labels` where they are labelled, or a score. Labels other than the normal class are anomalies.
   */
  find(
    data: Examples,
    options?: { readonly threshold?: string; readonly normal?: string; readonly seed?: number },
  ): Promise<Anomalies>;
  /**
   * Scores rows as they come, one table of one row at a time, with a threshold that follows drift: what was seen counts half after `halfLife`
   * rows. `threshold` is a rule that asks for no labels.
   */
  stream(options?: { readonly threshold?: string; readonly halfLife?: number }): Stream;
  /**
   * What it is kept in, for `openAnomalyDetector`, the command and the server: with a threshold by a rule that asks for no labels, and the
   * name of the normal class where there is one.
   */
  files(options?: { readonly threshold?: string; readonly normal?: string }): Promise<FolderFiles>;
}

export interface AnomalyDetectorOptions {
  /** Whether the data may itself hold anomalies: then several small models, each trained on a few rows. */
  readonly robust?: boolean;
  /** Models whose scores are averaged. */
  readonly models?: number;
  /** Rows are moments of a series, seen through windows of so many; `auto`: 150, or a tenth of a short series. */
  readonly window?: number | 'auto';
  readonly seed?: number;
  readonly engine?: Engine;
  /** Called with the progress of each model. */
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
  /** Options of the model and of its training. */
  readonly [option: string]: unknown;
}

/**
 * A detector trained on what is normal, or, `robust`, on what is mostly so. Of rows that `rowFiles` names it keeps none: then `find` has no
 * baselines.
 *
 * @example const { isAnomaly, columns } = await (await anomalyDetector(normal)).find(fresh);
 * @throws OptionError, DataError for fewer than 8 rows, DivergenceError, InterruptedError.
 */
export async function anomalyDetector(
  data: Examples | LearnableRows,
  { robust = false, models, window, engine: given, onEvent, signal, ...options }: AnomalyDetectorOptions = {},
): Promise<AnomalyDetector> {
  const engine = await engineOr(given);
  const clock = (): number => performance.now();
  const training = { engine, options, models, clock, signal, onEvent };
  const length = window === 'auto' ? undefined : window;
  if ('readRows' in data) {
    if (robust) throw notFromFiles();
    const detector = await (window === undefined
      ? detectorOfRows(data, training)
      : detectorOfSeries(data, length, training));
    return detectorFace(engine, detector);
  }
  const source = trainPart(data);
  const random = createRandom(options.seed ?? 0).fork('anomalies');
  const request = { ...training, isRobust: robust, random };
  const detector =
    window === undefined
      ? await fitDetector({ ...request, source })
      : await fitSeriesDetector({ ...request, source: asSeries(source), length });
  return detectorFace(engine, detector, source);
}

type DiskTraining = Omit<FitDiskDetectorRequest, 'data'>;

async function detectorOfRows(rows: LearnableRows, training: DiskTraining): Promise<Detector> {
  const data = await rows.readRows(diskDetectorRecipe(training.options), training.signal);
  try {
    return await fitDiskDetector({ ...training, data });
  } finally {
    await data.end();
  }
}

async function detectorOfSeries(
  rows: LearnableRows,
  length: number | undefined,
  training: DiskTraining,
): Promise<Detector> {
  const recipe = seriesReadingRecipe(training.options);
  const series = await rows.readSeries(recipe, length, training.signal);
  try {
    return await fitDiskSeries({ ...training, series });
  } finally {
    await series.end();
  }
}

function notFromFiles(): OptionError {
  return new OptionError({
    where: 'anomalyDetector, robust',
    expected: 'rows in memory: its models learn from a few of them',
    got: 'rows of files',
    fix: 'leave robust out, or give the rows of loadData',
  });
}

/** A detector of a model that is trained already; `usual` tells what it usually misses. */
export async function anomalyDetectorOf(model: Autoencoder, usual: Examples): Promise<AnomalyDetector> {
  const trained = await model.trained();
  const source = trainPart(usual);
  return detectorFace(trained.engine, await detectorOf(trained, source), source);
}

/**
 * A detector from its files, or from their folder. Its threshold, and what it calls normal, are those that were kept where `find` and
 * `stream` are told nothing else.
 *
 * @example
 * await writeFolder('detector', await detector.files());
 * const again = await openAnomalyDetector(openFolder('detector'));
 * @throws ModelFileError for damaged files, FileError or ModelFileError for missing ones.
 */
export async function openAnomalyDetector(
  files: FolderFiles | Folder,
  { engine: given }: { readonly engine?: Engine } = {},
): Promise<AnomalyDetector> {
  const engine = await engineOr(given);
  const { open, threshold, normal } = await readDetector(folderOf(files));
  return detectorFace(engine, open(engine), undefined, { threshold, normal });
}

function detectorFace(
  engine: Engine,
  detector: Detector,
  fitOn?: Source,
  kept?: Pick<SavedDetector, 'threshold' | 'normal'>,
): AnomalyDetector {
  const { reference } = detector;
  const usual: ThresholdRule = kept
    ? { by: 'score', score: kept.threshold }
    : usualThreshold(detector.windows !== undefined);
  const ruleOf = (text: string | undefined): ThresholdRule => (text === undefined ? usual : parseThreshold(text));
  const lineOf = (threshold: string | undefined): number =>
    chooseThreshold(ruleOf(threshold), { reference, scores: reference });
  return {
    detector,
    score: async (data) => (await scoresOf(detector, trainPart(data))).scores,
    stream: ({ threshold, halfLife } = {}) => makeStream(detector, lineOf(threshold), { halfLife }),
    find(data, { threshold, normal, seed = 0 } = {}) {
      const source = trainPart(data);
      const labels =
        source.labels && anomalyLabels(source.labels, normal ?? knownNormal(source.labels, kept?.normal)).isAnomaly;
      const random = createRandom(seed).fork('baselines');
      return findAnomalies({ engine, detector, source, threshold: ruleOf(threshold), labels, fitOn, random });
    },
    files: async ({ threshold, normal = kept?.normal } = {}) =>
      detectorFiles(detector, { threshold: lineOf(threshold), normal }),
  };
}

/** How gaps are filled. */
export interface ImputeOptions {
  /** Codes drawn for each example; 500 when absent. */
  readonly samples?: number;
  /** Fills in that many times, each drawn from what the cells may have been; once, with their expectation, when absent. */
  readonly multiple?: number;
  /** Who fills them: the model, or a simple way that learns from `data` itself. */
  readonly by?: 'model' | SimpleWay;
  /** Hides cells of these examples on purpose and measures how well they are told, too. */
  readonly measureOn?: Examples;
  readonly seed?: number;
}

/**
 * Fills in what is missing (NaN, null) in `data`: the rest stays as it is, and so do columns that the model was not trained on.
 *
 * @example const { sources: [filled] } = await impute(model, table);
 * @throws OptionError for `multiple` by what cannot draw; DataError for a model of pictures or tokens, or other columns than its own.
 */
export async function impute(
  model: Autoencoder,
  data: Examples,
  { samples = SAMPLES, multiple = 0, by = 'model', measureOn, seed = 0 }: ImputeOptions = {},
): Promise<Imputed & { readonly errors?: FillingErrors }> {
  const trained = await model.trained();
  const random = createRandom(seed).fork('impute');
  const read = (source: Source) =>
    datasetFor(trained.card, knownColumns(trained.card, source).source, 'model', { gaps: 'any' });
  const source = trainPart(data);
  const imputed = await imputeDataset({ trained, data: read(source), source, samples, multiple, by, random });
  if (measureOn === undefined) return imputed;
  const filler = makeFiller(trained, samples);
  const measured = { engine: trained.engine, filler, data: read(trainPart(measureOn)), random: random.fork('errors') };
  const errors = await fillingErrors(measured);
  await filler.dispose();
  return { ...imputed, errors };
}

/**
 * Codes as features: what they tell about the labels (or the target) of `data` on `test`, beside the same network from scratch; groups;
 * columns that they depend on.
 *
 * @example const { task, clusters } = await features(model, train, { test, labels: 100 });
 * @throws OptionError for more labels than there are; DataError where there is nothing to measure on.
 */
export async function features(
  model: Autoencoder,
  data: Examples,
  options: {
    /** A quarter of `data` when absent. */
    readonly test?: Examples;
    readonly labels?: number;
    readonly probe?: 'linear' | 'fine-tune';
    readonly clusters?: number | 'auto';
    readonly seed?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Features> {
  const { test, labels, probe = 'fine-tune', clusters = 'auto', seed = 0, signal } = options;
  return featuresOf({
    ...(await model.trained()),
    data: await model.read(data),
    measured: test && (await model.read(test)),
    labels,
    probe,
    clusters,
    random: createRandom(seed).fork('features'),
    signal,
  });
}

/**
 * Labels of `data` that do not fit what the rows near theirs in the code are called, with chances of classes and a ranking.
 *
 * @example const { ranked, suggested, names } = await labelErrors(model, train);
 * @throws DataError without labels of two classes, or with fewer than 5 rows of one.
 */
export async function labelErrors(
  model: Autoencoder,
  data: Examples,
  { seed = 0 }: { readonly seed?: number } = {},
): Promise<LabelErrors> {
  const random = createRandom(seed).fork('label errors');
  return labelErrorsOf({ ...(await model.trained()), data: await model.read(data), random });
}

/** Tells what comes next in series. */
export interface SeriesForecaster {
  readonly plan: ForecastPlan;
  /** The steps after the end of `data`, and how far such forecasts were off in the part that nothing was learned from. */
  forecast(data: SourceWithTest): Promise<Forecast>;
  /** What it is kept in, for `openForecaster` and for the command. */
  files(): Promise<FolderFiles>;
}

export interface ForecasterOptions extends Partial<ForecastChoices> {
  readonly seed?: number;
  readonly engine?: Engine;
  readonly signal?: AbortSignal;
  /** Options of the model and of its training. */
  readonly [option: string]: unknown;
}

/**
 * A forecaster of the columns of a table, whose rows are in the order of time: learned from all but the last fifth of the rows, or but the
 * test part.
 *
 * @example const { told, lower, upper, results } = await (await forecaster(waves, { steps: 24 })).forecast(waves);
 * @throws DataError for what is no table, or series that are too short or do not change; OptionError.
 */
export async function forecaster(data: SourceWithTest, options: ForecasterOptions = {}): Promise<SeriesForecaster> {
  const { steps = 24, interval = 0.9, history, series, exogenous, season, engine: given, signal, ...own } = options;
  const engine = await engineOr(given);
  const { rows: table, heldFrom } = seriesIn(data);
  const choices = { steps, interval, history, series, exogenous, season };
  const clock = (): number => performance.now();
  const fitted = await fitForecaster({ ...choices, engine, table, heldFrom, options: own, clock, signal });
  return forecasterFace(fitted, heldFrom);
}

/** A forecaster from its files, or from their folder. @throws ModelFileError for damaged files, FileError or ModelFileError for missing ones. */
export async function openForecaster(
  files: FolderFiles | Folder,
  { engine }: { readonly engine?: Engine } = {},
): Promise<SeriesForecaster> {
  return forecasterFace((await readForecaster(folderOf(files), await engineOr(engine))).forecaster);
}

/** @param heldFrom The first row that it has not learned from, for rows without times; the last fifth of what is given when absent. */
function forecasterFace(own: Forecaster, heldFrom?: number): SeriesForecaster {
  return {
    plan: own.plan,
    forecast(next) {
      const { rows } = seriesIn(next);
      return forecast(own, rows, rows.time || heldFrom === undefined ? heldOutFrom(rows, own) : heldFrom);
    },
    files: () => forecasterFiles(own),
  };
}
