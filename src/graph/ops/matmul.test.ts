import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { gradient } from '../gradient.ts';
import { evaluate } from '../reference.ts';
import type { Tensor } from '../tensor.ts';
import { multiply } from './arithmetic.ts';
import { reshape, sum } from './broadcast.ts';
import { oneHot } from './comparison.ts';
import { square, tanh } from './elementwise.ts';
import { constant, input, leaf } from './input.ts';
import { affine, matmul } from './matmul.ts';
import { scan } from './scan.ts';
import { transpose } from './shape.ts';

const [STEPS, ROWS, WORDS, WIDTH] = [3, 4, 5, 2];

/** Writes tokens `[…]` one-hot, `[…, WORDS]`. */
type Hot = (tokens: Tensor) => Tensor;
type Build = (hot: Hot, tokens: Tensor, weight: Tensor, bias: Tensor) => Tensor;

/** Values and gradients of the same graph with one-hot rows as they are and with rows that are kept from being known as such. */
function bothWays(build: Build): readonly Float64Array[][] {
  const random = createRandom(5);
  const draw = (length: number): Float64Array => Float64Array.from({ length }, () => random.normal());
  const tokens = input('tokens', 'int32', [STEPS, ROWS]);
  const [weight, bias] = [input('weight', 'float32', [WORDS, WIDTH]), input('bias', 'float32', [WIDTH])];
  // Some are padding, and one is beyond the vocabulary.
  const feeds = { tokens: [0, 4, -1, 2, 2, 2, -1, -1, 3, 0, 5, 4], weight: draw(WORDS * WIDTH), bias: draw(WIDTH) };
  const ways: readonly Hot[] = [(index) => oneHot(index, WORDS), (index) => leaf(oneHot(index, WORDS))];
  return ways.map((hot) => {
    const result = build(hot, tokens, weight, bias);
    return evaluate([result, ...gradient(sum(square(result)), [weight, bias])], feeds);
  });
}

const ALL = [STEPS * ROWS, WORDS];

const builds: Readonly<Record<string, Build>> = {
  'as a product': (hot, tokens, weight, bias) => multiply(matmul(reshape(hot(tokens), ALL), weight, {}, 3), bias),
  'with a bias': (hot, tokens, weight, bias) => affine(reshape(hot(tokens), ALL), weight, bias),
  'with rows in another order': (hot, tokens, weight, bias) =>
    affine(reshape(transpose(hot(tokens), [1, 0, 2]), ALL), weight, bias),
  'added up': (hot, tokens, weight, bias) => {
    const rows = tanh(affine(reshape(hot(tokens), ALL), weight, bias));
    return matmul(reshape(hot(tokens), ALL), rows, { left: true }, 2);
  },
  'in a loop': (hot, tokens, weight, bias) => {
    const start = constant(1, [ROWS, WIDTH]);
    const { carried } = scan({ carried: [start], scanned: [tokens] }, ([h], [now]) => ({
      carried: [tanh(multiply(affine(hot(now), weight, bias), h))],
      outputs: [],
    }));
    return carried[0];
  },
};

test.each(Object.keys(builds))('one-hot rows choose what a product with them would give: %s', (name) => {
  const [chosen, multiplied] = bothWays(builds[name]);
  for (const [which, values] of multiplied.entries())
    for (const [at, value] of values.entries()) expect(chosen[which][at], `${which} at ${at}`).toBeCloseTo(value, 12);
});

test('a product that needs the one-hot form itself is one', () => {
  const x = oneHot(input('tokens', 'int32', [2]), 3);
  const y = input('y', 'float32', [2, 3]);
  expect(matmul(x, y, { right: true }).node.operation.name).toBe('matmul');
  expect(matmul(reshape(x, [3, 2]), y).node.operation.name).toBe('matmul');
});
