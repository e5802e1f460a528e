/** Sums, products and the like of two tensors, with the shapes and values they are checked at. */
import {
  add,
  divide,
  maximum,
  minimum,
  multiply,
  negate,
  scaleOf,
  subtract,
} from '../../../src/graph/ops/arithmetic.ts';
import { square } from '../../../src/graph/ops/elementwise.ts';
import { binaryCases, float, type OperationCase, operation, unaryCases, WIDE_BUT_ZERO } from '../cases.ts';

export const arithmeticCases: readonly OperationCase[] = [
  ...binaryCases('add', add),
  ...binaryCases('subtract', subtract),
  ...binaryCases('multiply', multiply),
  ...binaryCases('divide', divide, { right: [0.5, 2], extremes: WIDE_BUT_ZERO }),
  ...binaryCases('maximum', maximum, { extremes: WIDE_BUT_ZERO.map((value) => value * 1.37) }),
  ...binaryCases('minimum', minimum, { extremes: WIDE_BUT_ZERO.map((value) => value * 1.37) }),
  ...unaryCases('negate', negate),
  operation('scaleOf', 'of a product with a number', [float([2, 3])], (x) => scaleOf(multiply(3, square(x)))?.of ?? []),
];
