import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { add, multiply } from '../../graph/ops/arithmetic.ts';
import { broadcastTo, reshape } from '../../graph/ops/broadcast.ts';
import { cast } from '../../graph/ops/comparison.ts';
import { constant, input, iota } from '../../graph/ops/input.ts';
import { scan } from '../../graph/ops/scan.ts';
import { transpose } from '../../graph/ops/shape.ts';
import { evaluate } from '../../graph/reference.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { lowerForAnyBatch } from './any-batch.ts';
import { encodeModel } from './protobuf.ts';

type Build = (batch: number) => Tensor;

const graphs: readonly (readonly [name: string, build: Build])[] = [
  ['reshaped', (n) => reshape(transpose(reshape(input('x', 'float32', [n, 6]), [n, 2, 3]), [1, 0, 2]), [2 * n, 3])],
  ['counted', (n) => add(reshape(input('x', 'float32', [n, 6]), [6 * n]), cast(iota(6 * n), 'float32'))],
  ['filled', (n) => multiply(input('x', 'float32', [n, 6]), broadcastTo(constant(2, [n, 1]), [n, 6]))],
  [
    'in a loop',
    (n) => {
      const steps = reshape(transpose(input('x', 'float32', [n, 6]), [1, 0]), [6, n, 1]);
      return scan({ carried: [constant(0, [n, 1])], scanned: [steps] }, ([total], [step]) => {
        const next = add(total, step);
        return { carried: [next], outputs: [multiply(next, 2)] };
      }).outputs[0];
    },
  ],
  // As long as a batch that is tried: what is whose cannot be told from it.
  [
    'with 61 and 67 of its own',
    (n) =>
      add(
        broadcastTo(reshape(input('x', 'float32', [n, 6]), [n, 1, 6]), [n, 61, 6]),
        broadcastTo(constant([1, 2, 3, 4, 5, 6], [6]), [61, 6]),
      ),
  ],
];

describe.each(graphs)('%s', (_, build) => {
  test.each([1, 2, 61, 100])('a batch of %i', async (batch) => {
    const runtime = await import('onnxruntime-web');
    const { graph, outputNames, versions } = lowerForAnyBatch((n) => ({ y: build(n) }), 'x');
    const session = await runtime.InferenceSession.create(encodeModel(graph, versions), { logSeverityLevel: 3 });
    const random = createRandom(batch);
    const x = Float32Array.from({ length: 6 * batch }, () => random.normal());
    const out = await session.run({ x: new runtime.Tensor('float32', x, [batch, 6]) });
    const [wanted] = evaluate([build(batch)], { x });
    const got = Array.from(out[outputNames.y].data as Float32Array);
    expect(got).toHaveLength(wanted.length);
    for (const [at, value] of got.entries()) expect(value).toBeCloseTo(wanted[at], 4);
  });
});

test('what grows in another way than in a straight line is refused', () => {
  const squared: Build = (n) => broadcastTo(reshape(input('x', 'float32', [n, 1]), [1, n]), [n, n]);
  const build: Build = (n) => reshape(squared(n), [n * n]);
  expect(() => lowerForAnyBatch((n) => ({ y: build(n) }), 'x')).toThrow('not the same for batches');
});
