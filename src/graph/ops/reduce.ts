/** Means and maxima over axes. */
import { makeTensor, reader, sizeOf, type Tensor } from '../tensor.ts';
import { divide, multiply } from './arithmetic.ts';
import { broadcastTo, reshape, sum } from './broadcast.ts';
import { cast, equal } from './comparison.ts';

/** The average over `axes` (all of them when absent), which disappear. */
export function mean(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis)): Tensor {
  let count = 1;
  for (const axis of axes) count *= x.shape[axis];
  return multiply(sum(x, axes), 1 / count);
}

/** The largest element over `axes`, which disappear; equal ones share the gradient. */
export function max(x: Tensor, axes: readonly number[]): Tensor {
  if (axes.length === 0) return x;
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  return makeTensor(
    {
      name: 'max',
      gradient: (node, [upstream]) => {
        if (!upstream) return [undefined];
        const isLargest = cast(equal(x, reshape(node.outputs[0], kept)), 'float32');
        const share = divide(isLargest, broadcastTo(reshape(sum(isLargest, axes), kept), x.shape));
        return [multiply(share, reshape(upstream, kept))];
      },
      lower: ([name], emit) => [
        emit.node('ReduceMax', [name, emit.constant('int64', [axes.length], axes)], { keepdims: { int: 0 } }),
      ],
      evaluate: ([values]) => {
        const read = reader(kept, x.shape);
        const largest = new Float64Array(sizeOf(kept)).fill(-Infinity);
        for (let i = 0; i < values.length; i++) largest[read(i)] = Math.max(largest[read(i)], values[i]);
        return [largest];
      },
    },
    [x],
    shape,
  );
}
