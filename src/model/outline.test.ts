import { expect, test } from 'vitest';
import { planLearning } from '../applications/begin-learning.ts';
import { makeRecipe } from '../applications/recipe.ts';
import { outline } from './outline.ts';

const pictures = {
  train: { form: 'array', name: 'pictures', values: new Uint8Array(20 * 64), shape: [20, 1, 8, 8] },
} as const;

test('a dense model is its widths, there and back', () => {
  const { model } = planLearning({
    source: pictures,
    recipe: makeRecipe({ network: 'dense', hidden: [16, 8], latent: 2 }),
  });
  expect(outline(model).map(({ side, width }) => [side, width])).toEqual([
    ['encoder', 16],
    ['encoder', 8],
    ['encoder', 2],
    ['decoder', 8],
    ['decoder', 16],
    ['decoder', 64],
  ]);
});

test('convolutions have channels and kernels, and the layers learn what the model learns', () => {
  const recipe = makeRecipe({ network: 'convolutional', channels: [4, 6], latent: 3 });
  const { model } = planLearning({ source: pictures, recipe });
  const layers = outline(model);
  expect(layers.slice(0, 2).map(({ width, kernel }) => [width, kernel])).toEqual([
    [4, [3, 3]],
    [6, [3, 3]],
  ]);
  const all = model.parameters.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  expect(layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(all);
});
