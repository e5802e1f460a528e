/** Logits of classes, with the shapes and values they are checked at. */
import { addAt, crossEntropy, logSoftmax, pick } from '../../../src/graph/ops/chances.ts';
import { square } from '../../../src/graph/ops/elementwise.ts';
import { float, integers, type OperationCase, operation } from '../cases.ts';

export const chancesCases: readonly OperationCase[] = [
  operation('logSoftmax', 'over the last axis', [float([2, 3, 4])], (x) => logSoftmax(x), {
    extremes: [0, 80, -80, 1],
  }),
  operation('pick', 'one of each row', [float([4, 3]), integers('int32', [4], [2, 0, 0, 1])], (x, index) =>
    square(pick(x, index)),
  ),
  operation(
    'addAt',
    'to one of each row',
    [float([3, 4]), integers('int32', [3], [3, 0, 3]), float([3])],
    (x, index, y) => square(addAt(x, index, y)),
  ),
  operation(
    'crossEntropy',
    'of rows',
    [float([4, 3]), integers('int32', [4], [2, 0, 0, 1])],
    (x, index) => square(crossEntropy(x, index)),
    { extremes: [0, 80, -80, 1] },
  ),
];
