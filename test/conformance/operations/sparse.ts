/** Rows spread out from lists of entries, with the shapes and values they are checked at. */
import { sparseRows } from '../../../src/graph/ops/sparse.ts';
import { float, integers, noGradient, type OperationCase, operation } from '../cases.ts';

/** Four rows, of which the second and the last have no entries. */
const LISTS = [integers('int32', [5], [0, 2, 2, 5, 5]), integers('int32', [5], [3, 0, 1, 2, 0]), float([5])] as const;

export const sparseCases: readonly OperationCase[] = (
  [
    ['in order', [0, 1, 2, 3], 0],
    ['twice, in another order', [2, 0, 2, 1], Number.NaN],
    ['empty ones last', [2, 3, 1], 0],
    ['empty ones first', [1, 3, 0], -1],
    ['only empty ones', [1, 3], 0],
    ['one', [2], 0],
  ] as const
).map(([name, rows, absent]) =>
  operation(
    'sparseRows',
    name,
    [...LISTS, integers('int32', [rows.length], rows)],
    (starts, columns, values, index) => sparseRows({ starts, columns, values }, index, 4, absent),
    noGradient,
  ),
);
