/**
 * Arithmetic with broadcasting. Numbers known beforehand are worked out here and move outwards, to where a matrix product takes
 * them for nothing: c · (d · x) = (c d) · x, (c · x) · y = c · (x · y), c · x ± c · y = c · (x ± y), x + (−1) · y = x − y.
 */
import { broadcastShapes, makeTensor, type Operation, type Shape, sameShape, type Tensor, zipped } from '../tensor.ts';
import { broadcastTo, sumTo } from './broadcast.ts';
import { cast, greater, less } from './comparison.ts';
import { asTensor, constant, type Operand } from './input.ts';

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

/** −x */
export function negate(x: Tensor): Tensor {
  return multiply(-1, x);
}

/** The number and the tensor of a product with a constant number; undefined where x is none. */
export function scaleOf(x: Tensor): { readonly factor: number; readonly of: Tensor } | undefined {
  if (x.node.operation.name !== 'mul' || x.dtype !== 'float32') return undefined;
  for (const [at, { node, shape }] of x.node.inputs.entries())
    if (node.operation.fill !== undefined && shape.length === 0)
      return { factor: node.operation.fill, of: x.node.inputs[1 - at] };
  return undefined;
}

interface BinaryGradient {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly result: Tensor;
  readonly upstream: Tensor;
}

type Operator = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max' | 'Min';

function binary(
  operator: Operator,
  evaluate: (x: number, y: number) => number,
  gradient: (at: BinaryGradient) => readonly [Tensor, Tensor],
): (x: Operand, y: Operand) => Tensor {
  const name = operator.toLowerCase();
  const operate = (x: Operand, y: Operand): Tensor => {
    const whole = broadcastShapes(name, asTensor(x).shape, asTensor(y).shape);
    const [left, right] = [unspread(asTensor(x)), unspread(asTensor(y))];
    const shape = broadcastShapes(name, left.shape, right.shape);
    const [a, b] = [left.node.operation.fill, right.node.operation.fill];
    const isKnown = left.dtype === 'float32' && a !== undefined && b !== undefined;
    const result = isKnown
      ? constant(evaluate(a, b))
      : (simplified(operator, left, right, shape) ??
        makeTensor(
          {
            name,
            gradient: (node, [upstream]) => {
              if (!upstream) return [undefined, undefined];
              const [x, y] = node.inputs;
              const [toX, toY] = gradient({ x, y, result: node.outputs[0], upstream });
              return [sumTo(toX, left.shape), sumTo(toY, right.shape)];
            },
            total: totalOf(operator, [left, right], shape),
            elementwise: ([x, y]) => operate(x, y),
            lower: (names, emit) => [emit.node(operator, names)],
            evaluate: ([u, v]) => [zipped(evaluate, u, v, left.shape, right.shape, shape)],
          },
          [left, right],
          shape,
          left.dtype,
        ));
    return broadcastTo(result, whole);
  };
  return operate;
}

/** The same value by fewer or cheaper operations, where constants allow it. */
function simplified(operator: Operator, left: Tensor, right: Tensor, shape: Shape): Tensor | undefined {
  const isWhole = (x: Tensor): boolean => sameShape(x.shape, shape);
  const [l, r] = [scaleOf(left), scaleOf(right)];
  if (operator === 'Mul') {
    const [a, b] = [left.node.operation.fill, right.node.operation.fill];
    if (a === 1 && isWhole(right)) return right;
    if (b === 1 && isWhole(left)) return left;
    if (a !== undefined) return r && multiply(a * r.factor, r.of);
    if (b !== undefined) return l && multiply(l.factor * b, l.of);
    if (l && isWhole(left)) return multiply(l.factor, multiply(l.of, right));
    if (r && isWhole(right)) return multiply(r.factor, multiply(left, r.of));
  }
  if ((operator === 'Add' || operator === 'Sub') && l && r && Math.abs(l.factor) === Math.abs(r.factor)) {
    const isSum = (operator === 'Add') === (l.factor === r.factor);
    return multiply(l.factor, isSum ? add(l.of, r.of) : subtract(l.of, r.of));
  }
  if (operator === 'Add' && r?.factor === -1) return subtract(left, r.of);
  if (operator === 'Add' && l?.factor === -1) return subtract(right, l.of);
  if (operator === 'Sub' && r?.factor === -1) return add(left, r.of);
  return undefined;
}

/** A sum over iterations goes through sums and through products with a number known beforehand. */
function totalOf(operator: Operator, operands: readonly Tensor[], shape: Shape): Operation['total'] {
  if (operator === 'Mul' && operands.some(({ shape, node }) => shape.length === 0 && node.operation.fill !== undefined))
    return ({ inputs }, over) => {
      const [factor, of] = inputs[0].node.operation.fill === undefined ? inputs.toReversed() : inputs;
      const total = over.total(of);
      return () => multiply(factor, total());
    };
  if (!operands.every((operand) => sameShape(operand.shape, shape))) return undefined;
  if (operator !== 'Add' && operator !== 'Sub') return undefined;
  return ({ inputs }, over) => {
    const [left, right] = inputs.map((operand) => over.total(operand));
    return () => (operator === 'Add' ? add : subtract)(left(), right());
  };
}

/** A value before it was spread over a larger shape: arithmetic on it is cheaper, and can be spread afterwards. */
function unspread(x: Tensor): Tensor {
  const { fill, isSpread } = x.node.operation;
  if (fill !== undefined && x.shape.length > 0) return constant(fill, [], x.dtype);
  return isSpread ? x.node.inputs[0] : x;
}
