import { beforeAll, describe, expect, test } from 'vitest';
import { type Autoencoder, autoencoder } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import type { ArraySource, Source, TableSource } from './data/dataset.ts';
import { nodeEngine } from './engine/node.ts';
import { augment, generationQuality } from './generate.ts';

const engine = nodeEngine({ threads: 1 });

/** Points on two arcs, one for each class, in eight columns. */
function arcs(count: number, seed: number): ArraySource {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: count }, (_, row) => row % 2);
  const values = new Float32Array(count * 8);
  for (let row = 0; row < count; row++) {
    const angle = Math.PI * random.uniform();
    for (let at = 0; at < 8; at++)
      values[8 * row + at] = (labels[row] ? 2 : -2) + Math.cos(angle + (at * Math.PI) / 4) + 0.05 * random.normal();
  }
  return {
    form: 'array',
    name: 'arcs',
    values,
    shape: [count, 8],
    labels: { values: labels, names: ['low', 'high'] },
  };
}

/** Numbers of an array. */
function numbersOf(source: Source): number[] {
  return source.form === 'array' ? Array.from(source.values) : [];
}

/** Mean of all numbers of each row. */
function rowMeans(source: Source): number[] {
  const values = numbersOf(source);
  return Array.from(
    { length: values.length / 8 },
    (_, row) => values.slice(8 * row, 8 * row + 8).reduce((a, b) => a + b) / 8,
  );
}

function variance(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
}

const fit = { epochs: 80, learningRate: 0.01, batchSize: 64, seed: 1 };
let model: Autoencoder;
let told: Autoencoder;

beforeAll(async () => {
  model = autoencoder({ kind: 'variational', hidden: [32], latent: 3, engine });
  await model.fit(arcs(600, 1), fit);
  told = autoencoder({ kind: 'variational', labels: 'given', hidden: [32], latent: 2, engine });
  await told.fit(arcs(600, 1), fit);
}, 60_000);

describe('generate', () => {
  test('a truncated prior varies less, and the same seed draws the same', async () => {
    const [whole, again, half, tiny] = [
      await model.generate(400, { seed: 3 }),
      await model.generate(400, { seed: 3, truncation: 1 }),
      await model.generate(400, { seed: 3, truncation: 0.5 }),
      await model.generate(400, { seed: 3, truncation: 1e-6 }),
    ].map((source) => source as ArraySource);
    expect(again.values).toEqual(whole.values);
    expect(variance(half.values)).toBeLessThan(variance(whole.values));
    for (let at = 8; at < tiny.values.length; at++) expect(tiny.values[at]).toBeCloseTo(tiny.values[at % 8], 3);
    for (const truncation of [0, -1, 1.5, Number.NaN])
      await expect(model.generate(1, { truncation })).rejects.toThrow('a number above 0, at most 1');
  });

  test('classes: the one that is asked for, or all in turn, with their names', async () => {
    const high = await told.generate(100, { label: 'high' });
    expect(high.labels).toEqual({ names: ['low', 'high'], values: new Int32Array(100).fill(1) });
    for (const mean of rowMeans(high)) expect(mean).toBeGreaterThan(0);
    const means = rowMeans(await told.generate(100));
    for (const [row, mean] of means.entries()) expect(Math.sign(mean)).toBe(row % 2 ? 1 : -1);
    await expect(model.generate(1, { label: 'high' })).rejects.toThrow('none: this model is told no classes');
    await expect(told.generate(1, { label: 'hihg' })).rejects.toThrow('did you mean high?');
  });

  test('a code that says the class is written so', async () => {
    const says = autoencoder({ kind: 'adversarial', labels: 'some', hidden: [32], latent: 4, engine });
    await says.fit(arcs(600, 1), { ...fit, epochs: 40 });
    const of = async (label: string): Promise<number> =>
      rowMeans(await says.generate(200, { label, truncation: 0.5 })).reduce((sum, mean) => sum + mean / 200, 0);
    expect(await of('high')).toBeGreaterThan((await of('low')) + 1);
  });

  test('kinds that have no prior, and priors that are not normal', async () => {
    const plain = autoencoder({ hidden: [8], latent: 2, engine });
    await plain.fit(arcs(60, 1), { epochs: 1 });
    await expect(plain.generate(1)).rejects.toThrow(
      'generate: expected a kind with a prior, e.g. variational, got vanilla',
    );
    const book = autoencoder({ kind: 'vq', hidden: [8], latent: 4, engine });
    await book.fit(arcs(60, 1), { epochs: 1 });
    expect((await book.generate(3)).form).toBe('array');
    await expect(book.generate(3, { truncation: 0.5 })).rejects.toThrow('whose codes are entries of a codebook');
    await expect(augment(book, arcs(10, 1))).rejects.toThrow('whose codes can be moved');
  });

  test('rows of a table are drawn around what is decoded: numbers vary as much as in the data, all categories are there', async () => {
    const random = createRandom(5);
    const sizes = Float64Array.from({ length: 800 }, () => random.normal());
    const table: TableSource = {
      form: 'table',
      name: 'noise',
      rows: 800,
      columns: [
        { type: 'numeric', name: 'size', values: sizes },
        { type: 'category', name: 'rare', values: Array.from(sizes, () => (random.uniform() < 0.2 ? 'yes' : 'no')) },
      ],
    };
    const made = autoencoder({ kind: 'variational', hidden: [16], latent: 1, engine });
    await made.fit(table, { epochs: 30, seed: 1 });
    const drawn = await made.generate(2000, { seed: 1 });
    const [size, rare] = drawn.form === 'table' ? drawn.columns : [];
    expect(variance(Float64Array.from(size.values as Float64Array))).toBeCloseTo(1, 0);
    const yes = (rare.values as readonly (string | null)[]).filter((value) => value === 'yes').length / 2000;
    expect(yes).toBeGreaterThan(0.12);
    expect(yes).toBeLessThan(0.3);
  });
});

describe('augment', () => {
  test('in turn, each with the label of its own, nearer to it the smaller the spread', async () => {
    const data = arcs(50, 7);
    const near = await augment(model, data, { count: 120, spread: 0.01, seed: 1 });
    expect(near.labels?.values).toEqual(Int32Array.from({ length: 120 }, (_, at) => (at % 50) % 2));
    const rebuilt = (await model.reconstruct(data)) as ArraySource;
    const apart = (source: Source): number => {
      const values = numbersOf(source);
      return values.reduce((sum, value, at) => sum + (value - rebuilt.values[at % 400]) ** 2, 0) / values.length;
    };
    const [close, usual, far] = [near, await augment(model, data), await augment(model, data, { spread: 5 })].map(
      apart,
    );
    expect(close).toBeLessThan(0.001);
    expect(usual).toBeGreaterThan(close);
    expect(far).toBeGreaterThan(2 * usual);
  });

  test('codes that are no distributions are moved by a share of how they vary', async () => {
    const plain = autoencoder({ hidden: [16], latent: 2, engine });
    await plain.fit(arcs(200, 1), { epochs: 20, learningRate: 0.01 });
    const [still, moved] = [
      (await augment(plain, arcs(50, 7), { spread: 0 })) as ArraySource,
      (await augment(plain, arcs(50, 7))) as ArraySource,
    ];
    expect(still.values).toEqual(((await plain.reconstruct(arcs(50, 7))) as ArraySource).values);
    expect(moved.values).not.toEqual(still.values);
  });

  test('a model that is told classes needs them', async () => {
    expect((await augment(told, arcs(10, 7))).labels?.names).toEqual(['low', 'high']);
    await expect(augment(told, { ...arcs(10, 7), labels: undefined })).rejects.toThrow('labels of 2 classes');
  });
});

describe('generationQuality', () => {
  test('shares of both ways, beside principal components and real ones; nothing of too few', async () => {
    const found = await generationQuality(model, arcs(600, 1), { heldOut: arcs(200, 9) });
    expect(found).toMatchObject({
      compared: 200,
      gaussian: { components: 3 },
      likelihood: { examples: 200, draws: 100 },
    });
    const { model: own, real, nearest } = found ?? {};
    // Between the arcs the prior is not empty, and the data is.
    expect(own?.precision).toBeGreaterThan(0.1);
    expect(own?.precision).toBeLessThan(real?.precision ?? 0);
    for (const share of [real?.precision, real?.recall]) expect(share).toBeGreaterThan(0.9);
    expect(nearest?.copies).toBeLessThan(0.2);
    expect(await generationQuality(model, arcs(600, 1), { heldOut: arcs(3, 9) })).toBeUndefined();
    // Without other examples, a tenth of them.
    expect(await generationQuality(model, arcs(600, 1))).toMatchObject({ compared: 60 });
  });

  test('draws of one class are compared with real ones of that class, not with all', async () => {
    const found = await generationQuality(told, arcs(600, 1), { heldOut: arcs(200, 9), label: 'high' });
    expect(found).toMatchObject({ compared: 100, label: 'high' });
    expect(found?.model.recall).toBeGreaterThan(0.5);
  });

  test('a prior made all but a point covers nothing, and real ones surprise as the likelihood says', async () => {
    const narrow = await generationQuality(model, arcs(600, 1), { heldOut: arcs(200, 9), truncation: 0.01 });
    expect(narrow?.model.recall).toBeLessThan(0.05);
    const likelihoods = await model.logLikelihood(arcs(200, 9));
    const mean = likelihoods.reduce((sum, value) => sum + value, 0) / 200;
    expect(narrow?.likelihood?.negativeLogLikelihood).toBeCloseTo(-mean, 0);
  });
});
