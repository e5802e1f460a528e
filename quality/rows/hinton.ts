import { fitted, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'hinton',
  what: 'MNIST, a code of 30 numbers, 784-1000-500-250-30, AdamW with decay 0.2, 30 epochs, 1200 examples held out (within 5 minutes)',
  measure: 'test squared error per image',
  bar: { atMost: 3.0 },
  published: 'Hinton & Salakhutdinov 2006: 3.00 (PCA 13.87); PyTorch, 60 epochs: 2.86',
  async run(seed, folder) {
    const net = { hidden: [1000, 500, 250], latent: 30 };
    // The decay is the best of 0, 0.1, 0.2 and 0.3 on 5000 held-out examples after 25 epochs.
    const fit = { optimizer: 'adamw', weightDecay: 0.2, epochs: 30, validation: 0.02, seed } as const;
    const { test, pca, seconds } = await fitted(await mnist(folder), net, fit);
    return { value: test.mse * 784, others: { pca: pca * 784, trainingSeconds: seconds } };
  },
});
