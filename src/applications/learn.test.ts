import { describe, expect, test } from 'vitest';
import { autoencoder, type FitResult } from '../autoencoder.ts';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';

const random = createRandom(1);
const pictures = {
  values: Uint8Array.from({ length: 40 * 64 }, (_, at) => (at % 8 < 4 ? 200 : 20) + random.integer(40)),
  shape: [40, 1, 8, 8],
};

function fitted(options: Readonly<Record<string, unknown>>): Promise<FitResult> {
  return autoencoder({ engine: nodeEngine({ threads: 1 }), ...options }).fit(pictures, { epochs: 1 });
}

describe('PCA beside a model', () => {
  test('as wide as the code, where that is one vector smaller than an example', async () => {
    const { baselines, card } = await fitted({ latent: 3 });
    expect(baselines.pca?.mse).toBeLessThan(baselines.mean.mse);
    expect(card.baselines.pca).toEqual(baselines.pca);
  });

  test.each([
    ['a code as large as an example', { kind: 'sparse', latent: 64 }],
    ['a code larger than it', { kind: 'sparse', latent: 80 }],
    ['a map', { network: 'convolutional', codeChannels: 2, channels: [4] }],
  ])('not for %s: the mean alone', async (_, options) => {
    const { baselines, warnings, card } = await fitted(options);
    expect(Object.keys(baselines)).toEqual(['mean']);
    expect(Object.keys(card.baselines)).toEqual(['mean']);
    expect(baselines.mean.mse).toBeCloseTo((await fitted({ latent: 3 })).baselines.mean.mse, 6);
    expect(warnings.map(({ name }) => name)).not.toContain('worse-than-pca');
  });
});
