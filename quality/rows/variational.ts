/** Negative log-likelihood by importance sampling, 5000 samples for each of the first 1000 test digits, binarised once. */
import { autoencoder, createRandom } from 'autoencoder';
import { engine, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'variational',
  what: 'MNIST, variational, 784-200-200-50, GELU, dynamic binarisation, 90 epochs',
  measure: 'NLL (nats/example, importance-sampled)',
  bar: { atMost: 90 },
  published: 'Burda et al. 2016: 86.76 (3280 epochs)',
  async run(seed, folder) {
    const data = await mnist(folder);
    const model = autoencoder({
      kind: 'variational',
      hidden: [200, 200],
      latent: 50,
      activation: 'gelu',
      loss: 'cross-entropy',
      binarize: 'sample',
      engine: engine(),
    });
    const { seconds } = await model.fit(data, { epochs: 90, batchSize: 100, learningRate: 0.001, patience: 0, seed });
    if (data.test?.form !== 'array') throw new Error('MNIST has no test part');
    const { values, shape } = data.test;
    const random = createRandom(seed).fork('binarise');
    const binary = Uint8Array.from(values.subarray(0, 1000 * 784), (byte) => (random.uniform() < byte / 255 ? 255 : 0));
    const likelihoods = await model.logLikelihood(
      { values: binary, shape: [1000, ...shape.slice(1)] },
      { samples: 5000, seed },
    );
    const nll = -likelihoods.reduce((total, value) => total + value, 0) / likelihoods.length;
    return { value: nll, others: { trainingSeconds: seconds } };
  },
});
