import { autoencoder, features } from 'autoencoder';
import { engine, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'features-100-labels',
  what: 'MNIST with 100 labels (ten of each digit, drawn by the seed), defaults of `autoencoder features`: denoising (masking 0.3), 784-512-256-32; labels spread over neighbours among the codes of 10 000 digits, encoder fine-tuned on those',
  measure: 'test errors of the same network from scratch on the same labels / test errors with pretraining',
  bar: { atLeast: 2 },
  published:
    'the issue asks for 2; Kingma et al. 2014: a network on 100 labels 25.8 %, on the codes of a variational autoencoder (with a transductive SVM) 11.8 %: 2.2',
  async run(seed, folder) {
    const data = await mnist(folder);
    const model = autoencoder({ kind: 'denoising', noise: 'masking', noiseLevel: 0.3, engine: engine() });
    const { seconds } = await model.fit(data, { seed });
    const { task } = await features(model, data, { test: data.test, labels: 100, seed });
    if (!task) throw new Error('labels were expected');
    const errors = Object.fromEntries(
      Object.entries(task.scores).map(([name, score]) => [name, 'error' in score ? 100 * score.error : Number.NaN]),
    );
    return { value: errors.scratch / errors.spread, others: { ...errors, trainingSeconds: seconds } };
  },
});
