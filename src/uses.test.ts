import { expect, test } from 'vitest';
import { autoencoder } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import { nodeEngine } from './engine/node.ts';
import { reduce } from './uses.ts';

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
