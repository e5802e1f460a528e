/** Means, maxima and the like over axes, with the shapes and values they are checked at. */
import { minimum } from '../../../src/graph/ops/arithmetic.ts';
import { oneHot } from '../../../src/graph/ops/comparison.ts';
import { square } from '../../../src/graph/ops/elementwise.ts';
import { argMax, kthLargest, logSumExp, max, mean } from '../../../src/graph/ops/reduce.ts';
import { float, integers, noGradient, type OperationCase, operation, REDUCTIONS } from '../cases.ts';

export const reduceCases: readonly OperationCase[] = [
  operation('kthLargest', 'first and last', [float([4, 7])], (x) => [kthLargest(x, 1), kthLargest(x, 7)], noGradient),
  operation('kthLargest', 'of many', [float([3, 100])], (x) => kthLargest(x, 13), noGradient),
  operation('argMax', 'of rows', [float([5, 9])], (x) => argMax(x), noGradient),
  operation('logSumExp', 'of rows', [float([4, 6])], (x) => logSumExp(x), { extremes: [0, 80, -80, 1] }),
  operation(
    'argMax',
    'of one-hot rows',
    [integers('int32', [4], [2, -1, 3, 0])],
    (x) => argMax(oneHot(x, 3)),
    noGradient,
  ),
  ...REDUCTIONS.flatMap(([shape, axes]) => [
    operation('mean', `[${shape}] over ${axes}`, [float(shape)], (x) => square(mean(x, axes))),
    operation('max', `[${shape}] over ${axes}`, [float(shape)], (x) => square(max(x, axes)), {
      extremes: [1e4, -1e4, 3, -2, 0.5, 7, -9, 11],
    }),
  ]),
  operation('mean', 'of all', [float([2, 3, 4])], (x) => square(mean(x))),
  operation('max', 'with ties', [float([3, 4])], (x) => max(minimum(x, 0.25), [1]), noGradient),
];
