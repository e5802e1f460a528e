/** What a trained model is used for, in the library: each use on a model and data in any form that `fit` takes. */
import type { SimpleWay } from './applications/baselines/fills.ts';
import { type FillingErrors, fillingErrors } from './applications/imputation-error.ts';
import { type Imputed, impute as imputeDataset, makeFiller, SAMPLES } from './applications/impute.ts';
import { datasetFor, knownColumns } from './applications/learn.ts';
import { type Reduced, reduce as reduceDataset } from './applications/reduce.ts';
import { type Autoencoder, type Examples, trainPart } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import type { Source } from './data/dataset.ts';

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
