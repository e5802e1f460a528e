/** Random numbers, with the shapes and values they are checked at. */
import { add } from '../../../src/graph/ops/arithmetic.ts';
import { constant, iota } from '../../../src/graph/ops/input.ts';
import { normal, normalRange, uniform } from '../../../src/graph/ops/random.ts';
import { integers, noGradient, type OperationCase, operation } from '../cases.ts';

const keys = [
  integers('uint32', [2], [3_141_592_653, 271_828]),
  integers('uint32', [2], [0, 0]),
  integers('uint32', [2], [0xffffffff, 1]),
];

export const randomCases: readonly OperationCase[] = keys.flatMap((key, at) => [
  operation('uniform', `key ${at}`, [key], (k) => uniform(iota(1001), k), noGradient),
  operation(
    'uniform',
    `late counters, key ${at}`,
    [key],
    (k) => uniform(add(iota(9), constant(4_294_967_290, [], 'uint32')), k),
    noGradient,
  ),
  operation('normal', `[3, 5], key ${at}`, [key], (k) => normal(iota(16), k, [3, 5]), noGradient),
  ...[
    { from: 0, count: 3 },
    { from: 5, count: 6 },
    { from: 9, count: 7 },
  ].map((range) =>
    operation(
      'normalRange',
      `${range.count} from ${range.from} of 16, key ${at}`,
      [key],
      (k) => normalRange((first, count) => add(iota(count), constant(first, [], 'uint32')), k, 16, range),
      noGradient,
    ),
  ),
  operation('normal', `one number, key ${at}`, [key], (k) => normal(iota(2), k, []), noGradient),
]);
