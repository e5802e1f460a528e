import { autoencoder } from 'autoencoder';
import { parzenLogDensity } from '../measures.ts';
import { engine, measureRow, mnist, testPixels } from '../row.ts';

/** Drawn pictures that the windows stand on. */
const SAMPLES = 10_000;

await measureRow({
  name: 'adversarial-parzen',
  what: 'MNIST, adversarial, 784-1000-1000-8, Parzen windows on 10 000 draws, their width chosen on 1000 training digits',
  measure: 'log-density of the test digits (nats)',
  bar: { atLeast: 225 },
  published: 'Makhzani et al. 2015: 340',
  async run(seed, folder) {
    const data = await mnist(folder);
    const model = autoencoder({ kind: 'adversarial', hidden: [1000, 1000], latent: 8, engine: engine() });
    const { test: averages, seconds } = await model.fit(data, { epochs: 30, patience: 0, seed });
    const drawn = await model.generate(SAMPLES, { seed });
    if (drawn.form !== 'array') throw new Error('pictures were expected');
    const samples = Float32Array.from(drawn.values, (value) => value / 255);
    const held = testPixels(data.train, 1000);
    const widths = [0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25];
    const few = samples.subarray(0, 2000 * 784);
    const [width] = widths
      .map((sigma) => [sigma, parzenLogDensity(held, few, 784, sigma)] as const)
      .reduce((best, found) => (found[1] > best[1] ? found : best));
    const value = parzenLogDensity(testPixels(data.test ?? data.train, 1000), samples, 784, width);
    return { value, others: { width, testMse: averages?.mse ?? NaN, trainingSeconds: seconds } };
  },
});
