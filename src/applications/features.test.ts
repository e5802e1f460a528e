import { expect, test } from 'vitest';
import { autoencoder } from '../autoencoder.ts';
import { createRandom } from '../base/random.ts';
import type { TableSource } from '../data/dataset.ts';
import { nodeEngine } from '../engine/node.ts';
import { kinds } from '../model/kinds/kinds.ts';
import { features } from './features.ts';

const engine = nodeEngine({ threads: 1 });

/** Points on three rings in six columns that mix two; which ring is the label, the angle's cosine the target. */
function rings(rows: number, seed: number, role: 'labels' | 'target' | 'none', unlabelled = 0): TableSource {
  const random = createRandom(seed);
  const mixing = createRandom(9);
  const mix = Array.from({ length: 6 }, () => [mixing.normal(), mixing.normal()]);
  const [labels, target] = [new Int32Array(rows), new Float64Array(rows)];
  const columns = mix.map((_, at) => ({ type: 'numeric' as const, name: `x${at}`, values: new Float64Array(rows) }));
  for (let row = 0; row < rows; row++) {
    const ring = random.integer(3);
    const angle = 2 * Math.PI * random.uniform();
    labels[row] = row < unlabelled ? -1 : ring;
    target[row] = row < unlabelled ? Number.NaN : 10 + 5 * Math.cos(angle);
    for (const [at, [a, b]] of mix.entries())
      columns[at].values[row] = (1 + 2 * ring) * (a * Math.cos(angle) + b * Math.sin(angle)) + 0.1 * random.normal();
  }
  return {
    form: 'table',
    name: 'rings',
    rows,
    columns,
    ...(role === 'labels' ? { labels: { values: labels, names: ['a', 'b', 'c'] } } : {}),
    ...(role === 'target' ? { target: { name: 'cosine', values: target } } : {}),
  };
}

const model = autoencoder({ latent: 3, hidden: [32], engine });
await model.fit(rings(1000, 1, 'none'), { epochs: 40, seed: 1 });
const request = async (data: TableSource, test?: TableSource) => ({
  ...(await model.trained()),
  data: await model.read(data),
  measured: test && (await model.read(test)),
  probe: 'fine-tune' as const,
  clusters: 3,
  random: createRandom(3),
});

test('few labels: unlabelled rows help, and a network tells what a line does not', async () => {
  const data = await request(rings(1000, 1, 'labels', 200), rings(400, 2, 'labels'));
  const { task, codes, clusters, dependence } = await features({ ...data, labels: 60 });
  expect(task).toMatchObject({ form: 'classes', labels: 60, available: 800, heldOut: 400 });
  const errors = Object.fromEntries(
    Object.entries(task?.scores ?? {}).map(([name, score]) => [name, 'error' in score ? score.error : Number.NaN]),
  );
  expect(errors.constant).toBeGreaterThan(0.5);
  expect(errors.inputs).toBeGreaterThan(0.3);
  expect(errors.fineTuned).toBeLessThan(0.5 * errors.inputs);
  expect(errors.spread).toBeLessThan(0.5 * errors.inputs);
  expect(codes).toHaveLength(3000);
  expect(clusters.assigned).toHaveLength(1000);
  expect(dependence).toHaveLength(6);
  expect(await features({ ...data, labels: 60, random: createRandom(3) })).toEqual({
    task,
    codes,
    clusters,
    dependence,
  });
}, 60_000);

test('numbers, and rows held out where there is no test part', async () => {
  const { task } = await features(await request(rings(1000, 1, 'target', 100)));
  expect(task).toMatchObject({ form: 'numbers', names: ['cosine'] });
  expect((task?.labels ?? 0) + (task?.heldOut ?? 0)).toBe(900);
  const scores = task?.scores;
  if (!scores?.fineTuned || !('rmse' in scores.fineTuned) || !('rmse' in scores.constant)) throw new Error('numbers');
  expect(scores.fineTuned.rmse).toBeLessThan(0.3 * scores.constant.rmse);
  expect(scores.fineTuned.r2).toBeGreaterThan(0.9);
  expect(scores.constant.rmse).toBeGreaterThan(3);
  expect(scores.constant.r2).toBeCloseTo(0, 1);
}, 60_000);

test('without answers there are codes, groups and dependence', async () => {
  const found = await features(await request(rings(200, 1, 'none')));
  expect(found.task).toBeUndefined();
  expect(found.clusters.count).toBe(3);
});

test.each(kinds.map(({ name }) => name))(
  'the encoder of every kind is trained on: %s',
  async (kind) => {
    const made = autoencoder({ kind, latent: 4, hidden: [8], engine });
    const data = rings(120, 1, 'labels');
    await made.fit(data, { epochs: 1, seed: 1 });
    const { task } = await features({
      ...(await made.trained()),
      data: await made.read(data),
      labels: 30,
      probe: 'fine-tune',
      clusters: 2,
      random: createRandom(1),
    });
    for (const score of Object.values(task?.scores ?? {})) {
      if (!('error' in score)) throw new Error('classes were expected');
      expect(score.error).toBeGreaterThanOrEqual(0);
      expect(score.error).toBeLessThanOrEqual(0.8);
    }
  },
  60_000,
);

test('more labels than there are, and none to measure on, are refused', async () => {
  const data = await request(rings(100, 1, 'labels'), rings(50, 2, 'labels'));
  await expect(features({ ...data, labels: 101 })).rejects.toThrow('at most the 100 rows');
  const blind = await request(rings(100, 1, 'labels'), rings(50, 2, 'labels', 50));
  await expect(features(blind)).rejects.toThrow('none to measure on');
});
