/** The library's main object: define, fit, use. Knows no files: those are in `model-files.ts`. */
import { type Begun, beginLearning, type LearnRequest } from './applications/begin-learning.ts';
import { beginTogether } from './applications/begin-together.ts';
import type { DiskData } from './applications/disk-data.ts';
import type { DiskSeries } from './applications/disk-series.ts';
import { drawExamples, drawnSource, labelsFor, unfitKind } from './applications/draw.ts';
import { datasetFor, type Learned, learnFrom } from './applications/learn.ts';
import { makeRecipe, type Recipe } from './applications/recipe.ts';
import type { TrainedModel } from './applications/trained.ts';
import { DataError, OptionError } from './base/errors.ts';
import { createRandom } from './base/random.ts';
import { undoScaling } from './data/columns/scaling.ts';
import type { ArraySource, Dataset, Source, SourceWithTest } from './data/dataset.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import type { Architecture } from './model/blueprint.ts';
import { decodeModelFile, encodeModelFile, type ModelCard, type Parameters } from './model/file/model-file.ts';
import type { Model } from './model/model.ts';
import { makeRunner, type Runner } from './model/runner.ts';
import { finish, type TrainingEvent } from './training/events.ts';
import { averageLosses } from './training/measure.ts';
import type { RankGroup } from './training/ranks.ts';

/** Numbers in a grid, example axis first. */
export interface NumericArray {
  readonly values: Float32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** Anything that examples can come in: what `loadData` gives, a typed array with its shape, or rows of numbers. */
export type Examples = Source | SourceWithTest | NumericArray | readonly (readonly number[])[];

/** Rows that need not fit into memory: what `rowFiles` gives. */
export interface LearnableRows {
  /** Reads them as a model of that recipe takes them; for `fit`, which ends what it began. */
  readRows(recipe: Recipe, signal?: AbortSignal): Promise<DiskData>;
  /** Reads them as the moments of a series, in windows of `length` rows; for detectors. */
  readSeries(recipe: Recipe, length: number | undefined, signal?: AbortSignal): Promise<DiskSeries>;
}

/**
 * What kind of autoencoder, in what shape: `kind`, `network`, `latent`, `loss`, `output`, `binarize`, and the options of the
 * kind (e.g. `beta`) and of the network (e.g. `hidden`, `activation`), named as on the command line, in camel case.
 */
export interface AutoencoderOptions {
  readonly kind?: string;
  readonly network?: string;
  /** Numbers in the code. */
  readonly latent?: number;
  /** Widths of the hidden layers, input side first. */
  readonly hidden?: readonly number[];
  readonly activation?: string;
  readonly loss?: Architecture['loss'];
  /** What computes; the native engine on all cores when absent. */
  readonly engine?: Engine;
  /** Further options of the kind and of the network. */
  readonly [option: string]: unknown;
}

/** How long and how to train. Everything has a default; see `autoencoder train --help`. */
export interface FitOptions {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  /** Share of the examples held out to measure on. */
  readonly validation?: number;
  /** Epochs without a better validation loss before stopping; 0 never stops early. */
  readonly patience?: number;
  readonly seed?: number;
  /** Called with progress, epochs and early stopping. */
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
  /**
   * The other processes of a training over several, what `joinRanks` gives: all call `fit` with the same data and options, each batch is
   * divided among them, and all have the same model in the end.
   */
  readonly ranks?: RankGroup;
  /** With `ranks`: steps that each takes on its own between averages; absent, every step is of all. */
  readonly syncEvery?: number;
  /** Further training options. */
  readonly [option: string]: unknown;
}

/** What a training run found out. */
export type FitResult = Pick<Learned, 'validation' | 'test' | 'baselines' | 'warnings' | 'card'> & {
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly seconds: number;
  readonly examplesPerSecond: number;
};

export interface Autoencoder {
  /**
   * Trains on `data`, keeping the parameters of the best epoch. A `test` part is only measured on.
   *
   * @throws OptionError, DataError, DivergenceError, InterruptedError.
   */
  fit(data: Examples | LearnableRows, options?: FitOptions): Promise<FitResult>;
  /** The same as a stream: `for await (const event of model.training(data))`; the return value is `fit`'s. */
  training(data: Examples | LearnableRows, options?: FitOptions): AsyncGenerator<TrainingEvent, FitResult>;
  /** Codes, `[count, latent]`. */
  encode(data: Examples): Promise<NumericArray>;
  /** Examples rebuilt from codes, in the units of the training data; `label` as in `generate`. */
  decode(codes: NumericArray | readonly (readonly number[])[], options?: { readonly label?: string }): Promise<Source>;
  /** Examples through their codes and back, in the units of the training data. */
  reconstruct(data: Examples): Promise<Source>;
  /** Average `loss` and its terms (nats per example) and `mse` (per feature, scaled units). */
  evaluate(data: Examples): Promise<Readonly<Record<string, number>>>;
  /**
   * New examples, decoded from codes drawn from the prior; of the class `label` where the model knows classes (in turn when absent), and
   * from a normal prior made narrower by `truncation` (above 0, at most 1).
   *
   * @throws OptionError for kinds without a prior, a class that there is not, or a truncation of a prior that is not normal.
   */
  generate(
    count: number,
    options?: { readonly seed?: number; readonly label?: string; readonly truncation?: number },
  ): Promise<Source>;
  /**
   * log p(x) of each example in nats, by importance sampling (a lower bound, tighter with more samples).
   *
   * @throws OptionError for kinds whose code is not a distribution.
   */
  logLikelihood(data: Examples, options?: { readonly samples?: number; readonly seed?: number }): Promise<Float64Array>;
  /** The bytes of `model.safetensors`. */
  toBytes(): Promise<Uint8Array>;
  /** What the model is and how it was trained; absent before `fit`. */
  readonly card: ModelCard | undefined;
  /** What the uses of a model (`reduce` …) work with. @throws OptionError before `fit`. */
  trained(): Promise<TrainedModel>;
  /** Examples as the model takes them: scaled, with the labels numbered as in training. */
  read(data: Examples): Promise<Dataset>;
}

/**
 * An autoencoder to be trained.
 *
 * @example
 * const model = autoencoder({ hidden: [128, 64], latent: 32, activation: 'relu' });
 * await model.fit(await loadData('digits'), { epochs: 20, batchSize: 256 });
 * const codes = await model.encode(await loadData('digits'));
 * @throws OptionError for an option that this kind and network do not have.
 */
export function autoencoder({ engine, ...options }: AutoencoderOptions = {}): Autoencoder {
  makeRecipe(options);
  return wrap(options, engine, undefined);
}

/** A model from the bytes of its file. */
export async function fromBytes(
  bytes: Uint8Array,
  options: { readonly engine?: Engine; readonly name?: string } = {},
): Promise<Autoencoder> {
  return wrap({}, options.engine, await decodeModelFile(bytes, options.name ?? 'model'));
}

/** A model that is read already. */
export function autoencoderOf({ engine, ...trained }: Trained & { readonly engine: Engine }): Autoencoder {
  return wrap({}, engine, trained);
}

interface Trained {
  readonly card: ModelCard;
  readonly model: Model;
  readonly parameters: Parameters;
}

function wrap(
  options: Readonly<Record<string, unknown>>,
  given: Engine | undefined,
  saved: Trained | undefined,
): Autoencoder {
  let trained = saved;
  let engine = given;
  let runner: Runner | undefined;

  const openEngine = async (): Promise<Engine> => {
    engine = await engineOr(engine);
    return engine;
  };
  const atWork = async (): Promise<Trained & { readonly runner: Runner }> => {
    if (!trained)
      throw new OptionError({
        where: 'autoencoder',
        expected: 'a trained model',
        got: 'one not trained yet',
        fix: 'call fit, or load a model',
      });
    runner ??= makeRunner(await openEngine(), trained.model);
    return { ...trained, runner };
  };
  const examplesFor = ({ card }: Trained, data: Examples): Dataset => datasetFor(card, trainPart(data), 'model');

  async function* training(
    data: Examples | LearnableRows,
    { onEvent, signal, ranks, syncEvery, ...fitOptions }: FitOptions = {},
  ): AsyncGenerator<TrainingEvent, FitResult> {
    const recipe = makeRecipe({ ...options, ...fitOptions });
    const read = async () => ('readRows' in data ? data.readRows(recipe, signal) : pairOf(data));
    const group = ranks !== undefined && ranks.ranks.size > 1 ? ranks : undefined;
    const source = await (group ? group.together(read) : read());
    try {
      const request = { source, recipe, engine: await openEngine(), clock: () => performance.now(), signal, syncEvery };
      const learning = learnFrom(await (group ? beginAsOne(request, group) : beginLearning(request)));
      for (;;) {
        const { value, done } = await learning.next();
        if (done) {
          trained = value;
          runner = value.runner;
          return fitResult(value);
        }
        onEvent?.(value);
        yield value;
      }
    } finally {
      if ('windows' in source) await source.end();
    }
  }

  return {
    training,
    fit: (data, fitOptions) => finish(training(data, fitOptions)),
    async encode(data) {
      const at = await atWork();
      const examples = examplesFor(at, data);
      const { code } = await at.runner.encode(at.parameters, examples);
      return { values: code, shape: [examples.count, at.model.blueprint.latent] };
    },
    async decode(codes, { label } = {}) {
      const at = await atWork();
      const { values, shape } = toSource(codes) as ArraySource;
      const { latent } = at.model.blueprint;
      if (shape.length !== 2 || shape[1] !== latent)
        throw new DataError({
          where: 'decode',
          expected: `codes of shape [count, ${latent}]`,
          got: `[${shape}]`,
          fix: 'give codes made by encode',
        });
      const labels = labelsFor(at, label, shape[0]);
      const rebuilt = await at.runner.decode(at.parameters, Float32Array.from(values), labels);
      return undoScaling(at.card.scaling, rebuilt, shape[0], 'decoded');
    },
    async reconstruct(data) {
      const at = await atWork();
      const examples = examplesFor(at, data);
      const { reconstruction } = await at.runner.reconstruct(at.parameters, examples);
      return undoScaling(at.card.scaling, reconstruction, examples.count);
    },
    async evaluate(data) {
      const at = await atWork();
      return averageLosses(at, examplesFor(at, data), at.parameters, createRandom(0).fork('evaluate'), {
        share: 1,
        epoch: Infinity,
      });
    },
    async generate(count, { seed = 0, label, truncation } = {}) {
      const at = await atWork();
      const random = createRandom(seed).fork('generate');
      return drawnSource(at.card, await drawExamples(at, { count, label, truncation, random }));
    },
    async logLikelihood(data, { samples = 100, seed = 0 } = {}) {
      const at = await atWork();
      if (!at.model.kind.sample) throw unfitKind('logLikelihood', 'a kind whose code is a distribution', at.model);
      return at.runner.logLikelihood(at.parameters, examplesFor(at, data), samples, createRandom(seed).fork('samples'));
    },
    async toBytes() {
      const at = await atWork();
      return encodeModelFile(at, at.model);
    },
    get card() {
      return trained?.card;
    },
    async trained() {
      const at = await atWork();
      return { ...at, engine: await openEngine() };
    },
    async read(data) {
      return examplesFor(await atWork(), data);
    },
  };
}

/** Every rank learns by the same recipe, from the same data. */
async function beginAsOne(request: LearnRequest, group: RankGroup): Promise<Begun> {
  const { recipe, syncEvery } = request;
  const asked = JSON.stringify({ recipe, syncEvery });
  await group.agree([{ name: 'options', value: asked, fix: 'call fit alike in all processes' }]);
  return beginTogether(request, group, 'data');
}

function fitResult({ validation, test, baselines, warnings, card, result }: Learned): FitResult {
  const { bestEpoch, seconds, examplesPerSecond, history } = result;
  const epochs = history.length;
  return { validation, test, baselines, warnings, card, epochs, bestEpoch, seconds, examplesPerSecond };
}

function isPair(data: Examples): data is SourceWithTest {
  return 'train' in data;
}

function pairOf(data: Examples): SourceWithTest {
  return isPair(data) ? data : { train: toSource(data) };
}

/** The examples as a source; of a set in two parts, the training part. */
export function trainPart(data: Examples): Source {
  return isPair(data) ? data.train : toSource(data);
}

/** What training must not see, where its makers said. */
export function testPart(data: Examples): Source | undefined {
  return isPair(data) ? data.test : undefined;
}

function toSource(data: Exclude<Examples, SourceWithTest>): Source {
  if ('form' in data) return data;
  if ('values' in data && 'shape' in data) {
    const { values, shape } = data;
    const isPictures = shape.length === 4 && values instanceof Uint8Array;
    return { form: 'array', name: 'examples', values: isPictures ? values : Float32Array.from(values), shape };
  }
  const width = data[0]?.length ?? 0;
  const ragged = data.findIndex((row) => row.length !== width);
  if (ragged >= 0 || width === 0)
    throw new DataError({
      where: ragged >= 0 ? `row ${ragged + 1}` : 'examples',
      expected: width === 0 ? 'rows of numbers' : `${width} numbers, as in row 1`,
      got: ragged >= 0 ? `${data[ragged].length}` : 'none',
      fix: 'give rows of equal length',
    });
  return { form: 'array', name: 'examples', values: Float32Array.from(data.flat()), shape: [data.length, width] };
}
