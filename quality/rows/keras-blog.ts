import { fitted, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'keras-blog',
  what: 'MNIST, 784-32-784, cross-entropy, 30 epochs',
  measure: 'test cross-entropy per pixel (nats)',
  bar: { atMost: 0.096 },
  published: 'Keras blog: about 0.093',
  async run(seed, folder) {
    const net = { hidden: [], latent: 32, codeActivation: 'relu', loss: 'cross-entropy' as const };
    const { test, seconds } = await fitted(await mnist(folder), net, {
      epochs: 30,
      batchSize: 256,
      learningRate: 0.001,
      seed,
    });
    return { value: test.reconstruction / 784, others: { mse: test.mse, trainingSeconds: seconds } };
  },
});
