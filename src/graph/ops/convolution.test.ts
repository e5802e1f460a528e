import { describe, expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { createRandom } from '../../base/random.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { webEngine } from '../../engine/web.ts';
import { evaluate } from '../reference.ts';
import { type Shape, sizeOf } from '../tensor.ts';
import { positionsOf, type SlidingOptions, slidingOf } from '../window.ts';
import { convolve, convolveTransposed, kernelOfConvolution } from './convolution.ts';
import { input } from './input.ts';

const x = input('x', 'float32', [1, 1, 3, 3]);
const k = input('k', 'float32', [1, 1, 2, 2]);

test('a convolution by hand: the kernel is not flipped', () => {
  const feeds = { x: [1, 2, 3, 4, 5, 6, 7, 8, 9], k: [1, 10, 100, 1000] };
  expect([...evaluate([convolve(x, k)], feeds)[0]]).toEqual([5421, 6532, 8754, 9865]);
  const padded = convolve(x, k, { stride: [2, 2], padding: [1, 1, 0, 0] });
  expect([...evaluate([padded], feeds)[0]]).toEqual([1000, 3200, 7040, 9865]);
  const dilated = convolve(x, k, { dilation: [2, 2] });
  expect([...evaluate([dilated], feeds)[0]]).toEqual([9731]);
});

test('channels of the input are summed, each output has its kernel, each example is by itself', () => {
  const y = convolve(input('x', 'float32', [2, 2, 1, 2]), input('k', 'float32', [3, 2, 1, 1]));
  const [values] = evaluate([y], { x: [1, 2, 3, 4, 5, 6, 7, 8], k: [1, 0, 0, 1, 10, 100] });
  expect([...values]).toEqual([1, 2, 3, 4, 310, 420, 5, 6, 7, 8, 750, 860]);
});

test('transposed, every number is spread by the kernel; overlaps add up, and what is not reached is 0', () => {
  const y = input('y', 'float32', [1, 1, 1, 2]);
  const row = input('row', 'float32', [1, 1, 1, 3]);
  const feeds = { y: [1, 10], row: [1, 2, 3] };
  const spread = (width: number, options: Parameters<typeof convolveTransposed>[3]): number[] => [
    ...evaluate([convolveTransposed(y, row, [1, width], options)], feeds)[0],
  ];
  expect(spread(4, {})).toEqual([1, 12, 23, 30]);
  expect(spread(5, { stride: [1, 2] })).toEqual([1, 2, 13, 20, 30]);
  expect(spread(6, { stride: [1, 2] })).toEqual([1, 2, 13, 20, 30, 0]);
  expect(spread(3, { stride: [1, 2], padding: [0, 1, 0, 1] })).toEqual([2, 13, 20]);
});

test('the kernel that a convolution hears of: products of neighbours, over all examples', () => {
  const a = input('a', 'float32', [2, 1, 1, 3]);
  const b = input('b', 'float32', [2, 1, 1, 2]);
  const values = { a: [1, 2, 3, 4, 5, 6], b: [1, 10, 100, 1000] };
  expect([...evaluate([kernelOfConvolution(a, b, [1, 2])], values)[0]]).toEqual([1 + 20 + 5400, 2 + 30 + 6500]);
});

describe.each([nodeEngine({ threads: 1 }), webEngine({ threads: 1 })])(
  'wide kernels on $name, by unfolding',
  (engine) => {
    const geometries: readonly SlidingOptions[] = [
      { padding: [1, 0, 0, 2] },
      { stride: [1, 2], dilation: [2, 1] },
      { stride: [2, 1], padding: [0, 1, 1, 1], dilation: [1, 3] },
    ];
    test.each(geometries)('%o', async (options) => {
      const window = [2, 3] as const;
      const size = [64, 128] as const;
      const x = input('x', 'float32', [9, 8, ...size]);
      const y = input('y', 'float32', [9, 8, ...positionsOf('test', size, window, slidingOf(options))]);
      const random = createRandom(4);
      const numbers = (shape: Shape): Float32Array =>
        Float32Array.from({ length: sizeOf(shape) }, () => random.uniform() - 0.5);
      const [xs, ys] = [numbers(x.shape), numbers(y.shape)];
      const kernel = kernelOfConvolution(x, y, window, options);
      const [expected] = evaluate([kernel], { x: xs, y: ys });
      const [actual] = await runOnce(engine, [kernel], { x: float32(xs, x.shape), y: float32(ys, y.shape) });
      for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 2);
    });
  },
);

describe('shapes that do not fit are errors that say so', () => {
  const four = input('four', 'float32', [1, 2, 4, 4]);
  test.each([
    [
      'convolve: expected shape [batch, channels, height, width], got [3]',
      () => convolve(input('s', 'float32', [3]), k),
    ],
    ['convolve: expected a kernel of shape [out, 2, height, width], got [1,1,2,2]', () => convolve(four, k)],
    [
      'at least 5 rows or columns for a kernel of 3, got 4',
      () => convolve(four, input('w', 'float32', [1, 2, 3, 1]), { dilation: [2, 1] }),
    ],
    [
      'convolveTransposed: expected shape [1,1,3,3], which fits the convolution, got [1,1,2,2]',
      () => convolveTransposed(input('y', 'float32', [1, 1, 2, 2]), k, [4, 4]),
    ],
  ])('%s', (message, build) => {
    expect(build).toThrow(message);
  });
});
