/** Spreading and summing, each the gradient of the other; and reshaping, which both need. */
import { ShapeError } from '../../base/errors.ts';
import {
  broadcastShapes,
  choiceOf,
  makeTensor,
  reader,
  type Shape,
  sameShape,
  sizeOf,
  type Tensor,
} from '../tensor.ts';

/** The same elements in another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.shape) !== sizeOf(shape))
    throw new ShapeError({
      where: 'reshape',
      expected: `${sizeOf(x.shape)} elements, as in [${x.shape}]`,
      got: `[${shape}] with ${sizeOf(shape)}`,
      fix: 'keep the product of the lengths',
    });
  const { operation, inputs } = x.node;
  if (operation.isSpread && sizeOf(inputs[0].shape) === 1) return broadcastTo(reshape(inputs[0], []), shape);
  if (operation.name === 'reshape') return reshape(inputs[0], shape);
  return makeTensor(
    {
      name: 'reshape',
      isView: true,
      gradient: (_, [upstream]) => [upstream && reshape(upstream, x.shape)],
      total: ({ inputs: [of] }, over) => {
        const total = over.total(of);
        return () => reshape(total(), shape);
      },
      choice: ({ inputs: [of] }) => {
        const index = shape.at(-1) === of.shape.at(-1) ? choiceOf(of) : undefined;
        return index && reshape(index, shape.slice(0, -1));
      },
      lower: ([name], emit) => [emit.node('Reshape', [name, emit.constant('int64', [shape.length], shape)])],
      evaluate: ([values]) => [values],
    },
    [x],
    shape,
    x.dtype,
  );
}

/** Repeats along axes of length 1 (and new leading ones) up to `shape`. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes('broadcastTo', x.shape, shape), shape))
    throw new ShapeError({
      where: 'broadcastTo',
      expected: `a shape that [${x.shape}] spreads to`,
      got: `[${shape}]`,
      fix: 'give at least as many axes, and the same lengths where x has more than 1',
    });
  if (x.node.operation.isSpread) return broadcastTo(x.node.inputs[0], shape);
  return makeTensor(
    {
      name: 'broadcastTo',
      isSpread: true,
      isView: true,
      gradient: (_, [upstream]) => [upstream && sumTo(upstream, x.shape)],
      lower: ([name], emit) => [emit.node('Expand', [name, emit.constant('int64', [shape.length], shape)])],
      evaluate: ([values]) => {
        const read = reader(x.shape, shape);
        return [Float64Array.from({ length: sizeOf(shape) }, (_, i) => values[read(i)])];
      },
    },
    [x],
    shape,
    x.dtype,
  );
}

/** Σ over `axes` (all of them when absent), which disappear. */
export function sum(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis)): Tensor {
  if (axes.length === 0) return x;
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  return makeTensor(
    {
      name: 'sum',
      // A scalar spreads as it is.
      gradient: (_, [upstream]) => [
        upstream && broadcastTo(shape.length === 0 ? upstream : reshape(upstream, kept), x.shape),
      ],
      total: ({ inputs: [of] }, over) => {
        const total = over.total(of);
        return () => sum(total(), axes);
      },
      lower: ([name], emit) => [
        emit.node('ReduceSum', [name, emit.constant('int64', [axes.length], axes)], { keepdims: { int: 0 } }),
      ],
      evaluate: ([values]) => {
        const read = reader(kept, x.shape);
        const total = new Float64Array(sizeOf(kept));
        for (let i = 0; i < values.length; i++) total[read(i)] += values[i];
        return [total];
      },
    },
    [x],
    shape,
  );
}

/** Sums a gradient back to the shape it was broadcast from. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const offset = x.shape.length - shape.length;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis < offset || shape[axis - offset] !== x.shape[axis]);
  return reshape(sum(x, axes), shape);
}
