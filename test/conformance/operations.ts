/**
 * Every primitive of `src/graph/ops` with the shapes and values it is checked at. A closed list: `operations.test.ts` fails
 * when an exported operation has no case here.
 */

import { add, divide, maximum, minimum, multiply, negate, scaleOf, subtract } from '../../src/graph/ops/arithmetic.ts';
import { broadcastTo, reshape, sum, sumTo } from '../../src/graph/ops/broadcast.ts';
import { addAt, crossEntropy, logSoftmax, pick } from '../../src/graph/ops/chances.ts';
import { cast, equal, greater, inside, isNan, less, oneHot, where } from '../../src/graph/ops/comparison.ts';
import {
  abs,
  cos,
  erf,
  exp,
  floor,
  log,
  relu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  tanh,
} from '../../src/graph/ops/elementwise.ts';
import { asTensor, constant, iota, leaf, stopGradient, withGradient } from '../../src/graph/ops/input.ts';
import { affine, matmul } from '../../src/graph/ops/matmul.ts';
import { normal, uniform } from '../../src/graph/ops/random.ts';
import { argMax, kthLargest, logSumExp, max, mean } from '../../src/graph/ops/reduce.ts';
import { concat, gather, scatterAdd, slice, split, transpose } from '../../src/graph/ops/shape.ts';
import { sparseRows } from '../../src/graph/ops/sparse.ts';
import type { Shape, Tensor } from '../../src/graph/tensor.ts';
import {
  float,
  integers,
  noGradient,
  type OperationCase,
  operation,
  POSITIVE,
  type Traits,
  WIDE_BUT_ZERO,
} from './cases.ts';
import { convolutionCases } from './convolutions.ts';
import { recurrenceCases } from './recurrences.ts';

const BROADCASTS: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[3], [3]],
  [[5], []],
  [[], [2, 3]],
  [[2, 3], [3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [
    [2, 3, 1, 5],
    [3, 4, 1],
  ],
  [
    [1, 1],
    [3, 1],
  ],
];

function binaryCases(
  name: string,
  build: (x: Tensor | number, y: Tensor | number) => Tensor,
  traits: Traits & { readonly right?: readonly [number, number] } = {},
): readonly OperationCase[] {
  const right = traits.right ?? [-2, 2];
  return [
    ...BROADCASTS.map(([a, b]) => operation(name, `[${a}] [${b}]`, [float(a), float(b, right)], build, traits)),
    operation(name, 'x 3', [float([2, 3])], (x) => build(x, 3), traits),
    operation(name, '1 x', [float([2, 3], right)], (x) => build(1, x), traits),
    operation(name, 'x 1', [float([7])], (x) => build(x, 1), traits),
    operation(
      name,
      'of spread values',
      [float([2, 1]), float([3], right)],
      (x, y) => build(broadcastTo(x, [2, 3]), broadcastTo(y, [2, 3])),
      traits,
    ),
    operation(
      name,
      'spread by the whole',
      [float([1]), float([], right)],
      (x, y) => build(broadcastTo(x, [4, 3]), y),
      traits,
    ),
  ];
}

function unaryCases(
  name: string,
  build: (x: Tensor) => Tensor,
  { range, ...traits }: Traits & { readonly range?: readonly [number, number] } = {},
): readonly OperationCase[] {
  return [[], [7], [2, 3], [3, 1, 5], [2, 1, 3, 2]].map((shape) =>
    operation(name, `[${shape}]`, [float(shape, range)], build, traits),
  );
}

const elementwise: readonly OperationCase[] = [
  ...binaryCases('add', add),
  ...binaryCases('subtract', subtract),
  ...binaryCases('multiply', multiply),
  ...binaryCases('divide', divide, { right: [0.5, 2], extremes: WIDE_BUT_ZERO }),
  ...binaryCases('maximum', maximum, { extremes: WIDE_BUT_ZERO.map((value) => value * 1.37) }),
  ...binaryCases('minimum', minimum, { extremes: WIDE_BUT_ZERO.map((value) => value * 1.37) }),
  ...binaryCases('greater', greater, noGradient),
  ...binaryCases('less', less, noGradient),
  ...binaryCases('equal', equal, noGradient),
  operation('equal', 'with equal ones', [float([2, 6])], (x) => equal(floor(x), slice(floor(x), 1, 2, 3)), noGradient),
  ...unaryCases('negate', negate),
  ...unaryCases('exp', exp, { extremes: [0, -1e4, -50, 50] }),
  ...unaryCases('log', log, { range: [0.1, 3], extremes: POSITIVE }),
  ...unaryCases('sqrt', sqrt, { range: [0.1, 3], extremes: POSITIVE }),
  ...unaryCases('abs', abs, { extremes: WIDE_BUT_ZERO }),
  ...unaryCases('sign', sign, { extremes: WIDE_BUT_ZERO }),
  ...unaryCases('floor', floor, { extremes: [1e4 + 0.5, -1e4 - 0.5, 0.5, -0.5] }),
  ...unaryCases('sin', sin),
  ...unaryCases('cos', cos),
  ...unaryCases('tanh', tanh),
  ...unaryCases('sigmoid', sigmoid),
  ...unaryCases('softplus', softplus),
  ...unaryCases('relu', relu, { extremes: WIDE_BUT_ZERO }),
  ...unaryCases('erf', erf, { range: [-4, 4] }),
  ...unaryCases('square', square),
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
  operation('asTensor', 'of a number', [float([3])], (x) => multiply(asTensor(x), asTensor(2))),
  operation(
    'stopGradient',
    'of a product',
    [float([2, 3])],
    (x) => multiply(stopGradient(multiply(x, 1)), 1),
    noGradient,
  ),
  operation('kthLargest', 'first and last', [float([4, 7])], (x) => [kthLargest(x, 1), kthLargest(x, 7)], noGradient),
  operation('kthLargest', 'of many', [float([3, 100])], (x) => kthLargest(x, 13), noGradient),
  operation('argMax', 'of rows', [float([5, 9])], (x) => argMax(x), noGradient),
  operation('logSoftmax', 'over the last axis', [float([2, 3, 4])], (x) => logSoftmax(x), {
    extremes: [0, 80, -80, 1],
  }),
  operation('logSumExp', 'of rows', [float([4, 6])], (x) => logSumExp(x), { extremes: [0, 80, -80, 1] }),
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
  operation(
    'argMax',
    'of one-hot rows',
    [integers('int32', [4], [2, -1, 3, 0])],
    (x) => argMax(oneHot(x, 3)),
    noGradient,
  ),
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
  operation('withGradient', 'passed on as it comes', [float([2, 3])], (x) =>
    multiply(
      withGradient(multiply(x, 2), (upstream) => multiply(upstream, 1)),
      x,
    ),
  ),
  operation('leaf', 'of a product', [float([2, 3])], (x) => multiply(leaf(multiply(x, 2)), x)),
  operation('scaleOf', 'of a product with a number', [float([2, 3])], (x) => scaleOf(multiply(3, square(x)))?.of ?? []),
];

const broadcasting: readonly OperationCase[] = [
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
  ...(
    [
      [[], []],
      [[7], [0]],
      [[2, 3], [1]],
      [
        [2, 3, 5],
        [0, 2],
      ],
      [
        [2, 3, 1, 4],
        [1, 2],
      ],
      [[3, 1], [1]],
    ] as const
  ).flatMap(([shape, axes]) => [
    operation('sum', `[${shape}] over ${axes}`, [float(shape)], (x) => square(sum(x, axes))),
    operation('mean', `[${shape}] over ${axes}`, [float(shape)], (x) => square(mean(x, axes))),
    operation('max', `[${shape}] over ${axes}`, [float(shape)], (x) => square(max(x, axes)), {
      extremes: [1e4, -1e4, 3, -2, 0.5, 7, -9, 11],
    }),
  ]),
  operation('sum', 'of all', [float([2, 3, 4])], (x) => square(sum(x))),
  operation('mean', 'of all', [float([2, 3, 4])], (x) => square(mean(x))),
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
  operation('max', 'with ties', [float([3, 4])], (x) => max(minimum(x, 0.25), [1]), noGradient),
];

const transpositions = [{}, { left: true }, { right: true }, { left: true, right: true }] as const;
const sizes = [
  [2, 3, 4],
  [1, 7, 1],
  [5, 1, 3],
  [1, 4, 3],
] as const;

/** With one on each side that there is no row for. */
const CHOSEN = integers('int32', [6], [2, -1, 0, 3, 2, 1]);

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

const choosing: readonly OperationCase[] = [
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

const moving: readonly OperationCase[] = [
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
  operation('constant', 'filled, listed, scalar', [float([2, 3])], (x) =>
    add(multiply(x, constant([1, -2, 3], [3])), add(constant(0.5, [2, 3]), constant(2))),
  ),
  operation(
    'constant',
    'of integers',
    [integers('uint32', [3], [1, 2, 4_000_000_000])],
    (x) => add(x, constant([7, 0, 5], [3], 'uint32')),
    noGradient,
  ),
  operation('iota', '7', [float([7])], (x) => multiply(x, cast(iota(7), 'float32'))),
  operation('input', 'of rank 4', [float([1, 2, 1, 3])], (x) => x),
];

/** Four rows, of which the second and the last have no entries. */
const LISTS = [integers('int32', [5], [0, 2, 2, 5, 5]), integers('int32', [5], [3, 0, 1, 2, 0]), float([5])] as const;

const sparse: readonly OperationCase[] = (
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

const keys = [
  integers('uint32', [2], [3_141_592_653, 271_828]),
  integers('uint32', [2], [0, 0]),
  integers('uint32', [2], [0xffffffff, 1]),
];

const randomNumbers: readonly OperationCase[] = keys.flatMap((key, at) => [
  operation('uniform', `key ${at}`, [key], (k) => uniform(iota(1001), k), noGradient),
  operation(
    'uniform',
    `late counters, key ${at}`,
    [key],
    (k) => uniform(add(iota(9), constant(4_294_967_290, [], 'uint32')), k),
    noGradient,
  ),
  operation('normal', `[3, 5], key ${at}`, [key], (k) => normal(iota(16), k, [3, 5]), noGradient),
  operation('normal', `one number, key ${at}`, [key], (k) => normal(iota(2), k, []), noGradient),
]);

export const operationCases: readonly OperationCase[] = [
  ...elementwise,
  ...broadcasting,
  ...products,
  ...choosing,
  ...moving,
  ...sparse,
  ...randomNumbers,
  ...recurrenceCases,
  ...convolutionCases,
];
