/** Sums over ranks, where there is one: over several, `src/engine/across.test.ts`. */
import { joinAcross, sumAcross } from '../../../src/graph/ops/across.ts';
import { float, type OperationCase, operation } from '../cases.ts';

export const acrossCases: readonly OperationCase[] = [
  ...[[], [7], [2, 3]].map((shape) => operation('sumAcross', `[${shape}]`, [float(shape)], (x) => sumAcross(x))),
  operation('joinAcross', 'rows of others on both sides', [float([2, 3])], (x) => joinAcross(x, 1, 5)),
  operation('joinAcross', 'the first rows', [float([2])], (x) => joinAcross(x, 0, 3)),
  operation('joinAcross', 'all rows', [float([2, 3])], (x) => joinAcross(x, 0, 2)),
];
