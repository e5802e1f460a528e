import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { nodeEngine } from '../../engine/node.ts';
import { applyPca, fitPca } from './pca.ts';

const [COUNT, TIME, WORDS] = [300, 3, 4];

/** Sequences whose tokens hang together; some places are padding. */
const random = createRandom(7);
const tokens = Array.from({ length: COUNT }, () => Math.floor(WORDS * random.uniform())).flatMap((first) => [
  first,
  random.uniform() < 0.8 ? (first + 1) % WORDS : 0,
  random.uniform() < 0.2 ? NaN : first,
]);
const oneHot = tokens.flatMap((token) => Array.from({ length: WORDS }, (_, word) => Number(word === token)));

test('the components of tokens are those of their one-hot form', async () => {
  const engine = nodeEngine({ threads: 1 });
  const features = TIME * WORDS;
  const asTokens = { values: Float32Array.from(tokens), count: COUNT, scale: 1, features, vocabulary: WORDS };
  const asNumbers = { values: Float32Array.from(oneHot), count: COUNT, scale: 1, features, vocabulary: 0 };
  const [given, written] = [
    await fitPca(engine, asTokens, 4, createRandom(1)),
    await fitPca(engine, asNumbers, 4, createRandom(1)),
  ];
  const close = (a: ArrayLike<number>, b: ArrayLike<number>): void =>
    Array.from(a).forEach((value, at) => {
      expect(value).toBeCloseTo(b[at], 4);
    });
  close(given.mean, written.mean);
  close(given.variances, written.variances);
  expect(given.totalVariance).toBeCloseTo(written.totalVariance, 4);
  close(given.directions, written.directions);
  close((await applyPca(engine, given, asTokens)).codes, (await applyPca(engine, written, asNumbers)).codes);
});

test('as many components as features rebuild every token', async () => {
  const engine = nodeEngine({ threads: 1 });
  const data = { values: Float32Array.from(tokens), count: COUNT, scale: 1, features: TIME * WORDS, vocabulary: WORDS };
  const whole = await fitPca(engine, data, TIME * WORDS, createRandom(1));
  expect((await applyPca(engine, whole, data)).mse).toBe(0);
});
