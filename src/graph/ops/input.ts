/** Where values enter a graph: inputs fed at every run, and constants. */
import { type DataType, makeTensor, type Shape, sizeOf, type Tensor } from '../tensor.ts';

/** A value that is fed at every run. With `anyLength`, axis 0 may have any length then (what reads it must not depend on it). */
export function input(name: string, dtype: DataType, shape: Shape, options: { anyLength?: boolean } = {}): Tensor {
  return makeTensor(
    {
      name: 'input',
      input: { name, anyLength: options.anyLength ?? false },
      lower: () => {
        throw new Error(`internal: input ${name} was lowered as if it were computed`);
      },
      evaluate: () => {
        throw new Error(`internal: input ${name} was not fed`);
      },
    },
    [],
    shape,
    dtype,
  );
}

/** A constant: one number for the whole shape, or all elements row-major. */
export function constant(value: number | ArrayLike<number>, shape: Shape = [], dtype: DataType = 'float32'): Tensor {
  const fill = typeof value === 'number';
  return makeTensor(
    {
      name: 'constant',
      ...(fill ? { fill: value } : {}),
      lower: (_, emit) => {
        if (!fill) return [emit.constant(dtype, shape, value)];
        const scalar = emit.constant(dtype, [], [value]);
        return [
          shape.length === 0 ? scalar : emit.node('Expand', [scalar, emit.constant('int64', [shape.length], shape)]),
        ];
      },
      evaluate: () => [fill ? new Float64Array(sizeOf(shape)).fill(value) : Float64Array.from(value)],
    },
    [],
    shape,
    dtype,
  );
}

/** 0, 1, 2, … as uint32 of shape `[length]`; made by the runtime, not stored. */
export function iota(length: number): Tensor {
  return makeTensor(
    {
      name: 'iota',
      lower: (_, emit) => {
        const range = emit.node('Range', [
          emit.constant('int64', [], [0]),
          emit.constant('int64', [], [length]),
          emit.constant('int64', [], [1]),
        ]);
        return [emit.node('Cast', [range], { to: { int: 12 } })];
      },
      evaluate: () => [Float64Array.from({ length }, (_, i) => i)],
    },
    [],
    [length],
    'uint32',
  );
}

/** A placeholder inside a loop's body. */
export function variable(shape: Shape, dtype: DataType): Tensor {
  return makeTensor(
    {
      name: 'variable',
      lower: () => {
        throw new Error('internal: a loop variable was lowered outside its loop');
      },
      evaluate: () => {
        throw new Error('internal: a loop variable was evaluated outside its loop');
      },
    },
    [],
    shape,
    dtype,
  );
}

/**
 * x itself, to differentiate by. Operations simplify what they are given (two reshapes are one, a product with two numbers is a
 * product with one), and so may reach past a tensor to what it was made of; they never reach past a leaf. Costs nothing.
 */
export function leaf(x: Tensor): Tensor {
  return makeTensor(
    {
      name: 'leaf',
      isLeaf: true,
      isView: true,
      gradient: (_, [upstream]) => [upstream],
      lower: ([name]) => [name],
      evaluate: ([values]) => [values],
    },
    [x],
    x.shape,
    x.dtype,
  );
}

/** x itself, taken for a constant by `gradient`. */
export function stopGradient(x: Tensor): Tensor {
  return makeTensor(
    {
      name: 'stopGradient',
      isView: true,
      gradient: () => [undefined],
      lower: ([name]) => [name],
      evaluate: ([values]) => [values],
    },
    [x],
    x.shape,
    x.dtype,
  );
}

/** x itself; `gradient` passes on `pull` of what comes back to it, which may be made of what x leads to. */
export function withGradient(x: Tensor, pull: (upstream: Tensor) => Tensor): Tensor {
  return makeTensor(
    {
      name: 'withGradient',
      isView: true,
      gradient: (_, [upstream]) => [upstream && pull(upstream)],
      lower: ([name]) => [name],
      evaluate: ([values]) => [values],
    },
    [x],
    x.shape,
    x.dtype,
  );
}

/** A tensor, or a number that stands for a constant. */
export type Operand = Tensor | number;

export function asTensor(value: Operand): Tensor {
  return typeof value === 'number' ? constant(value) : value;
}
