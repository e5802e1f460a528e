/** Comparisons, types and choices, with the shapes and values they are checked at. */
import { divide } from '../../../src/graph/ops/arithmetic.ts';
import { cast, equal, greater, inside, isNan, less, oneHot, where } from '../../../src/graph/ops/comparison.ts';
import { floor } from '../../../src/graph/ops/elementwise.ts';
import { slice } from '../../../src/graph/ops/shape.ts';
import { binaryCases, float, integers, noGradient, type OperationCase, operation } from '../cases.ts';

export const comparisonCases: readonly OperationCase[] = [
  ...binaryCases('greater', greater, noGradient),
  ...binaryCases('less', less, noGradient),
  ...binaryCases('equal', equal, noGradient),
  operation('equal', 'with equal ones', [float([2, 6])], (x) => equal(floor(x), slice(floor(x), 1, 2, 3)), noGradient),
  ...(['int32', 'int64', 'uint8', 'uint32', 'bool'] as const).map((dtype) =>
    operation('cast', `to ${dtype} and back`, [float([3, 4], [0, 250])], (x) => cast(cast(x, dtype), 'float32'), {
      ...noGradient,
      extremes: [],
    }),
  ),
  operation('cast', 'negative to int32', [float([9])], (x) => cast(x, 'int32'), noGradient),
  operation(
    'cast',
    'bytes',
    [integers('uint8', [4], [0, 1, 128, 255])],
    (x) => divide(cast(x, 'float32'), 255),
    noGradient,
  ),
  operation('cast', 'to itself', [float([3])], (x) => cast(x, 'float32')),
  operation('isNan', 'of 0/0', [float([2, 5])], (x) => isNan(divide(floor(x), floor(x))), noGradient),
  operation('where', '[2, 3]', [float([2, 3]), float([2, 3]), float([2, 3])], (c, x, y) =>
    where(greater(c, 0.125), x, y),
  ),
  operation('where', 'broadcast', [float([3]), float([2, 1]), float([4, 1, 1])], (c, x, y) =>
    where(greater(c, 0.125), x, y),
  ),
  operation('where', 'numbers', [float([5])], (x) => [where(less(x, 0.5), x, 3), where(less(x, 0.5), 3, x)]),
  operation('where', 'scalars', [float([]), float([]), float([])], (c, x, y) => where(greater(c, 0.125), x, y)),
  operation('oneHot', 'of a matrix', [integers('int32', [2, 3], [0, 2, -1, 1, 3, 0])], (x) => oneHot(x, 3), noGradient),
  operation('oneHot', 'of one number', [integers('int32', [], [2])], (x) => oneHot(x, 4), noGradient),
  operation(
    'inside',
    'of numbers on both sides',
    [integers('int32', [6], [0, 2, -1, 1, 3, 7])],
    (x) => {
      const { index, isInside } = inside(x, 3);
      return [index, isInside];
    },
    noGradient,
  ),
];
