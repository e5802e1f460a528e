/** What a trained model is used for, in the library: each use on a model and data in any form that `fit` takes. */
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
