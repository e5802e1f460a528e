import { expect, test } from 'vitest';
import { autoencoder } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import type { TableSource } from './data/dataset.ts';
import { nodeEngine } from './engine/node.ts';
import { anomalyDetector, features, openAnomalyDetector, reduce } from './uses.ts';

const engine = nodeEngine({ threads: 1 });

/** Points along a curve in three columns. */
function curve(count: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const place = 4 * random.uniform() - 2;
    return [place, place ** 2, Math.sin(2 * place)].map((value) => value + random.normal() / 20);
  });
}

test('reduce takes a model of the library and rows of numbers', async () => {
  const model = autoencoder({ latent: 1, hidden: [16], engine });
  await expect(reduce(model, curve(50, 2))).rejects.toThrow('expected a trained model');
  await model.fit(curve(300, 1), { epochs: 100, learningRate: 0.01, seed: 1 });
  const test = await reduce(model, curve(50, 2), { fitOn: curve(300, 1) });
  expect(test.model.mse).toBeLessThan(0.6 * test.pca.mse);
  expect(test.codes.model).toHaveLength(50);
});

test('features takes a table with a target, and holds rows out by itself', async () => {
  const rows = curve(300, 1);
  const column = (at: number, name: string) => ({
    type: 'numeric' as const,
    name,
    values: Float64Array.from(rows, (row) => row[at]),
  });
  const table: TableSource = { form: 'table', name: 'curve', rows: 300, columns: [column(0, 'x'), column(2, 'z')] };
  const model = autoencoder({ latent: 1, hidden: [16], engine });
  await model.fit(table, { epochs: 30, seed: 1 });
  const { task, codes } = await features(model, { ...table, target: column(1, 'y') }, { labels: 100, clusters: 2 });
  expect(task).toMatchObject({ form: 'numbers', names: ['y'], labels: 100, available: 225, heldOut: 75 });
  const { fineTuned, constant } = task?.scores ?? {};
  if (!fineTuned || !('r2' in fineTuned) || !constant || !('r2' in constant)) throw new Error('numbers were expected');
  expect(fineTuned.r2).toBeGreaterThan(0.8);
  expect(constant.r2).toBeLessThan(0.05);
  expect(codes).toHaveLength(300);
});

test('a detector that is opened has the threshold and the normal class that it was kept with, where the labels have it', async () => {
  const table = (rows: number, seed: number, names: readonly string[]): TableSource => {
    const points = curve(rows, seed);
    return {
      form: 'table',
      name: 'curve',
      rows,
      columns: ['x', 'y', 'z'].map((name, at) => ({
        type: 'numeric',
        name,
        values: Float64Array.from(points, (point, row) => point[at] + (row % 5 === 0 && at === 1 ? 3 : 0)),
      })),
      labels: { names: [...names], values: Int32Array.from(points, (_, row) => (row % 5 === 0 ? 0 : 1)) },
    };
  };
  const { labels: _, ...usual } = table(100, 1, []);
  const detector = await anomalyDetector(usual, { models: 1, hidden: [16], epochs: 5, engine });
  const again = await openAnomalyDetector(await detector.files({ threshold: '7.5', normal: 'even' }), { engine });
  const found = await again.find(table(50, 2, ['other', 'even']));
  expect(found.threshold).toBe(7.5);
  expect(found.measured?.anomalies).toBe(10);
  // These labels say nothing of it: then it is the class that goes by such a name.
  expect((await again.find(table(50, 2, ['ok', 'odd']))).measured?.anomalies).toBe(40);
});
