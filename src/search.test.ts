import { beforeAll, describe, expect, test } from 'vitest';
import { type Autoencoder, autoencoder } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import type { ArraySource } from './data/dataset.ts';
import { nodeEngine } from './engine/node.ts';
import { type ExampleIndex, searchIndex, searchPrecision } from './search.ts';

/** Pictures of a bright bar, upright or lying, each kind a class. */
function bars(count: number, seed: number, names?: readonly string[]): ArraySource {
  const random = createRandom(seed);
  const values = new Uint8Array(count * 36);
  const labels = Int32Array.from({ length: count }, (_, at) => at % 2);
  for (let at = 0; at < count; at++) {
    const place = random.integer(6);
    for (let i = 0; i < 6; i++)
      values[at * 36 + (labels[at] ? 6 * place + i : 6 * i + place)] = 200 + random.integer(50);
  }
  return {
    form: 'array',
    name: 'bars',
    values,
    shape: [count, 1, 6, 6],
    labels: { names: ['upright', 'lying'], values: labels },
    ...(names ? { names } : {}),
  };
}

let model: Autoencoder;
let index: ExampleIndex;

beforeAll(async () => {
  model = autoencoder({ hidden: [24], latent: 6, engine: nodeEngine({ threads: 1 }) });
  await model.fit(bars(300, 1), { epochs: 60, learningRate: 0.01, seed: 1 });
  index = await searchIndex(model, bars(300, 1));
}, 60_000);

describe('searchIndex', () => {
  test('finds an example that it holds first, and then those like it', async () => {
    const found = await index.search(bars(4, 1), { top: 5 });
    expect(found).toHaveLength(4);
    for (const [at, matches] of found.entries()) {
      expect(matches).toHaveLength(5);
      expect(matches[0].distance).toBeCloseTo(0, 6);
      expect(matches[0].label).toBe(at % 2 ? 'lying' : 'upright');
      const distances = matches.map(({ distance }) => distance);
      expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    }
    expect(found[0][0].name).toBe('1');
  });

  test('like: by a name, without itself, and never more than there are', async () => {
    const found = await index.like('3', { top: 1000 });
    expect(found).toHaveLength(299);
    expect(found.map(({ name }) => name)).not.toContain('3');
    expect((await index.like('3', { top: 2 })).map(({ name }) => name)).toEqual(
      found.slice(0, 2).map(({ name }) => name),
    );
    await expect(index.like('3x')).rejects.toThrow('did you mean "3"?');
  });

  test('removing and adding: names stay what they were, new ones go on; the old index is what it was', async () => {
    const [nearest] = await index.like('5', { top: 1 });
    const without = index.remove([nearest.name]);
    expect(without.names).toHaveLength(299);
    expect((await without.like('5', { top: 1 }))[0].name).toBe((await index.like('5', { top: 2 }))[1].name);
    const more = await without.add(bars(2, 7, ['a.png', 'b.png']));
    expect(more.names.slice(-2)).toEqual(['a.png', 'b.png']);
    expect((await more.search(bars(2, 7), { top: 1 })).map(([{ distance }]) => distance)).toEqual([0, 0]);
    expect((await more.add(bars(1, 3))).names.at(-1)).toBe('301');
    await expect(more.add(bars(2, 8, ['c.png', 'a.png']))).rejects.toThrow('another "a.png"');
    expect(index.names).toHaveLength(300);
    expect(() => index.remove(['no.png'])).toThrow('one that is not there');
    expect(() => index.remove(index.names)).toThrow('at least one example');
  });

  test('by a part: of the parts of each picture the nearest counts, and is told', async () => {
    const sheets = bars(40, 2);
    const parted = await searchIndex(model, sheets, { parts: 2 });
    const part = { x: 3, y: 0, width: 3, height: 3 };
    const found = await parted.search(sheets, { top: 40, part });
    for (const [asked, matches] of found.entries()) {
      expect(new Set(matches.map(({ name }) => name)).size).toBe(40);
      expect(matches[0].distance).toBeCloseTo(0, 5);
      const own = matches.find(({ name }) => name === String(asked + 1));
      expect(own?.distance).toBeCloseTo(0, 5);
      const distances = matches.map(({ distance }) => distance);
      expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    }
    // A part with something in it is found where it was cut out, or in another one that is all the same.
    const places = found.flatMap((matches) => matches[0].part ?? []);
    expect(places).toContainEqual(part);
    for (const { width, height } of places) expect([width, height]).toEqual([3, 3]);
    expect((await parted.search(sheets, { top: 1 }))[0][0].part).toBeUndefined();
    const [like] = await parted.like('3', { top: 1 });
    expect(like.name).not.toBe('3');
    const fewer = (await parted.add(bars(1, 5, ['new.png']))).remove(['1']);
    expect((await fewer.search(bars(1, 5), { top: 1, part }))[0][0].distance).toBeCloseTo(0, 5);
    expect(await fewer.like('new.png', { top: 50 })).toHaveLength(39);
  });

  test('a part of what is no picture, or beyond it', async () => {
    await expect(index.search(bars(1, 1), { part: { x: 4, y: 0, width: 3, height: 3 } })).rejects.toThrow(
      'a part within its 6×6 pixels, in whole ones, got 3×3 at 4,0',
    );
    await expect(index.search([[1, 2]], { part: { x: 0, y: 0, width: 1, height: 1 } })).rejects.toThrow(
      'expected pictures',
    );
  });

  test('another shape is refused with both', async () => {
    const wide = { ...bars(1, 1), shape: [1, 1, 4, 9] };
    await expect(index.search(wide)).rejects.toThrow(
      'bytes of shape [1, 6, 6] per example, got bytes of shape [1, 4, 9]',
    );
  });

  test('precision: the share found with the label, by labels, beside PCA and the data', async () => {
    const quality = await searchPrecision(model, bars(300, 1), { queries: bars(60, 9) });
    expect(quality).toMatchObject({ queries: 60, among: 300, top: 10 });
    const { model: own, pca, data } = quality ?? {};
    // Bars of one place and direction are all but the same: ten of 25 are found.
    for (const way of [own, pca, data]) expect(way?.all).toBeGreaterThan(0.9);
    expect(Object.keys(own?.byLabel ?? {})).toEqual(['upright', 'lying']);
    expect(((own?.byLabel.upright ?? 0) + (own?.byLabel.lying ?? 0)) / 2).toBeCloseTo(own?.all ?? 0, 10);
    expect(await searchPrecision(model, bars(300, 1))).toMatchObject({ queries: 30, among: 270 });
    expect(await searchPrecision(model, { ...bars(50, 1), labels: undefined })).toBeUndefined();
  });

  test('precision: labels that say nothing are found by chance', async () => {
    const random = createRandom(4);
    const mixed = (source: ArraySource): ArraySource => ({
      ...source,
      labels: { names: ['a', 'b'], values: Int32Array.from({ length: source.shape[0] }, () => random.integer(2)) },
    });
    const quality = await searchPrecision(model, mixed(bars(300, 1)), { queries: mixed(bars(200, 9)) });
    expect(Math.abs((quality?.model.all ?? 0) - 0.5)).toBeLessThan(0.12);
  });
});
