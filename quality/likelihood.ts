/** Negative log-likelihood by importance sampling, 5000 samples for each of the first 1000 test digits, binarised once. */
import { type AutoencoderOptions, autoencoder, createRandom, type FitOptions } from 'autoencoder';
import { engine, mnist } from './row.ts';

/** The net of Burda et al. 2016 with one stochastic layer, trained on MNIST, and what its test digits cost in nats. */
export async function mnistLikelihood(
  seed: number,
  folder: string,
  options: AutoencoderOptions,
  fit: FitOptions,
): Promise<{ readonly value: number; readonly others: Readonly<Record<string, number>> }> {
  const data = await mnist(folder);
  const model = autoencoder({
    kind: 'variational',
    hidden: [200, 200],
    latent: 50,
    activation: 'gelu',
    loss: 'cross-entropy',
    binarize: 'sample',
    engine: engine(),
    ...options,
  });
  const { seconds } = await model.fit(data, { batchSize: 100, learningRate: 0.001, patience: 0, seed, ...fit });
  if (data.test?.form !== 'array') throw new Error('MNIST has no test part');
  const { values, shape, labels } = data.test;
  const random = createRandom(seed).fork('binarise');
  const binary = Uint8Array.from(values.subarray(0, 1000 * 784), (byte) => (random.uniform() < byte / 255 ? 255 : 0));
  const likelihoods = await model.logLikelihood(
    {
      form: 'array',
      name: 'binarised digits',
      values: binary,
      shape: [1000, ...shape.slice(1)],
      ...(labels ? { labels: { ...labels, values: labels.values.subarray(0, 1000) } } : {}),
    },
    { samples: 5000, seed },
  );
  const nll = -likelihoods.reduce((total, value) => total + value, 0) / likelihoods.length;
  return { value: nll, others: { trainingSeconds: seconds } };
}
