/** Products of matrices, with the shapes and values they are checked at. */
import { multiply } from '../../../src/graph/ops/arithmetic.ts';
import { reshape } from '../../../src/graph/ops/broadcast.ts';
import { oneHot } from '../../../src/graph/ops/comparison.ts';
import { affine, matmul } from '../../../src/graph/ops/matmul.ts';
import { transpose } from '../../../src/graph/ops/shape.ts';
import { float, integers, type OperationCase, operation } from '../cases.ts';

const transpositions = [{}, { left: true }, { right: true }, { left: true, right: true }] as const;
const sizes = [
  [2, 3, 4],
  [1, 7, 1],
  [5, 1, 3],
  [1, 4, 3],
] as const;

const products: readonly OperationCase[] = sizes.flatMap(([n, k, m]) =>
  transpositions.flatMap((transposed) => {
    const a = float('left' in transposed ? [k, n] : [n, k]);
    const b = float('right' in transposed ? [m, k] : [k, m]);
    const name = `${n}×${k}×${m} ${Object.keys(transposed).join(' ')}`;
    return [
      operation('matmul', name, [a, b], (x, y) => matmul(x, y, transposed)),
      operation('matmul', `${name} times 3`, [a, b], (x, y) => matmul(x, y, transposed, 3)),
      operation('affine', name, [a, b, float([m])], (x, y, z) => affine(x, y, z, transposed)),
      operation('affine', `${name} plus a matrix`, [a, b, float([n, m])], (x, y, z) => affine(x, y, z, transposed)),
      operation('affine', `${name} times 3`, [a, b, float([m])], (x, y, z) => multiply(3, affine(x, y, z, transposed))),
    ];
  }),
);

/** With one on each side that there is no row for. */
const CHOSEN = integers('int32', [6], [2, -1, 0, 3, 2, 1]);

export const matmulCases: readonly OperationCase[] = [
  ...products,
  operation('matmul', 'of one-hot rows', [CHOSEN, float([3, 2])], (index, y) => matmul(oneHot(index, 3), y)),
  operation('matmul', 'of one-hot rows, times 3', [CHOSEN, float([3, 2])], (index, y) =>
    matmul(oneHot(index, 3), y, {}, 3),
  ),
  operation('matmul', 'of one-hot rows, transposed', [CHOSEN, float([6, 2])], (index, y) =>
    matmul(oneHot(index, 3), y, { left: true }, 3),
  ),
  operation('affine', 'of one-hot rows', [CHOSEN, float([3, 2]), float([2])], (index, y, z) =>
    affine(oneHot(index, 3), y, z),
  ),
  operation('affine', 'of one-hot rows in another order', [CHOSEN, float([3, 2]), float([6, 2])], (index, y, z) =>
    affine(reshape(transpose(reshape(oneHot(index, 3), [2, 3, 3]), [1, 0, 2]), [6, 3]), y, z),
  ),
];
