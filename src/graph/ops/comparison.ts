/** Comparing, choosing and converting: numbers to truths and back. */
import { broadcastShapes, type DataType, makeTensor, reader, sizeOf, type Tensor, zipped } from '../tensor.ts';
import { sumTo } from './broadcast.ts';
import { asTensor, constant, type Operand } from './input.ts';

/** x > y as `bool`. */
export const greater = compare('Greater', (x, y) => x > y);

/** x < y as `bool`. */
export const less = compare('Less', (x, y) => x < y);

/** x = y as `bool`. */
export const equal = compare('Equal', (x, y) => x === y);

/** Converts between data types; float32 → integer truncates, bool → float32 gives 0 and 1. No gradient through integers. */
export function cast(x: Tensor, dtype: DataType): Tensor {
  if (x.dtype === dtype) return x;
  const code = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, uint32: 12 }[dtype];
  return makeTensor(
    {
      name: 'cast',
      elementwise: ([at]) => cast(at, dtype),
      lower: ([name], emit) => [emit.node('Cast', [name], { to: { int: code } })],
      evaluate: ([values]) => [
        dtype === 'float32'
          ? Float64Array.from(values)
          : values.map((v) => (dtype === 'bool' ? Number(v !== 0) : Math.trunc(v))),
      ],
    },
    [x],
    x.shape,
    dtype,
  );
}

/** Whole numbers `[…]` (int32) as `[…, classes]` of zeros and ones; all zeros where outside of 0 … classes − 1. */
export function oneHot(index: Tensor, classes: number): Tensor {
  return makeTensor(
    {
      name: 'oneHot',
      choice: ({ inputs: [chosen] }) => chosen,
      lower: ([name], emit) => {
        const column = emit.constant('int64', [index.shape.length + 1], [...index.shape, 1]);
        const numbers = Int32Array.from({ length: classes }, (_, at) => at);
        const isHot = emit.node('Equal', [
          emit.node('Reshape', [name, column]),
          emit.constant('int32', [classes], numbers),
        ]);
        return [emit.node('Cast', [isHot], { to: { int: 1 } })];
      },
      evaluate: ([values]) => {
        const hot = new Float64Array(values.length * classes);
        for (const [at, value] of values.entries()) if (value >= 0 && value < classes) hot[at * classes + value] = 1;
        return [hot];
      },
    },
    [index],
    [...index.shape, classes],
  );
}

/** An index that is never outside of 0 … count − 1, 0 there instead, and whether it was inside, as 1 or 0 (float32). */
export function inside(index: Tensor, count: number): { readonly index: Tensor; readonly isInside: Tensor } {
  const whole = (value: number): Tensor => constant(value, [], 'int32');
  const isInside = where(less(index, whole(0)), whole(0), cast(less(index, whole(count)), 'int32'));
  return { index: where(cast(isInside, 'bool'), index, whole(0)), isInside: cast(isInside, 'float32') };
}

/** Where x is NaN, as `bool`. */
export function isNan(x: Tensor): Tensor {
  return makeTensor(
    {
      name: 'isNan',
      elementwise: ([at]) => isNan(at),
      lower: ([name], emit) => [emit.node('IsNaN', [name])],
      evaluate: ([values]) => [values.map((v) => Number(Number.isNaN(v)))],
    },
    [x],
    x.shape,
    'bool',
  );
}

/** `condition ? x : y`, all three broadcast; what is not chosen gets gradient 0, even where it is NaN or infinite. */
export function where(condition: Tensor, x: Operand, y: Operand): Tensor {
  const [left, right] = [asTensor(x), asTensor(y)];
  const shape = broadcastShapes('where', condition.shape, broadcastShapes('where', left.shape, right.shape));
  return makeTensor(
    {
      name: 'where',
      gradient: ({ inputs: [isLeft] }, [upstream]) => [
        undefined,
        upstream && sumTo(where(isLeft, upstream, 0), left.shape),
        upstream && sumTo(where(isLeft, 0, upstream), right.shape),
      ],
      elementwise: ([isLeft, x, y]) => where(isLeft, x, y),
      lower: (names, emit) => [emit.node('Where', names)],
      evaluate: ([c, a, b]) => {
        const readC = reader(condition.shape, shape);
        const readA = reader(left.shape, shape);
        const readB = reader(right.shape, shape);
        return [Float64Array.from({ length: sizeOf(shape) }, (_, i) => (c[readC(i)] ? a[readA(i)] : b[readB(i)]))];
      },
    },
    [condition, left, right],
    shape,
    left.dtype,
  );
}

function compare(operator: string, evaluate: (x: number, y: number) => boolean): (x: Operand, y: Operand) => Tensor {
  const operate = (x: Operand, y: Operand): Tensor => {
    const [left, right] = [asTensor(x), asTensor(y)];
    const shape = broadcastShapes(operator.toLowerCase(), left.shape, right.shape);
    return makeTensor(
      {
        name: operator.toLowerCase(),
        elementwise: ([x, y]) => operate(x, y),
        lower: (names, emit) => [emit.node(operator, names)],
        evaluate: ([a, b]) => [zipped((u, v) => Number(evaluate(u, v)), a, b, left.shape, right.shape, shape)],
      },
      [left, right],
      shape,
      'bool',
    );
  };
  return operate;
}
