import { expect, test } from 'vitest';
import { learn } from '../applications/learn.ts';
import { makeRecipe } from '../applications/recipe.ts';
import { createRandom } from '../base/random.ts';
import type { ArraySource } from '../data/dataset.ts';
import { nodeEngine } from '../engine/node.ts';
import { blueprintSchema } from './blueprint.ts';

const engine = nodeEngine({ threads: 1 });

/** Waves of any phase, `[count, 12, 2]`. */
function waves(count: number, seed: number): ArraySource {
  const random = createRandom(seed);
  const values = new Float32Array(count * 24);
  for (let row = 0; row < count; row++) {
    const phase = 6.28 * random.uniform();
    for (let step = 0; step < 12; step++)
      for (let channel = 0; channel < 2; channel++)
        values[(row * 12 + step) * 2 + channel] = Math.sin(phase + step / 2 + channel);
  }
  return { form: 'array', name: 'waves', values, shape: [count, 12, 2] };
}

test.each([
  { network: 'dense', hidden: [32] },
  { network: 'recurrent', units: 16 },
])('$network: the encoder is not shown the steps ahead, and the decoder learns to tell them', async (options) => {
  const recipe = makeRecipe({ ...options, latent: 4, epochs: 30, learningRate: 0.01 });
  const validation = waves(40, 2);
  const learning = learn({
    source: { train: waves(400, 1) },
    validation,
    ahead: 4,
    recipe,
    engine,
    clock: () => performance.now(),
  });
  let step = await learning.next();
  while (!step.done) step = await learning.next();
  const { parts, runner, parameters, card } = step.value;
  expect(parts.train.count).toBe(400);
  expect(parts.validation.count).toBe(40);
  expect(card.blueprint.ahead).toBe(4);

  const { values, count } = parts.validation;
  const changed = Float32Array.from(values, (value, at) => (Math.floor(at / 2) % 12 < 8 ? value : 7));
  const { reconstruction } = await runner.reconstruct(parameters, { values: Float32Array.from(values), count });
  expect((await runner.reconstruct(parameters, { values: changed, count })).reconstruction).toEqual(reconstruction);
  let error = 0;
  for (const [at, value] of reconstruction.entries())
    if (Math.floor(at / 2) % 12 >= 8) error += (value - values[at]) ** 2 / (count * 8);
  expect(error).toBeLessThan(0.2);
});

test('steps ahead leave something to be shown, and belong to series', () => {
  const blueprint = {
    kind: { name: 'vanilla', options: {} },
    network: { name: 'dense', options: {} },
    latent: 2,
    loss: 'squared-error',
    output: 'linear',
    shape: [12, 2],
    binarize: 'none',
    hasMissing: false,
    inputScale: 1,
  };
  expect(blueprintSchema.parse(blueprint).ahead).toBe(0);
  expect(blueprintSchema.safeParse({ ...blueprint, ahead: 4 }).success).toBe(true);
  expect(blueprintSchema.safeParse({ ...blueprint, ahead: 12 }).success).toBe(false);
  expect(blueprintSchema.safeParse({ ...blueprint, shape: [12], ahead: 4 }).success).toBe(false);
});
