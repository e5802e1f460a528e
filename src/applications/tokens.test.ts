import { expect, test } from 'vitest';
import { autoencoder, fromBytes } from '../autoencoder.ts';
import { createRandom } from '../base/random.ts';
import type { ArraySource } from '../data/dataset.ts';

const LENGTH = 8;
const VOCABULARY = 6;

/** Sequences that count up from some token by some step, round and round; some are shorter and padded with −1. */
function counting(count: number, seed: number): ArraySource {
  const random = createRandom(seed).fork('counting');
  const values = new Float32Array(count * LENGTH);
  for (let row = 0; row < count; row++) {
    const [start, by] = [Math.floor(VOCABULARY * random.uniform()), 1 + Math.floor(2 * random.uniform())];
    const length = 4 + Math.floor(5 * random.uniform());
    for (let at = 0; at < LENGTH; at++) values[row * LENGTH + at] = at < length ? (start + by * at) % VOCABULARY : -1;
  }
  return { form: 'array', name: 'counting', values, shape: [count, LENGTH] };
}

/** Share of the tokens, without padding, that come back wrong. */
function wrong(given: ArraySource, told: ArraySource): number {
  const known = [...given.values.keys()].filter((at) => given.values[at] >= 0);
  return known.filter((at) => given.values[at] !== told.values[at]).length / known.length;
}

test.each([
  ['recurrent', { network: 'recurrent', units: 32 }],
  ['recurrent', { network: 'recurrent', units: 32, embedding: 4 }],
  ['dense', { hidden: [64] }],
  ['convolutional', { network: 'convolutional', channels: [16] }],
])(
  'sequences of tokens come back as tokens: network %s',
  async (name, network) => {
    const model = autoencoder({ loss: 'categorical', latent: 4, ...network });
    const given = counting(600, 1);
    const { validation, baselines, card } = await model.fit(given, { epochs: 60, batchSize: 32, learningRate: 0.01 });
    expect(card.blueprint).toMatchObject({
      loss: 'categorical',
      vocabulary: VOCABULARY,
      shape: [LENGTH],
      hasMissing: true,
    });
    expect(card.blueprint.network.name).toBe(name);
    expect(card.blueprint.embedding).toBe('embedding' in network ? network.embedding : 0);

    const again = await fromBytes(await model.toBytes());
    const unseen = counting(100, 2);
    const rebuilt = (await again.reconstruct(unseen)) as ArraySource;
    expect(rebuilt.shape).toEqual(unseen.shape);
    expect(wrong(unseen, rebuilt)).toBeLessThan(0.15);
    // The error that is reported is that share, and simpler methods have it too.
    expect((await again.evaluate(unseen)).mse).toBeCloseTo(wrong(unseen, rebuilt), 6);
    expect(validation.mse).toBeLessThan(baselines.pca?.mse ?? 0);
    expect(baselines.pca?.mse).toBeLessThan(baselines.mean.mse);
    expect(baselines.mean.mse).toBeGreaterThan(0.6);
  },
  30_000,
);

test('a vocabulary may be larger than what training shows; what is beyond it is refused', async () => {
  const model = autoencoder({ loss: 'categorical', vocabulary: 8, latent: 2, network: 'dense', hidden: [8] });
  const source = counting(50, 1);
  await model.fit(source, { epochs: 1 });
  const rows = (token: number): ArraySource => ({
    ...source,
    values: new Float32Array(LENGTH).fill(token),
    shape: [1, LENGTH],
  });
  expect((await model.encode(rows(7))).shape).toEqual([1, 2]);
  await expect(model.encode(rows(8))).rejects.toThrow('below 8');
  await expect(model.encode(rows(0.5))).rejects.toThrow('whole numbers');
});

test('options that tokens have no use for are refused', async () => {
  const fit = (options: Readonly<Record<string, unknown>>) => autoencoder(options).fit(counting(20, 1), { epochs: 1 });
  await expect(fit({ vocabulary: 6 })).rejects.toThrow('--loss categorical beside it');
  await expect(fit({ loss: 'categorical', scale: 'standard' })).rejects.toThrow('tokens are names');
  await expect(fit({ loss: 'categorical', vocabulary: 3 })).rejects.toThrow('larger --vocabulary');
});
