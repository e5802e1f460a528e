import { beforeAll, describe, expect, test } from 'vitest';
import { type Autoencoder, autoencoder } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import type { ArraySource, Source } from './data/dataset.ts';
import { nodeEngine } from './engine/node.ts';
import { changeClass, classChangeQuality, interpolate, interpolationQuality } from './interpolate.ts';

const engine = nodeEngine({ threads: 1 });
const SIDE = 8;

/** Grey pictures of a soft spot; it is of the class of the half that it lies in. */
function spots(count: number, seed: number): ArraySource {
  const random = createRandom(seed);
  const values = new Uint8Array(count * SIDE * SIDE);
  const labels = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const [x, y] = [1 + 5 * random.uniform(), 1 + 5 * random.uniform()];
    labels[row] = x < SIDE / 2 - 0.5 ? 0 : 1;
    for (let at = 0; at < SIDE * SIDE; at++)
      values[row * SIDE * SIDE + at] =
        250 * Math.exp(-(((at % SIDE) - x) ** 2 + (Math.floor(at / SIDE) - y) ** 2) / 2.5);
  }
  return {
    form: 'array',
    name: 'spots',
    values,
    shape: [count, 1, SIDE, SIDE],
    labels: { values: labels, names: ['left', 'right'] },
  };
}

/** Where the light of each picture lies on average, in columns. */
function places(source: Source): number[] {
  if (source.form !== 'array') return [];
  const all = Array.from(source.values);
  return Array.from({ length: source.shape[0] }, (_, row) => {
    const picture = all.slice(row * SIDE * SIDE, (row + 1) * SIDE * SIDE);
    const light = picture.reduce((sum, value) => sum + value, 0);
    return picture.reduce((sum, value, at) => sum + value * (at % SIDE), 0) / light;
  });
}

const data = spots(600, 1);
const rowOf = (label: number, from = 0): number => data.labels?.values.indexOf(label, from) ?? -1;
let model: Autoencoder;

beforeAll(async () => {
  model = autoencoder({ kind: 'variational', hidden: [48], latent: 2, engine });
  await model.fit(data, { epochs: 120, learningRate: 0.005, batchSize: 50, seed: 1 });
}, 60_000);

describe('interpolate', () => {
  test('ends are the reconstructions, and what moves does so from one to the other', async () => {
    const [from, to] = [
      [rowOf(0), rowOf(0, 30)],
      [rowOf(1), rowOf(1, 30)],
    ];
    const made = (await interpolate(model, data, { from, to, steps: 7, path: 'linear' })) as ArraySource;
    expect(made.shape).toEqual([14, 1, SIDE, SIDE]);
    const rebuilt = (await model.reconstruct(data)) as ArraySource;
    const size = SIDE * SIDE;
    const picture = (source: ArraySource, row: number) => [...source.values.subarray(row * size, (row + 1) * size)];
    expect(picture(made, 0)).toEqual(picture(rebuilt, from[0]));
    expect(picture(made, 6)).toEqual(picture(rebuilt, to[0]));
    expect(picture(made, 13)).toEqual(picture(rebuilt, to[1]));
    const seen = places(made).slice(0, 7);
    const [first, last] = [seen[0], seen[6]];
    expect(last).toBeGreaterThan(first);
    for (const place of seen) expect(place).toBeGreaterThan(first - 1);
    for (const place of seen) expect(place).toBeLessThan(last + 1);
  });

  test('the usual path of a normal prior is the sphere; the ends are the same', async () => {
    const ends = { from: [rowOf(0)], to: [rowOf(1)], steps: 5 };
    const [usual, straight, round] = [
      (await interpolate(model, data, ends)) as ArraySource,
      (await interpolate(model, data, { ...ends, path: 'linear' })) as ArraySource,
      (await interpolate(model, data, { ...ends, path: 'spherical' })) as ArraySource,
    ];
    expect(usual.values).toEqual(round.values);
    expect(usual.values).not.toEqual(straight.values);
  });

  test('rows that there are not, and ends without beginnings', async () => {
    await expect(interpolate(model, data, { from: [600], to: [0] })).rejects.toThrow('rows from 0 to 599, got 600');
    await expect(interpolate(model, data, { from: [0, 1], to: [0] })).rejects.toThrow('as many ends as beginnings');
  });

  test('a model that is told classes is told that of the nearer end', async () => {
    const told = autoencoder({ kind: 'variational', labels: 'given', hidden: [32], latent: 2, engine });
    await told.fit(data, { epochs: 40, learningRate: 0.005, batchSize: 50, seed: 1 });
    const made = await interpolate(told, data, { from: [rowOf(0)], to: [rowOf(1)], steps: 4 });
    const [left, stillLeft, right, stillRight] = places(made);
    expect(Math.max(left, stillLeft)).toBeLessThan(Math.min(right, stillRight));
    await expect(changeClass(told, data, { from: [0], minus: 'left', plus: 'right' })).rejects.toThrow(
      'told no classes',
    );
  });
});

describe('changeClass', () => {
  test('moves the spot to the other side, further with more strength, and back the other way', async () => {
    const from = [rowOf(0), rowOf(0, 50)];
    const change = { from, minus: 'left', plus: 'right', steps: 2 };
    const [start, once, other] = places(await changeClass(model, data, change));
    const [, half] = places(await changeClass(model, data, { ...change, strength: 0.5 }));
    expect(half).toBeGreaterThan(start);
    expect(once).toBeGreaterThan(half);
    expect(other).toBeLessThan(4);
    const found = await classChangeQuality(model, data, change);
    expect(found).toMatchObject({ examples: 100 });
    expect(found.before).toBeLessThan(0.1);
    expect(found.after).toBeGreaterThan(0.8);
    expect((await classChangeQuality(model, data, { ...change, strength: 0 })).after).toBe(found.before);
  });

  test('classes that are not there, the same one twice, and no labels', async () => {
    const change = { from: [0], minus: 'left', plus: 'right' };
    await expect(changeClass(model, data, { ...change, plus: 'rigth' })).rejects.toThrow('did you mean right?');
    await expect(changeClass(model, data, { ...change, plus: 'left' })).rejects.toThrow(
      'another class than that of --minus',
    );
    const bare = { ...data, labels: undefined };
    await expect(changeClass(model, bare, change)).rejects.toThrow('labels, whose classes');
  });
});

describe('interpolationQuality', () => {
  test('a spot half-way is a spot, two pale ones are not; nothing of too few', async () => {
    const found = await interpolationQuality(model, data);
    expect(found).toMatchObject({ pairs: 100, distance: 'cosine' });
    expect(found?.decoded).toBeLessThan(0.6 * (found?.blend ?? 0));
    expect(await interpolationQuality(model, spots(3, 1))).toBeUndefined();
  });
});
