import { expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../gradient.ts';
import { evaluate } from '../reference.ts';
import { sum } from './broadcast.ts';
import { input } from './input.ts';
import { max, mean } from './reduce.ts';

test('equal maxima share the gradient', async () => {
  const x = input('x', 'float32', [2, 4]);
  const outputs = [max(x, [1]), ...gradient(sum(max(x, [1])), [x])];
  const points = [1, 3, 3, 0, -1, -1, -1, -1];
  const expected = [
    [3, -1],
    [0, 0.5, 0.5, 0, 0.25, 0.25, 0.25, 0.25],
  ];
  expect(evaluate(outputs, { x: points }).map((values) => [...values])).toEqual(expected);
  expect(await runOnce(nodeEngine({ threads: 1 }), outputs, { x: float32(points, [2, 4]) })).toEqual(expected);
});

test('over no axes nothing is reduced', async () => {
  const x = input('x', 'float32', [3]);
  const values = await runOnce(nodeEngine({ threads: 1 }), [max(x, []), mean(x, []), sum(x, [])], {
    x: float32([1, 5, -2]),
  });
  expect(values).toEqual([
    [1, 5, -2],
    [1, 5, -2],
    [1, 5, -2],
  ]);
});
