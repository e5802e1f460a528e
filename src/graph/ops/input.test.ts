import { expect, test } from 'vitest';
import { gradient } from '../gradient.ts';
import { evaluate } from '../reference.ts';
import { multiply } from './arithmetic.ts';
import { sum } from './broadcast.ts';
import { square } from './elementwise.ts';
import { constant, input, withGradient } from './input.ts';

test('withGradient passes on what it makes of what comes back, even of results that x leads to', () => {
  const x = input('x', 'float32', [2]);
  const y = withGradient(x, (upstream) => multiply(upstream, squares));
  const squares = square(y);
  // dΣy²/dy = 2y; what reaches x is that times y².
  const [slope] = gradient(sum(squares), [x]);
  expect([...evaluate([slope], { x: Float64Array.of(3, -2) })[0]]).toEqual([54, -16]);
  expect([...evaluate([multiply(y, constant(1))], { x: Float64Array.of(3, -2) })[0]]).toEqual([3, -2]);
});
