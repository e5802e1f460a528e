/** What a trained model is used for, in the library: each use on a model and data in any form that `fit` takes. */
import { type Features, features as featuresOf } from './applications/features.ts';
import { type Reduced, reduce as reduceDataset } from './applications/reduce.ts';
import type { Autoencoder, Examples } from './autoencoder.ts';
import { createRandom } from './base/random.ts';

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
