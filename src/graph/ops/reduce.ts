/** Means, maxima and ranks. */
import { ShapeError } from '../../base/errors.ts';
import { choiceOf, makeTensor, reader, sizeOf, type Tensor } from '../tensor.ts';
import { add, divide, multiply, subtract } from './arithmetic.ts';
import { broadcastTo, reshape, sum } from './broadcast.ts';
import { cast, equal, inside } from './comparison.ts';
import { exp, log } from './elementwise.ts';
import { stopGradient } from './input.ts';

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
        const isLargest = cast(equal(node.inputs[0], reshape(node.outputs[0], kept)), 'float32');
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

/** The k-th largest number of every row: `[rows, width] → [rows, 1]`. A threshold, not differentiated. */
export function kthLargest(x: Tensor, k: number): Tensor {
  const [rows, width] = x.shape;
  if (x.shape.length !== 2 || k < 1 || k > width)
    throw new ShapeError({
      where: 'kthLargest',
      expected: `1 ≤ k ≤ ${width} of a matrix`,
      got: `k = ${k} of [${x.shape}]`,
      fix: 'choose k within the row',
    });
  return makeTensor(
    {
      name: 'kthLargest',
      lower: ([name], emit) => {
        const [values] = emit.outputs('TopK', [name, emit.constant('int64', [1], [k])], 2, { axis: { int: 1 } });
        const at = (value: number): string => emit.constant('int64', [1], [value]);
        return [emit.node('Slice', [values, at(k - 1), at(k), at(1)])];
      },
      evaluate: ([values]) => [
        Float64Array.from({ length: rows }, (_, row) => {
          const sorted = values.slice(row * width, (row + 1) * width).sort();
          return sorted[width - k];
        }),
      ],
    },
    [x],
    [rows, 1],
  );
}

/** Where the largest number of every row is (the first, where several are): `[rows, width] → [rows]`, int32. */
export function argMax(x: Tensor): Tensor {
  const [rows, width] = x.shape;
  const choice = choiceOf(x);
  if (choice) return inside(choice, width).index;
  return makeTensor(
    {
      name: 'argMax',
      lower: ([name], emit) => {
        const index = emit.node('ArgMax', [name], { axis: { int: 1 }, keepdims: { int: 0 } });
        return [emit.node('Cast', [index], { to: { int: 6 } })];
      },
      evaluate: ([values]) => [
        Float64Array.from({ length: rows }, (_, row) => {
          let best = 0;
          for (let at = 1; at < width; at++) if (values[row * width + at] > values[row * width + best]) best = at;
          return best;
        }),
      ],
    },
    [x],
    [rows],
    'int32',
  );
}

/** log Σ eˣ over the rows of a matrix, without overflow: `[rows, width] → [rows]`. */
export function logSumExp(x: Tensor): Tensor {
  const [rows, width] = x.shape;
  // Any constant may be taken out of the sum; the largest term keeps it from overflowing.
  const largest = stopGradient(max(x, [1]));
  const shifted = subtract(x, broadcastTo(reshape(largest, [rows, 1]), [rows, width]));
  return add(largest, log(sum(exp(shifted), [1])));
}
