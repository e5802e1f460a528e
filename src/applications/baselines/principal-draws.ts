/** The simplest generator: a normal distribution along the principal components of the data, the best that a linear model can do. */
import type { Random } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { TrainedModel } from '../trained.ts';
import { fitPca, type Pca, pcaDataOf } from './pca.ts';

/** Draws in scaled units, `[count, features]`, and how many components they vary along. */
export interface PrincipalDraws {
  readonly values: Float32Array;
  readonly count: number;
  readonly components: number;
}

/** As many components as the model's code has numbers, as far as the data has them; deviations are multiplied by `truncation`. */
export async function drawPrincipal(
  { engine, model: { blueprint } }: Pick<TrainedModel, 'engine' | 'model'>,
  data: Dataset,
  count: number,
  random: Random,
  truncation = 1,
): Promise<PrincipalDraws> {
  const pca = await fitPca(engine, pcaDataOf(data, blueprint), blueprint.latent, random.fork('pca'));
  const variances = pca.variances.map((variance) => variance * truncation ** 2);
  return { values: drawsOf({ ...pca, variances }, count, random.fork('draws')), count, components: pca.components };
}

/** μ + Σ σᵢ εᵢ vᵢ: `[count, features]`. */
export function drawsOf({ mean, directions, components, variances }: Pca, count: number, random: Random): Float32Array {
  const features = mean.length;
  const values = new Float32Array(count * features);
  for (let row = 0; row < count; row++) {
    const along = Float64Array.from(variances, (variance) => Math.sqrt(variance) * random.normal());
    for (let feature = 0; feature < features; feature++) {
      let value = mean[feature];
      for (let at = 0; at < components; at++) value += along[at] * directions[feature * components + at];
      values[row * features + feature] = value;
    }
  }
  return values;
}
