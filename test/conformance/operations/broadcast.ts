/** Shapes that are spread, and sums over axes, with the shapes and values they are checked at. */
import { broadcastTo, reshape, sum, sumTo } from '../../../src/graph/ops/broadcast.ts';
import { exp, square } from '../../../src/graph/ops/elementwise.ts';
import { float, type OperationCase, operation, REDUCTIONS } from '../cases.ts';

export const broadcastCases: readonly OperationCase[] = [
  ...(
    [
      [[6], [2, 3]],
      [
        [2, 3, 4],
        [4, 6],
      ],
      [[], [1, 1]],
      [[1], []],
      [[5], [1, 5, 1, 1]],
    ] as const
  ).map(([from, to]) => operation('reshape', `[${from}] [${to}]`, [float(from)], (x) => square(reshape(x, to)))),
  operation('reshape', 'of one spread number', [float([1])], (x) => square(reshape(broadcastTo(x, [2, 3]), [3, 2]))),
  ...(
    [
      [[], [2, 3]],
      [[1], [4]],
      [
        [3, 1],
        [2, 3, 5],
      ],
      [
        [2, 1, 1, 3],
        [2, 4, 5, 3],
      ],
      [[3], [3]],
    ] as const
  ).map(([from, to]) =>
    operation('broadcastTo', `[${from}] [${to}]`, [float(from)], (x) => exp(broadcastTo(x, to)), {
      extremes: [-1e4, 0, 50],
    }),
  ),
  operation('broadcastTo', 'twice', [float([3, 1])], (x) => broadcastTo(broadcastTo(x, [3, 4]), [2, 3, 4])),
  ...REDUCTIONS.map(([shape, axes]) =>
    operation('sum', `[${shape}] over ${axes}`, [float(shape)], (x) => square(sum(x, axes))),
  ),
  operation('sum', 'of all', [float([2, 3, 4])], (x) => square(sum(x))),
  ...(
    [
      [[2, 3], []],
      [[2, 3], [3]],
      [
        [2, 3],
        [2, 1],
      ],
      [
        [4, 2, 3, 5],
        [2, 1, 5],
      ],
      [
        [2, 3],
        [2, 3],
      ],
    ] as const
  ).map(([from, to]) => operation('sumTo', `[${from}] [${to}]`, [float(from)], (x) => square(sumTo(x, to)))),
];
