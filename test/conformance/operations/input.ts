/** What graphs begin with, and where gradients end, with the shapes and values they are checked at. */
import { add, multiply } from '../../../src/graph/ops/arithmetic.ts';
import { cast } from '../../../src/graph/ops/comparison.ts';
import { asTensor, constant, iota, leaf, stopGradient, withGradient } from '../../../src/graph/ops/input.ts';
import { float, integers, noGradient, type OperationCase, operation } from '../cases.ts';

export const inputCases: readonly OperationCase[] = [
  operation('asTensor', 'of a number', [float([3])], (x) => multiply(asTensor(x), asTensor(2))),
  operation(
    'stopGradient',
    'of a product',
    [float([2, 3])],
    (x) => multiply(stopGradient(multiply(x, 1)), 1),
    noGradient,
  ),
  operation('withGradient', 'passed on as it comes', [float([2, 3])], (x) =>
    multiply(
      withGradient(multiply(x, 2), (upstream) => multiply(upstream, 1)),
      x,
    ),
  ),
  operation('leaf', 'of a product', [float([2, 3])], (x) => multiply(leaf(multiply(x, 2)), x)),
  operation('constant', 'filled, listed, scalar', [float([2, 3])], (x) =>
    add(multiply(x, constant([1, -2, 3], [3])), add(constant(0.5, [2, 3]), constant(2))),
  ),
  operation(
    'constant',
    'of integers',
    [integers('uint32', [3], [1, 2, 4_000_000_000])],
    (x) => add(x, constant([7, 0, 5], [3], 'uint32')),
    noGradient,
  ),
  operation('iota', '7', [float([7])], (x) => multiply(x, cast(iota(7), 'float32'))),
  operation('input', 'of rank 4', [float([1, 2, 1, 3])], (x) => x),
];
