import { expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../gradient.ts';
import { multiply } from './arithmetic.ts';
import { sum } from './broadcast.ts';
import { constant, input } from './input.ts';
import { gather } from './shape.ts';

test('a row that comes up often gathers the gradients of all its places', async () => {
  const [places, words, width] = [20_000, 7, 3];
  const index = input('index', 'int32', [places]);
  const weight = input('weight', 'float32', [words, width]);
  const [slope] = gradient(sum(multiply(gather(weight, index), constant([1, 2, 3], [3]))), [weight]);
  // More than one thread must not lose any.
  const indices = Int32Array.from({ length: places }, (_, at) => (at * at) % words);
  const counts = Array.from({ length: words }, (_, word) => indices.filter((other) => other === word).length);
  const [values] = await runOnce(nodeEngine({ threads: 2 }), [slope], {
    index: { data: indices, shape: [places] },
    weight: { data: new Float32Array(words * width), shape: [words, width] },
  });
  expect(values).toEqual(counts.flatMap((count) => [count, 2 * count, 3 * count]));
});
