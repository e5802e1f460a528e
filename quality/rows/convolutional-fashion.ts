import { fashionMnist, fitted, measureRow } from '../row.ts';

await measureRow({
  name: 'convolutional-fashion',
  what: 'Fashion-MNIST, convolutional, a code of 32 (within 10 minutes)',
  measure: 'test MSE',
  bar: { atMost: 0.0095 },
  published: 'PCA-32: 0.0152; the dense seed net: 0.0149',
  async run(seed, folder) {
    const net = { network: 'convolutional', latent: 32 };
    const { test, pca, seconds } = await fitted(await fashionMnist(folder), net, {
      epochs: 12,
      validation: 0.02,
      seed,
    });
    return { value: test.mse, others: { pca, trainingSeconds: seconds } };
  },
});
