/** Rows and columns moved, cut and joined, with the shapes and values they are checked at. */
import { multiply } from '../../../src/graph/ops/arithmetic.ts';
import { broadcastTo } from '../../../src/graph/ops/broadcast.ts';
import { square } from '../../../src/graph/ops/elementwise.ts';
import { concat, gather, scatterAdd, slice, split, transpose } from '../../../src/graph/ops/shape.ts';
import { float, integers, noGradient, type OperationCase, operation } from '../cases.ts';

export const shapeCases: readonly OperationCase[] = [
  ...(
    [
      [
        [2, 3],
        [1, 0],
      ],
      [
        [2, 3, 5],
        [2, 0, 1],
      ],
      [
        [2, 3, 1, 4],
        [0, 3, 1, 2],
      ],
      [[4], [0]],
      [[], []],
    ] as const
  ).map(([shape, order]) =>
    operation('transpose', `[${shape}] by ${order}`, [float(shape)], (x) => square(transpose(x, order))),
  ),
  ...[0, 1, 2].flatMap((axis) => [
    operation('slice', `axis ${axis}`, [float([4, 5, 3])], (x) => [
      square(slice(x, axis, 0, 2)),
      square(slice(x, axis, 1, 3)),
      slice(x, axis, 2, [4, 5, 3][axis]),
    ]),
    operation('split', `axis ${axis}`, [float([6, 6, 6].map((length, at) => (at === axis ? length : at + 1)))], (x) =>
      split(x, axis, [1, 3, 2]).map((piece, at) => multiply(square(piece), at + 1)),
    ),
    operation(
      'concat',
      `axis ${axis}`,
      [1, 3, 2].map((length) => float([2, 3, 1].map((other, at) => (at === axis ? length : other)))),
      (...parts) => square(concat(parts, axis)),
    ),
  ]),
  operation('slice', 'of spread values', [float([3, 1])], (x) => [
    square(slice(broadcastTo(x, [2, 3, 4]), 2, 1, 3)),
    slice(broadcastTo(x, [2, 3, 4]), 0, 0, 1),
    slice(broadcastTo(x, [2, 3, 4]), 1, 0, 2),
  ]),
  operation('slice', 'all of it', [float([3])], (x) => slice(x, 0, 0, 3)),
  operation('split', 'in one piece', [float([3])], (x) => split(x, 0, [3])),
  operation('split', 'a piece unused', [float([7])], (x) => square(split(x, 0, [2, 4, 1])[1])),
  operation('concat', 'of one part', [float([3])], (x) => concat([x], 0)),
  operation('concat', 'of a part twice', [float([3])], (x) => square(concat([x, x], 0))),
  operation('gather', '[5, 3] by [4]', [float([5, 3]), integers('int32', [4], [4, 0, 0, 2])], gather),
  operation('gather', '[4] by [2, 3]', [float([4]), integers('int32', [2, 3], [3, 0, 1, 1, 2, 0])], (x, index) =>
    square(gather(x, index)),
  ),
  operation('gather', '[3, 2, 2] by []', [float([3, 2, 2]), integers('int32', [], [2])], gather),
  operation('scatterAdd', '[4, 3] to [5, 3]', [float([4, 3]), integers('int32', [4], [4, 0, 0, 2])], (x, index) =>
    square(scatterAdd(x, index, 5)),
  ),
  operation('scatterAdd', '[2, 3] to [4]', [float([2, 3]), integers('int32', [2, 3], [3, 0, 1, 1, 3, 0])], (x, index) =>
    square(scatterAdd(x, index, 4)),
  ),
  operation('scatterAdd', '[2, 2] to [3, 2, 2]', [float([2, 2]), integers('int32', [], [2])], (x, index) =>
    square(scatterAdd(x, index, 3)),
  ),
  operation(
    'gather',
    'bytes',
    [integers('uint8', [3, 2], [1, 2, 3, 4, 5, 255]), integers('int32', [2], [2, 0])],
    gather,
    noGradient,
  ),
];
