import { fitted, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'hinton',
  what: 'MNIST, a code of 30 numbers, 784-1000-500-250-30, 45 epochs, 1200 examples held out (within 5 minutes)',
  measure: 'test squared error per image',
  bar: { atMost: 3.0 },
  published: 'Hinton & Salakhutdinov 2006: 3.00 (PCA 13.87); PyTorch, 60 epochs: 2.86',
  async run(seed, folder) {
    const net = { hidden: [1000, 500, 250], latent: 30 };
    const { test, pca, seconds } = await fitted(await mnist(folder), net, { epochs: 45, validation: 0.02, seed });
    return { value: test.mse * 784, others: { pca: pca * 784, trainingSeconds: seconds } };
  },
});
