/**
 * The main job: from a source of data to a trained model with its baseline, its warnings and its card.
 *
 *   source ── split ── fit scaling on the training rows ── blueprint ── train ── compare with PCA ── warn ── card
 */
import { DataError, DivergenceError, ModelFileError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { applyScaling, constantColumns } from '../data/columns/scaling.ts';
import type { Dataset, Labels, Source } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { ModelCard, Parameters } from '../model/file/model-file.ts';
import type { Model } from '../model/model.ts';
import { hasMap } from '../model/resized.ts';
import type { PerExample } from '../model/runner.ts';
import type { TrainingEvent } from '../training/events.ts';
import { averageLosses } from '../training/measure.ts';
import type { TrainResult } from '../training/train.ts';
import { findWarnings, type Warning } from '../training/warnings.ts';
import { applyPca, fitPca, pcaDataOf } from './baselines/pca.ts';
import { type Begun, beginLearning, type Learning, type LearnRequest, learningSteps } from './begin-learning.ts';
import type { Parts } from './prepare.ts';
import { makeCard, prefixed } from './trained.ts';

/** Average terms, `loss` and `mse` of the model over one part of the data. */
export type Averages = Readonly<Record<string, number>>;

export interface Learned extends Learning {
  readonly card: ModelCard;
  readonly parameters: Parameters;
  readonly result: TrainResult;
  readonly validation: Averages;
  readonly test?: Averages;
  readonly baselines: {
    /** As wide as the code; absent where that would be as wide as the data, or the code is a map. */
    readonly pca?: { readonly mse: number; readonly testMse?: number };
    readonly mean: { readonly mse: number };
  };
  /** Codes of the validation part. */
  readonly codes: PerExample;
  readonly warnings: readonly Warning[];
}

/**
 * Learns and tells about it; the generator's return value is what was learned.
 *
 * @throws DataError, OptionError, DivergenceError, InterruptedError as the parts do.
 */
export async function* learn(request: LearnRequest): AsyncGenerator<TrainingEvent, Learned> {
  return yield* learnFrom(await beginLearning(request));
}

/** The rest of `learn`. */
export async function* learnFrom(begun: Begun): AsyncGenerator<TrainingEvent, Learned> {
  const { request, parts, model, runner, training, fingerprint, examples } = begun;
  const { engine, recipe } = request;
  const random = createRandom(recipe.training.seed);
  const result = yield* learningSteps(begun);
  request.onTrained?.();

  const { parameters } = result;
  const finished = { share: 1, epoch: training.epochs };
  const measure = (part: Dataset): Promise<Averages> =>
    averageLosses({ runner, model }, part, parameters, random.fork('validation'), finished);
  const validation = await measure(parts.validation);
  const test = parts.test && (await measure(parts.test));
  const codes = await runner.encode(parameters, parts.validation);
  requireFinite(codes.code, result.history.length * Math.max(1, Math.floor(examples / training.batchSize)));
  const baselines = await measureBaselines(engine, parts, model, random.fork('pca'));
  const { latent } = model.blueprint;
  const warnings = findWarnings({
    history: result.history,
    validationExamples: parts.validation.count,
    codeVariances: varianceOf(codes.code, latent),
    klPerDimension: codes.logVariance && klOf(codes.code, codes.logVariance, latent),
    mse: validation.mse,
    pcaMse: baselines.pca?.mse,
    constantColumns: constantColumns(parts.train.scaling),
  });
  const card: ModelCard = {
    ...makeCard({
      model,
      engine,
      scaling: parts.train.scaling,
      data: {
        name: parts.train.name,
        examples,
        validationExamples: parts.validation.count,
        fingerprint,
        labelNames: [...(parts.train.labels?.names ?? [])],
      },
      options: { ...training, ...recipe.preparation },
      result,
    }),
    baselines: Object.fromEntries(Object.entries(baselines).map(([name, figures]) => [name, defined(figures)])),
    results: { ...prefixed('validation', validation), ...prefixed('test', test ?? {}) },
    warnings: [...warnings],
  };
  return { card, model, parameters, runner, parts, result, training, validation, test, baselines, codes, warnings };
}

/** A squashed output can hide from the loss that the code has run away. */
function requireFinite(code: Float32Array, step: number): void {
  const bad = code.find((value) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw new DivergenceError(
    {
      where: `training step ${step}, codes of the validation examples`,
      expected: 'finite numbers',
      got: String(bad),
      fix: 'lower --learning-rate, set --clip 1, or look for extreme values in the data',
    },
    { step, term: 'code' },
  );
}

async function measureBaselines(
  engine: Engine,
  parts: Parts,
  { blueprint }: Model,
  random: ReturnType<typeof createRandom>,
): Promise<Learned['baselines']> {
  const asMatrix = (part: Dataset) => pcaDataOf(part, blueprint);
  const train = asMatrix(parts.train);
  const isCompared = blueprint.latent < train.features && !hasMap(blueprint);
  const pca = await fitPca(engine, train, isCompared ? blueprint.latent : 1, random);
  const own = async (part: Dataset): Promise<number> => (await applyPca(engine, pca, asMatrix(part))).mse;
  const mean = await applyPca(
    engine,
    { ...pca, components: 1, directions: new Float32Array(pca.mean.length) },
    asMatrix(parts.validation),
  );
  if (!isCompared) return { mean: { mse: mean.mse } };
  const testMse = parts.test && (await own(parts.test));
  return {
    pca: { mse: await own(parts.validation), ...(testMse === undefined ? {} : { testMse }) },
    mean: { mse: mean.mse },
  };
}

/** Variance of every column of `[count, width]`. */
export function varianceOf(values: Float32Array, width: number): Float64Array {
  const count = values.length / width;
  const mean = new Float64Array(width);
  const variance = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width] += values[i] / count;
  for (let i = 0; i < values.length; i++) variance[i % width] += (values[i] - mean[i % width]) ** 2 / count;
  return variance;
}

/** Average KL(N(μ, σ²) ‖ N(0, 1)) of every column, in nats. */
export function klOf(mean: Float32Array, logVariance: Float32Array, width: number): Float64Array {
  const count = mean.length / width;
  const kl = new Float64Array(width);
  for (let i = 0; i < mean.length; i++)
    kl[i % width] += (mean[i] ** 2 + Math.exp(logVariance[i]) - logVariance[i] - 1) / 2 / count;
  return kl;
}

/** Of codes made of entries of a codebook: how often each entry was chosen; nothing of other codes. */
export function codebookUse(
  { choice }: { readonly choice?: Float32Array },
  { blueprint }: Model,
): number[] | undefined {
  if (!choice) return undefined;
  const use = new Array<number>(Number(blueprint.kind.options.codebookSize)).fill(0);
  for (const entry of choice) use[entry]++;
  return use;
}

/**
 * A table without the columns that the model was not trained on (a label, a row number), and their names. Anything else is
 * given back as it is.
 */
export function knownColumns(
  { scaling }: ModelCard,
  source: Source,
): { readonly source: Source; readonly leftOut: readonly string[] } {
  if (source.form !== 'table' || scaling.form !== 'columns') return { source, leftOut: [] };
  const known = new Set(scaling.columns.map(({ name }) => name));
  const leftOut = source.columns.map(({ name }) => name).filter((name) => !known.has(name));
  return { source: { ...source, columns: source.columns.filter(({ name }) => known.has(name)) }, leftOut };
}

/** Whether values may be missing: where some were in training, or in any case, for uses that are about them. */
export type Gaps = 'as trained' | 'any';

/** Examples of some source as a trained model takes them. */
export function datasetFor(
  card: ModelCard,
  source: Source,
  where: string,
  { gaps = 'as trained' }: { readonly gaps?: Gaps } = {},
): Dataset {
  const data = applyScaling(card.scaling, source);
  if (data.hasMissing && !card.blueprint.hasMissing && gaps === 'as trained')
    throw new DataError({
      where: source.name,
      expected: 'no missing values, as in the data the model was trained on',
      got: 'some',
      fix: 'fill them in, or train on data that has missing values too',
    });
  if (sizeOf(data.shape) !== sizeOf(card.blueprint.shape))
    throw new ModelFileError({
      where,
      expected: `a scaling for ${sizeOf(card.blueprint.shape)} features`,
      got: `${sizeOf(data.shape)}`,
      fix: 'the card was altered: train anew',
    });
  return card.blueprint.classes > 0 && data.labels ? { ...data, labels: renumbered(data.labels, card) } : data;
}

/** Labels by the numbers that the model was told them by; classes it does not know are unknown. */
function renumbered({ values, names }: Labels, { data: { labelNames } }: ModelCard): Labels {
  const numbers = names.map((name) => labelNames.indexOf(name));
  return { values: values.map((value) => numbers[value] ?? -1), names: labelNames };
}

function defined(figures: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}
