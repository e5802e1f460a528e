import { expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../../graph/gradient.ts';
import { multiply } from '../../graph/ops/arithmetic.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { constant, input } from '../../graph/ops/input.ts';
import { traceWith } from '../trace.ts';
import { embedding } from './embedding.ts';

test('a word that comes up often gathers the gradients of all its places', async () => {
  const [places, words, width] = [20_000, 7, 3];
  const index = input('index', 'int32', [places]);
  const weight = input('weight', 'float32', [words, width]);
  const trace = traceWith(new Map([['weight', weight]]), { purpose: 'training', key: input('key', 'uint32', [2]) });
  const rows = embedding(trace, index, words, width);
  const [slope] = gradient(sum(multiply(rows, constant([1, 2, 3], [3]))), [weight]);
  // More than one thread must not lose any.
  const indices = Int32Array.from({ length: places }, (_, at) => (at * at) % words);
  const counts = Array.from({ length: words }, (_, word) => indices.filter((other) => other === word).length);
  const [values] = await runOnce(nodeEngine({ threads: 2 }), [slope], {
    index: { data: indices, shape: [places] },
    weight: { data: new Float32Array(words * width), shape: [words, width] },
  });
  expect(values).toEqual(counts.flatMap((count) => [count, 2 * count, 3 * count]));
});
