import { autoencoder, createRandom } from 'autoencoder';
import { clusterAccuracy, kMeans } from '../measures.ts';
import { codesOf, engine, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'clustering',
  what: 'MNIST, k-means on a code of 10 numbers, 784-500-500-2000-10',
  measure: 'test digits in the cluster of their class (%)',
  bar: { atLeast: 70 },
  published: 'Xie et al. 2016: k-means on pixels 53, on such codes 82, with their clustering loss 84',
  async run(seed, folder) {
    const data = await mnist(folder);
    const net = { kind: 'denoising', noise: 'masking', noiseLevel: 0.2, hidden: [500, 500, 2000], latent: 10 };
    const model = autoencoder({ ...net, engine: engine() });
    const { seconds } = await model.fit(data, { epochs: 20, seed });
    const { test } = await codesOf(model, data);
    const random = createRandom(seed);
    const accuracy = clusterAccuracy(kMeans(test.values, 10, 10, random), test.labels, 10);
    return { value: 100 * accuracy, others: { trainingSeconds: seconds } };
  },
});
