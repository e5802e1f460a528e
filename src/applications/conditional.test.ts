import { expect, test } from 'vitest';
import { examplesOf, WIDTH } from '../../test/conformance/tiny-models.ts';
import { autoencoder } from '../autoencoder.ts';
import type { ArraySource } from '../data/dataset.ts';

const { values, labels } = examplesOf(400);
const names = ['low', 'high'];
const source: ArraySource = {
  form: 'array',
  name: 'points',
  values: Float32Array.from(values),
  shape: [400, WIDTH],
  labels: { values: labels?.values ?? new Int32Array(400), names },
};

test('a model told the class draws the class that it is asked for, and knows classes by name', async () => {
  const model = autoencoder({ kind: 'variational', labels: 'given', hidden: [32], latent: 2 });
  await model.fit(source, { epochs: 60, learningRate: 0.01, seed: 1 });
  const meanOf = async (label: string): Promise<number> => {
    const drawn = (await model.generate(200, { label })) as ArraySource;
    return Float32Array.from(drawn.values).reduce((total, value, i) => total + (i % WIDTH === 0 ? value / 200 : 0), 0);
  };
  // The first column is 0.5 + ¼ sin 2u + …, and the class is the half of 0…1 that u lies in.
  const [low, high] = [await meanOf('low'), await meanOf('high')];
  expect(high - low).toBeGreaterThan(0.05);
  await expect(model.generate(1, { label: 'hihg' })).rejects.toThrow('high');

  const codes = await model.encode(source);
  const swapped = {
    values: source.labels?.values.map((value) => 1 - value) ?? new Int32Array(400),
    names: ['high', 'low'],
  };
  expect((await model.encode({ ...source, labels: swapped })).values).toEqual(codes.values);
  await expect(model.encode({ ...source, labels: undefined })).rejects.toThrow('labels of 2 classes');
});

test('a conditional model without labels is refused before training', async () => {
  const model = autoencoder({ kind: 'variational', labels: 'given', latent: 2 });
  await expect(model.fit({ ...source, labels: undefined }, { epochs: 1 })).rejects.toThrow('data with labels');
});

test('labels that are only a target of training are not asked for in use', async () => {
  const model = autoencoder({ kind: 'adversarial', labels: 'some', hidden: [16], latent: 4 });
  await model.fit(source, { epochs: 2 });
  const codes = await model.encode({ ...source, labels: undefined });
  expect(codes.values).toEqual((await model.encode(source)).values);
});
