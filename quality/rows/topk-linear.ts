import { autoencoder, createRandom } from 'autoencoder';
import { linearClassifierError } from '../measures.ts';
import { codesOf, engine, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'topk-linear',
  what: 'MNIST, top-k with k = 25 of 1000 units (200 in use), one layer, tied, linear output, a linear classifier on the codes (60 000 labels)',
  measure: 'test error (%)',
  bar: { atMost: 2.1 },
  published: 'Makhzani & Frey 2013: 1.35',
  async run(seed, folder) {
    const data = await mnist(folder);
    const net = { kind: 'topk', hidden: [], latent: 1000, tied: true, output: 'linear', active: 25, activeInUse: 200 };
    const model = autoencoder({ ...net, engine: engine() });
    const { seconds } = await model.fit(data, { epochs: 10, seed });
    const { train, test } = await codesOf(model, data);
    const error = linearClassifierError(train, test, createRandom(seed));
    return { value: 100 * error, others: { trainingSeconds: seconds } };
  },
});
