import { type AutoencoderOptions, createRandom } from 'autoencoder';
import { linearClassifierError } from '../measures.ts';
import { codesOf, fitted, measureRow, mnist } from '../row.ts';

/** Labels that the classifier sees. */
const LABELS = 10_000;

const net = { hidden: [], latent: 1000, tied: true, codeActivation: 'sigmoid', loss: 'cross-entropy' } as const;
const kinds: Readonly<Record<string, AutoencoderOptions>> = {
  contractive: { ...net, kind: 'contractive', contractionWeight: 0.5 },
  denoising: { ...net, kind: 'denoising', noise: 'masking', noiseLevel: 0.25 },
  // Nothing is masked: a plain autoencoder with a code wider than the data.
  plain: { ...net, kind: 'denoising', noiseLevel: 0 },
};

await measureRow({
  name: 'features',
  what: 'MNIST, one layer of 1000 sigmoid units, tied; a linear classifier on their codes of 10 000 digits: contractive, denoising, plain',
  measure: 'least step of test error from contractive to denoising to plain (percentage points)',
  bar: { atLeast: 0.001 },
  published: 'Rifai et al. 2011, fine-tuned: contractive 1.14, denoising 1.18; asked for: the order',
  async run(seed, folder) {
    const data = await mnist(folder);
    const errors: Record<string, number> = {};
    let trainingSeconds = 0;
    for (const [name, options] of Object.entries(kinds)) {
      const { model, seconds } = await fitted(data, options, { epochs: 10, seed });
      trainingSeconds += seconds;
      const { train, test } = await codesOf(model, data);
      const told = { values: train.values.subarray(0, 1000 * LABELS), labels: train.labels.subarray(0, LABELS) };
      errors[name] = 100 * linearClassifierError(told, test, createRandom(seed));
    }
    const { contractive, denoising, plain } = errors;
    return { value: Math.min(denoising - contractive, plain - denoising), others: { ...errors, trainingSeconds } };
  },
});
