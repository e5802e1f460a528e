/**
 * Every primitive of `src/graph/ops` with the shapes and values it is checked at, family by family. A closed list:
 * `operations.test.ts` fails when an exported operation has no case here.
 */
import type { OperationCase } from './cases.ts';
import { acrossCases } from './operations/across.ts';
import { arithmeticCases } from './operations/arithmetic.ts';
import { broadcastCases } from './operations/broadcast.ts';
import { chancesCases } from './operations/chances.ts';
import { comparisonCases } from './operations/comparison.ts';
import { convolutionCases } from './operations/convolution.ts';
import { elementwiseCases } from './operations/elementwise.ts';
import { inputCases } from './operations/input.ts';
import { matmulCases } from './operations/matmul.ts';
import { poolingCases } from './operations/pooling.ts';
import { randomCases } from './operations/random.ts';
import { reduceCases } from './operations/reduce.ts';
import { scanCases } from './operations/scan.ts';
import { shapeCases } from './operations/shape.ts';
import { sparseCases } from './operations/sparse.ts';

export const operationCases: readonly OperationCase[] = [
  ...acrossCases,
  ...arithmeticCases,
  ...broadcastCases,
  ...chancesCases,
  ...comparisonCases,
  ...convolutionCases,
  ...elementwiseCases,
  ...inputCases,
  ...matmulCases,
  ...poolingCases,
  ...randomCases,
  ...reduceCases,
  ...scanCases,
  ...shapeCases,
  ...sparseCases,
];
