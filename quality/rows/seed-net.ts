import { fitted, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'seed-net',
  what: 'MNIST, 784-128-64-32, ReLU, squared error, Adam, 20 epochs',
  measure: 'test MSE',
  bar: { atMost: 0.0137 },
  published: 'PyTorch 2.13: 0.0135; PCA-32: 0.0169',
  async run(seed, folder) {
    const net = { hidden: [128, 64], latent: 32, activation: 'relu', codeActivation: 'relu' };
    const { test, pca, seconds } = await fitted(await mnist(folder), net, {
      learningRate: 0.001,
      epochs: 20,
      batchSize: 256,
      schedule: 'constant',
      seed,
    });
    return { value: test.mse, others: { pca, trainingSeconds: seconds } };
  },
});
