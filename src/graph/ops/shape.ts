/** Moving elements without changing them: transpose, slice, concatenate, gather rows. */
import { ShapeError } from '../../base/errors.ts';
import { choiceOf, makeNode, makeTensor, sizeOf, stridesOf, type Tensor } from '../tensor.ts';
import { broadcastTo } from './broadcast.ts';
import { constant } from './input.ts';

/** Axes in another order: axis i of the result is axis `order[i]` of x. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  const shape = order.map((axis) => x.shape[axis]);
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return makeTensor(
    {
      name: 'transpose',
      gradient: (_, [upstream]) => [upstream && transpose(upstream, inverse)],
      choice: ({ inputs: [of] }) => {
        const last = order.length - 1;
        const index = order[last] === last ? choiceOf(of) : undefined;
        return index && transpose(index, order.slice(0, last));
      },
      lower: ([name], emit) => [emit.node('Transpose', [name], { perm: { ints: order } })],
      evaluate: ([values]) => {
        const strides = stridesOf(x.shape);
        const outer = stridesOf(shape);
        return [
          Float64Array.from({ length: values.length }, (_, i) => {
            let flat = 0;
            for (const [axis, from] of order.entries())
              flat += (Math.floor(i / outer[axis]) % shape[axis]) * strides[from];
            return values[flat];
          }),
        ];
      },
    },
    [x],
    shape,
    x.dtype,
  );
}

/** Elements `start` up to, not including, `end` along `axis`. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  if (start < 0 || end > x.shape[axis] || start >= end)
    throw new ShapeError({
      where: 'slice',
      expected: `0 ≤ start < end ≤ ${x.shape[axis]} along axis ${axis}`,
      got: `${start} to ${end}`,
      fix: 'slice inside the tensor',
    });
  if (start === 0 && end === x.shape[axis]) return x;
  const shape = x.shape.map((length, at) => (at === axis ? end - start : length));
  if (x.node.operation.isSpread) {
    const [of] = x.node.inputs;
    // Along a spread axis all slices are alike.
    if ((of.shape[axis - x.shape.length + of.shape.length] ?? 1) === 1) return broadcastTo(of, shape);
  }
  return makeTensor(
    {
      name: 'slice',
      gradient: (_, [upstream]) => {
        if (!upstream) return [undefined];
        const zeros = (length: number): Tensor[] =>
          length === 0
            ? []
            : [
                constant(
                  0,
                  x.shape.map((full, at) => (at === axis ? length : full)),
                ),
              ];
        return [concat([...zeros(start), upstream, ...zeros(x.shape[axis] - end)], axis)];
      },
      lower: ([name], emit) => {
        const one = (value: number): string => emit.constant('int64', [1], [value]);
        return [emit.node('Slice', [name, one(start), one(end), one(axis)])];
      },
      evaluate: ([values]) => {
        const inner = sizeOf(x.shape.slice(axis + 1));
        const length = x.shape[axis] * inner;
        const result = new Float64Array(sizeOf(shape));
        const part = (end - start) * inner;
        for (let outer = 0; outer * length < values.length; outer++)
          result.set(values.subarray(outer * length + start * inner, outer * length + end * inner), outer * part);
        return [result];
      },
    },
    [x],
    shape,
    x.dtype,
  );
}

/** Consecutive pieces of `sizes` along `axis`, all of it. */
export function split(x: Tensor, axis: number, sizes: readonly number[]): readonly Tensor[] {
  const total = sizes.reduce((sofar, size) => sofar + size, 0);
  if (total !== x.shape[axis])
    throw new ShapeError({
      where: 'split',
      expected: `sizes that add up to ${x.shape[axis]}`,
      got: `${total}`,
      fix: 'give every element a piece',
    });
  if (sizes.length === 1) return [x];
  const shapes = sizes.map((size) => x.shape.map((length, at) => (at === axis ? size : length)));
  return makeNode(
    {
      name: 'split',
      isView: true,
      gradient: (_, upstream) => [
        concat(
          upstream.map((piece, at) => piece ?? constant(0, shapes[at])),
          axis,
        ),
      ],
      lower: ([name], emit) => emit.pieces(name, axis, sizes),
      evaluate: ([values]) => {
        const inner = sizeOf(x.shape.slice(axis + 1));
        const row = total * inner;
        let start = 0;
        return shapes.map((shape, at) => {
          const piece = new Float64Array(sizeOf(shape));
          const part = sizes[at] * inner;
          for (let outer = 0; outer * row < values.length; outer++)
            piece.set(values.subarray(outer * row + start, outer * row + start + part), outer * part);
          start += part;
          return piece;
        });
      },
    },
    [x],
    shapes.map((shape) => ({ shape, dtype: x.dtype })),
  );
}

/** Tensors one after the other along `axis`. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  if (parts.length === 1) return parts[0];
  const total = parts.reduce((length, part) => length + part.shape[axis], 0);
  for (const part of parts)
    if (!part.shape.every((length, at) => at === axis || length === parts[0].shape[at]))
      throw new ShapeError({
        where: 'concat',
        expected: `parts like [${parts[0].shape}] on every axis but ${axis}`,
        got: `[${part.shape}]`,
        fix: 'make the other axes equal first',
      });
  const shape = parts[0].shape.map((length, at) => (at === axis ? total : length));
  return makeTensor(
    {
      name: 'concat',
      gradient: (_, [upstream]) => {
        let start = 0;
        return parts.map((part) => {
          start += part.shape[axis];
          return upstream && slice(upstream, axis, start - part.shape[axis], start);
        });
      },
      lower: (names, emit) => [emit.joined(names, axis)],
      evaluate: (values) => {
        const result = new Float64Array(sizeOf(shape));
        const inner = sizeOf(shape.slice(axis + 1));
        const outers = sizeOf(shape.slice(0, axis));
        let start = 0;
        for (const [index, part] of parts.entries()) {
          const length = part.shape[axis] * inner;
          for (let outer = 0; outer < outers; outer++)
            result.set(values[index].subarray(outer * length, (outer + 1) * length), outer * total * inner + start);
          start += length;
        }
        return [result];
      },
    },
    parts,
    shape,
    parts[0].dtype,
  );
}

/** Rows of `x` chosen by an int32 `index`: result shape `[...index.shape, ...x.shape.slice(1)]`. */
export function gather(x: Tensor, index: Tensor): Tensor {
  const row = x.shape.slice(1);
  const shape = [...index.shape, ...row];
  return makeTensor(
    {
      name: 'gather',
      gradient: ({ inputs: [, rows] }, [upstream]) => [upstream && scatterAdd(upstream, rows, x.shape[0]), undefined],
      lower: (names, emit) => [emit.node('Gather', names, { axis: { int: 0 } })],
      evaluate: ([values, indices]) => {
        const width = sizeOf(row);
        const result = new Float64Array(indices.length * width);
        for (let i = 0; i < indices.length; i++)
          result.set(values.subarray(indices[i] * width, (indices[i] + 1) * width), i * width);
        return [result];
      },
    },
    [x, index],
    shape,
    x.dtype,
  );
}

/** The adjoint of `gather`: each row of `x` `[...index.shape, ...row]` added to the row of the result `[count, ...row]` that `index` names. */
export function scatterAdd(x: Tensor, index: Tensor, count: number): Tensor {
  const row = x.shape.slice(index.shape.length);
  const width = sizeOf(row);
  return makeTensor(
    {
      name: 'scatterAdd',
      gradient: ({ inputs: [, rows] }, [upstream]) => [upstream && gather(upstream, rows), undefined],
      total: ({ inputs: [of, rows] }, over) => {
        const [values, indices] = [over.stack(of), over.stack(rows)];
        return () => scatterAdd(values(), indices(), count);
      },
      lower: ([name, indices], emit) => {
        const ints = (values: readonly number[]): string => emit.constant('int64', [values.length], values);
        const places = emit.node('Cast', [emit.node('Reshape', [indices, ints([-1, 1])])], { to: { int: 7 } });
        const rows = emit.node('Reshape', [name, ints([sizeOf(index.shape), width])]);
        const zeros = emit.node('Expand', [emit.constant('float32', [], [0]), ints([count, width])]);
        const total = emit.node('ScatterND', [zeros, places, rows], { reduction: { text: 'add' } });
        return [emit.node('Reshape', [total, ints([count, ...row])])];
      },
      evaluate: ([values, indices]) => {
        const total = new Float64Array(count * width);
        for (const [at, place] of indices.entries())
          for (let i = 0; i < width; i++) total[place * width + i] += values[at * width + i];
        return [total];
      },
    },
    [x, index],
    [count, ...row],
  );
}
