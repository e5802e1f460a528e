import { expect, test } from 'vitest';
import { autoencoder } from '../autoencoder.ts';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { TASK_BIAS, TASK_WEIGHT, trainSupervised } from './supervised.ts';

const engine = nodeEngine({ threads: 1 });

/** Bytes of 8 × 8 pictures with a bright row or a bright column, noisy; the label says which of the two. */
function stripes(count: number, seed: number) {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const values = new Uint8Array(64 * count);
  for (const [i, label] of labels.entries()) {
    const at = random.integer(8);
    for (let pixel = 0; pixel < 64; pixel++) {
      const isBright = (label === 0 ? Math.floor(pixel / 8) : pixel % 8) === at;
      values[64 * i + pixel] = (isBright ? 180 : 20) + random.integer(60);
    }
  }
  return { examples: { values, count }, labels };
}

const train = stripes(64, 1);
const targets = {
  form: 'classes' as const,
  width: 2,
  values: Float32Array.from({ length: 128 }, (_, i) => (train.labels[Math.floor(i / 2)] === i % 2 ? 1 : 0)),
};

test.each(['convolutional', 'dense', 'recurrent'])(
  'a %s encoder learns classes, with the same numbers again',
  async (network) => {
    const model = autoencoder({ kind: 'denoising', network, latent: 8, engine });
    const { examples } = train;
    await model.fit({ values: examples.values, shape: [64, 1, 8, 8] }, { epochs: 1 });
    const { model: built, runner, parameters } = await model.trained();
    const learn = (given: typeof parameters) =>
      trainSupervised({ engine, model: built, examples, targets, given, learningRate: 3e-3, random: createRandom(1) });
    const found = await learn(parameters);
    // The decoder has no part in it.
    expect([...found.keys()].filter((name) => name.startsWith('decoder'))).toEqual([]);
    const [weight, bias] = [TASK_WEIGHT, TASK_BIAS].map((name) => found.get(name) ?? new Float32Array(0));
    const held = stripes(200, 2);
    const { code } = await runner.encode(new Map([...parameters, ...found]), held.examples);
    let wrong = 0;
    for (const [row, label] of held.labels.entries()) {
      const said = (c: number): number =>
        code.subarray(8 * row, 8 * row + 8).reduce((total, value, j) => total + value * weight[2 * j + c], bias[c]);
      if (Number(said(1) > said(0)) !== label) wrong++;
    }
    expect(wrong / 200).toBeLessThan(0.15);
    expect(await learn(parameters)).toEqual(found);
  },
  60_000,
);
