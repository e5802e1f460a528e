/** Functions of one number, element by element: what networks and losses are made of. */
import { makeTensor, type Operation, type Tensor } from '../tensor.ts';
import { divide, multiply, negate, subtract } from './arithmetic.ts';
import { cast, greater } from './comparison.ts';

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
      gradient: ({ inputs: [at] }, [upstream]) => [upstream && multiply(upstream, sigmoid(at))],
      elementwise: ([at]) => softplus(at),
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
      gradient: ({ inputs: [at] }, [upstream]) => [upstream && multiply(multiply(upstream, 2), at)],
      elementwise: ([at]) => square(at),
      lower: ([name], emit) => [emit.node('Mul', [name, name])],
      evaluate: ([values]) => [values.map((v) => v * v)],
    },
    [x],
    x.shape,
  );
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
    elementwise: ([x]) => operate(x),
    lower: (names, emit) => [emit.node(operator, names)],
    evaluate: ([values]) => [values.map((x) => evaluate(x))],
  };
  const operate = (x: Tensor): Tensor => makeTensor(operation, [x], x.shape);
  return operate;
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
