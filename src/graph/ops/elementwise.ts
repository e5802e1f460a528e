/** Element by element: arithmetic with broadcasting and the functions networks and losses are made of. */
import {
  broadcastShapes,
  type DataType,
  makeTensor,
  type Operation,
  reader,
  type Shape,
  sameShape,
  sizeOf,
  type Tensor,
} from '../tensor.ts';
import { broadcastTo, sumTo } from './broadcast.ts';
import { constant } from './input.ts';

type Operand = Tensor | number;

/** x + y */
export const add = binary(
  'Add',
  (x, y) => x + y,
  ({ upstream }) => [upstream, upstream],
);

/** x − y */
export const subtract = binary(
  'Sub',
  (x, y) => x - y,
  ({ upstream }) => [upstream, negate(upstream)],
);

/** x · y */
export const multiply = binary(
  'Mul',
  (x, y) => x * y,
  ({ x, y, upstream }) => [multiply(upstream, y), multiply(upstream, x)],
);

/** x ÷ y */
export const divide = binary(
  'Div',
  (x, y) => x / y,
  ({ y, result, upstream }) => {
    const toX = divide(upstream, y);
    return [toX, negate(multiply(toX, result))];
  },
);

/** The larger one; where both are equal the gradient goes to x. */
export const maximum = binary('Max', Math.max, ({ x, y, upstream }) => {
  const toY = cast(less(x, y), 'float32');
  return [multiply(upstream, subtract(1, toY)), multiply(upstream, toY)];
});

/** The smaller one; where both are equal the gradient goes to x. */
export const minimum = binary('Min', Math.min, ({ x, y, upstream }) => {
  const toY = cast(greater(x, y), 'float32');
  return [multiply(upstream, subtract(1, toY)), multiply(upstream, toY)];
});

/** x > y as `bool`. */
export const greater = compare('Greater', (x, y) => x > y);

/** x < y as `bool`. */
export const less = compare('Less', (x, y) => x < y);

/** x = y as `bool`. */
export const equal = compare('Equal', (x, y) => x === y);

/** −x */
export const negate = unary(
  'Neg',
  (x) => -x,
  ({ upstream }) => negate(upstream),
);

/** eˣ */
export const exp = unary('Exp', Math.exp, ({ result, upstream }) => multiply(upstream, result));

/** Natural logarithm. */
export const log = unary('Log', Math.log, ({ x, upstream }) => divide(upstream, x));

/** √x */
export const sqrt = unary('Sqrt', Math.sqrt, ({ result, upstream }) => divide(multiply(upstream, 0.5), result));

/** |x|; its gradient at 0 is 0. */
export const abs = unary('Abs', Math.abs, ({ x, upstream }) => multiply(upstream, sign(x)));

/** −1, 0 or 1; its gradient is 0. */
export const sign = unary('Sign', Math.sign, () => undefined);

/** Largest integer not above x; its gradient is 0. */
export const floor = unary('Floor', Math.floor, () => undefined);

export const sin = unary('Sin', Math.sin, ({ x, upstream }) => multiply(upstream, cos(x)));
export const cos = unary('Cos', Math.cos, ({ x, upstream }) => negate(multiply(upstream, sin(x))));

export const tanh = unary('Tanh', Math.tanh, ({ result, upstream }) =>
  multiply(upstream, subtract(1, multiply(result, result))),
);

/** 1 ÷ (1 + e⁻ˣ) */
export const sigmoid = unary(
  'Sigmoid',
  (x) => 1 / (1 + Math.exp(-x)),
  ({ result, upstream }) => multiply(upstream, multiply(result, subtract(1, result))),
);

/** log(1 + eˣ) without overflow; written out because the runtime's own Softplus is four times slower. */
export function softplus(x: Tensor): Tensor {
  return makeTensor(
    {
      name: 'softplus',
      gradient: (_, [upstream]) => [upstream && multiply(upstream, sigmoid(x))],
      lower: ([name], emit) => {
        const small = emit.node('Exp', [emit.node('Neg', [emit.node('Abs', [name])])]);
        const tail = emit.node('Log', [emit.node('Add', [small, emit.constant('float32', [], [1])])]);
        return [emit.node('Add', [emit.node('Relu', [name]), tail])];
      },
      evaluate: ([values]) => [values.map((v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))))],
    },
    [x],
    x.shape,
  );
}

/** max(x, 0); its gradient at 0 is 0. Uses its own result as the mask, so that the runtime may fuse it with what comes before. */
export const relu = unary(
  'Relu',
  (x) => Math.max(x, 0),
  ({ result, upstream }) => multiply(upstream, cast(greater(result, 0), 'float32')),
);

/** The error function, 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf = unary('Erf', errorFunction, ({ x, upstream }) =>
  multiply(upstream, multiply(2 / Math.sqrt(Math.PI), exp(negate(multiply(x, x))))),
);

/** x², as one product; differentiated as 2 · upstream · x. */
export function square(x: Tensor): Tensor {
  return makeTensor(
    {
      name: 'square',
      gradient: (_, [upstream]) => [upstream && multiply(multiply(upstream, 2), x)],
      lower: ([name], emit) => [emit.node('Mul', [name, name])],
      evaluate: ([values]) => [values.map((v) => v * v)],
    },
    [x],
    x.shape,
  );
}

/** Converts between data types; float32 → integer truncates, bool → float32 gives 0 and 1. No gradient through integers. */
export function cast(x: Tensor, dtype: DataType): Tensor {
  if (x.dtype === dtype) return x;
  const code = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, uint32: 12 }[dtype];
  return makeTensor(
    {
      name: 'cast',
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

/** Where x is NaN, as `bool`. */
export function isNan(x: Tensor): Tensor {
  return makeTensor(
    {
      name: 'isNan',
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
      gradient: (_, [upstream]) => [
        undefined,
        upstream && sumTo(where(condition, upstream, 0), left.shape),
        upstream && sumTo(where(condition, 0, upstream), right.shape),
      ],
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

export function asTensor(value: Operand): Tensor {
  return typeof value === 'number' ? constant(value) : value;
}

interface UnaryGradient {
  readonly x: Tensor;
  readonly result: Tensor;
  readonly upstream: Tensor;
}

function unary(
  operator: string,
  evaluate: (x: number) => number,
  gradient: (at: UnaryGradient) => Tensor | undefined,
): (x: Tensor) => Tensor {
  const operation: Operation = {
    name: operator.toLowerCase(),
    gradient: (node, [upstream]) => [upstream && gradient({ x: node.inputs[0], result: node.outputs[0], upstream })],
    lower: (names, emit) => [emit.node(operator, names)],
    evaluate: ([values]) => [values.map((x) => evaluate(x))],
  };
  return (x) => makeTensor(operation, [x], x.shape);
}

interface BinaryGradient {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly result: Tensor;
  readonly upstream: Tensor;
}

function binary(
  operator: string,
  evaluate: (x: number, y: number) => number,
  gradient: (at: BinaryGradient) => readonly [Tensor, Tensor],
): (x: Operand, y: Operand) => Tensor {
  return (x, y) => {
    const shape = broadcastShapes(operator.toLowerCase(), asTensor(x).shape, asTensor(y).shape);
    const [left, right] = [unspread(asTensor(x)), unspread(asTensor(y))];
    const [a, b] = [left.node.operation.fill, right.node.operation.fill];
    if (left.dtype === 'float32' && shape.length === 0 && a !== undefined && b !== undefined)
      return constant(evaluate(a, b));
    if (operator === 'Mul' && a === 1 && sameShape(right.shape, shape)) return right;
    if (operator === 'Mul' && b === 1 && sameShape(left.shape, shape)) return left;
    const small = broadcastShapes(operator.toLowerCase(), left.shape, right.shape);
    const result = makeTensor(
      {
        name: operator.toLowerCase(),
        gradient: (node, [upstream]) => {
          if (!upstream) return [undefined, undefined];
          const [toX, toY] = gradient({ x: left, y: right, result: node.outputs[0], upstream });
          return [sumTo(toX, left.shape), sumTo(toY, right.shape)];
        },
        lower: (names, emit) => [emit.node(operator, names)],
        evaluate: ([u, v]) => [zip(evaluate, u, v, left.shape, right.shape, small)],
      },
      [left, right],
      small,
      left.dtype,
    );
    return broadcastTo(result, shape);
  };
}

/** A value before it was spread over a larger shape: arithmetic on it is cheaper, and can be spread afterwards. */
function unspread(x: Tensor): Tensor {
  return x.node.operation.isSpread ? x.node.inputs[0] : x;
}

function compare(operator: string, evaluate: (x: number, y: number) => boolean): (x: Operand, y: Operand) => Tensor {
  return (x, y) => {
    const [left, right] = [asTensor(x), asTensor(y)];
    const shape = broadcastShapes(operator.toLowerCase(), left.shape, right.shape);
    return makeTensor(
      {
        name: operator.toLowerCase(),
        lower: (names, emit) => [emit.node(operator, names)],
        evaluate: ([a, b]) => [zip((u, v) => Number(evaluate(u, v)), a, b, left.shape, right.shape, shape)],
      },
      [left, right],
      shape,
      'bool',
    );
  };
}

function zip(
  evaluate: (x: number, y: number) => number,
  a: Float64Array,
  b: Float64Array,
  shapeA: Shape,
  shapeB: Shape,
  shape: Shape,
): Float64Array {
  const readA = reader(shapeA, shape);
  const readB = reader(shapeB, shape);
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => evaluate(a[readA(i)], b[readB(i)]));
}

/**
 * erf in float64 to about 1e-15: the Maclaurin series near 0, the continued fraction of erfc (Lentz) further out.
 * Abramowitz & Stegun 7.1.6 and 7.1.14.
 */
function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (size + fraction);
  const complement = Math.exp(-x * x) / Math.sqrt(Math.PI) / (size + fraction);
  return Math.sign(x) * (1 - complement);
}
