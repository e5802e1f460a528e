import { expect, test } from 'vitest';
import { nodeEngine } from '../../engine/node.ts';
import { input } from '../../graph/ops/input.ts';
import { sizeOf } from '../../graph/tensor.ts';
import { fromDepth, toDepth } from './rearrange.ts';

async function run(shape: readonly number[], factor: readonly [number, number]) {
  const x = input('x', 'float32', shape);
  const deep = toDepth(x, factor);
  const program = await nodeEngine({ threads: 1 }).compile({
    deep,
    back: fromDepth(deep, [shape[2], shape[3]], factor),
  });
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, at) => at + 1);
  const { deep: made, back } = await program.run({ x: { data, shape } });
  await program.dispose();
  return { deep: made, back, data };
}

test('the pixels of a square become channels, channel by channel and row by row', async () => {
  const { deep } = await run([1, 2, 2, 4], [2, 2]);
  expect(deep.shape).toEqual([1, 8, 1, 2]);
  expect(Array.from(deep.data)).toEqual([1, 3, 2, 4, 5, 7, 6, 8, 9, 11, 10, 12, 13, 15, 14, 16]);
});

test.each([
  [
    [2, 3, 8, 6],
    [2, 2],
  ],
  [
    [1, 1, 5, 7],
    [4, 4],
  ],
  [
    [2, 1, 1, 9],
    [1, 2],
  ],
  [
    [1, 3, 1, 1],
    [8, 8],
  ],
] as const)('%j by %j and back is the same picture', async (shape, factor) => {
  const { back, data } = await run(shape, factor);
  expect(back.shape).toEqual(shape);
  expect(Array.from(back.data)).toEqual(Array.from(data));
});
