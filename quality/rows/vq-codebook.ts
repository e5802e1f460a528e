import { autoencoder } from 'autoencoder';
import { engine, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'vq-codebook',
  what: 'MNIST, vector-quantised, a code of 8 entries out of 512, all defaults otherwise',
  measure: 'entries in use for the test digits (%)',
  bar: { atLeast: 90 },
  published: 'the issue asks for 90',
  async run(seed, folder) {
    const data = await mnist(folder);
    const model = autoencoder({ kind: 'vq', latent: 32, engine: engine() });
    const { test, seconds } = await model.fit(data, { seed });
    const { values } = await model.encode(data.test ?? data.train);
    const entries = new Set<string>();
    for (let at = 0; at < values.length; at += 4) entries.add(values.slice(at, at + 4).join(' '));
    return { value: (100 * entries.size) / 512, others: { testMse: test?.mse ?? NaN, trainingSeconds: seconds } };
  },
});
