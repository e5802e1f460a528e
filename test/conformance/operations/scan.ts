/** Loops: both directions, all that a body may read and give, loops inside of loops. */
import { add, multiply, subtract } from '../../../src/graph/ops/arithmetic.ts';
import { sum } from '../../../src/graph/ops/broadcast.ts';
import { greater, where } from '../../../src/graph/ops/comparison.ts';
import { exp, sigmoid, square, tanh } from '../../../src/graph/ops/elementwise.ts';
import { constant, iota } from '../../../src/graph/ops/input.ts';
import { affine, matmul } from '../../../src/graph/ops/matmul.ts';
import { normal } from '../../../src/graph/ops/random.ts';
import { scan } from '../../../src/graph/ops/scan.ts';
import { concat, split } from '../../../src/graph/ops/shape.ts';
import type { Tensor } from '../../../src/graph/tensor.ts';
import { float, integers, noGradient, type OperationCase, operation } from '../cases.ts';

function run(...[over, body]: Parameters<typeof scan>): readonly Tensor[] {
  const { carried, outputs } = scan(over, body);
  return [...carried, ...outputs];
}

/** tanh([x, h] W + b), the plainest recurrent network: weights from outside, used as product, as sum and element by element. */
function recurrent(order: 'forward' | 'reversed') {
  return (start: Tensor, rows: Tensor, toHidden: Tensor, hidden: Tensor, bias: Tensor): readonly Tensor[] => {
    return run({ carried: [start], scanned: [rows], order }, ([h], [x]) => {
      const next = tanh(add(affine(x, toHidden, bias), matmul(h, hidden)));
      return { carried: [next], outputs: [multiply(next, bias)] };
    });
  };
}

const recurrentOperands = (steps: number) => [
  float([2, 3]),
  float([steps, 2, 4]),
  float([4, 3], [-0.7, 0.7]),
  float([3, 3], [-0.7, 0.7]),
  float([3]),
];

export const scanCases: readonly OperationCase[] = [
  operation(
    'scan variable makeLoop',
    'running sum',
    [float([3]), float([5, 3])],
    (start, rows) => {
      const { carried, outputs } = scan({ carried: [start], scanned: [rows] }, ([total], [row]) => {
        const next = add(total, row);
        return { carried: [next], outputs: [next, square(row)] };
      });
      return [...carried, ...outputs];
    },
    { extremes: [] },
  ),
  operation(
    'scan',
    'nothing carried',
    [float([4, 2]), float([4])],
    (rows, factors) =>
      scan({ carried: [], scanned: [rows, factors] }, (_, [row, factor]) => ({
        carried: [],
        outputs: [multiply(row, factor)],
      })).outputs,
    { extremes: [] },
  ),
  operation(
    'scan',
    'values from outside, constant over the loop',
    [float([3, 2]), float([2])],
    (rows, outside) => {
      const squared = square(outside);
      const { outputs } = scan({ carried: [], scanned: [rows] }, (_, [row]) => ({
        carried: [],
        outputs: [add(row, multiply(squared, 3)), outside, squared],
      }));
      return [...outputs, squared];
    },
    { extremes: [] },
  ),
  operation(
    'scan',
    'nested',
    [float([2]), float([3, 2]), float([4])],
    (start, rows, inner) => {
      const { carried, outputs } = scan({ carried: [start], scanned: [rows] }, ([state], [row]) => {
        const shifted = add(state, row);
        const loop = scan({ carried: [shifted], scanned: [inner] }, ([now], [factor]) => ({
          carried: [add(multiply(now, 0.5), multiply(row, factor))],
          outputs: [sum(multiply(shifted, now))],
        }));
        return { carried: loop.carried, outputs: loop.outputs };
      });
      return [...carried, ...outputs];
    },
    { extremes: [] },
  ),
  operation(
    'scan',
    'state that stands still or changes places',
    [float([2]), float([2]), float([3])],
    (a, b, steps) =>
      scan({ carried: [a, b, a], scanned: [steps] }, ([x, y, z]) => ({ carried: [y, x, z], outputs: [] })).carried,
    { extremes: [] },
  ),
  operation(
    'scan',
    'two loops over one input',
    [float([3, 2])],
    (rows) => {
      const first = scan({ carried: [], scanned: [rows] }, (_, [row]) => ({ carried: [], outputs: [exp(row)] }));
      const second = scan(
        { carried: [constant(0, [2])], scanned: [first.outputs[0], rows] },
        ([total], [grown, row]) => ({
          carried: [add(total, multiply(grown, row))],
          outputs: [],
        }),
      );
      return second.carried;
    },
    { extremes: [0, -1e4, 20] },
  ),
  operation(
    'scan',
    'keys and numbers from them',
    [integers('uint32', [3, 2], [1, 2, 3, 4, 5, 6])],
    (rows) =>
      scan({ carried: [], scanned: [rows] }, (_, [key]) => ({ carried: [], outputs: [normal(iota(4), key, [2, 2])] }))
        .outputs,
    noGradient,
  ),
  operation('scan', 'recurrent', recurrentOperands(5), recurrent('forward'), { extremes: [] }),
  operation('scan', 'recurrent, reversed', recurrentOperands(4), recurrent('reversed'), { extremes: [] }),
  operation('scan', 'recurrent, one iteration', recurrentOperands(1), recurrent('forward'), { extremes: [] }),
  operation('scan', 'recurrent, one iteration, reversed', recurrentOperands(1), recurrent('reversed'), {
    extremes: [],
  }),
  operation(
    'scan',
    'recurrent, only the last state',
    recurrentOperands(3),
    (...operands) => recurrent('forward')(operands[0], operands[1], operands[2], operands[3], operands[4])[0],
    { extremes: [] },
  ),
  operation(
    'scan',
    'recurrent, only what is given out',
    recurrentOperands(3),
    (...operands) => recurrent('reversed')(operands[0], operands[1], operands[2], operands[3], operands[4])[1],
    { extremes: [] },
  ),
  operation(
    'scan',
    'products from both sides',
    [float([2, 3]), float([3, 2, 2]), float([3, 2]), float([3, 3], [-0.5, 0.5])],
    (start, factors, left, right) =>
      run({ carried: [start], scanned: [factors] }, ([state], [factor]) => {
        const turned = matmul(left, factor, { right: true });
        const mixed = matmul(turned, right, { left: true, right: true }, 0.5);
        const twice = matmul(left, turned, { left: true });
        return {
          carried: [add(matmul(factor, state), matmul(state, right, { right: true }, 0.3))],
          outputs: [mixed, twice],
        };
      }),
    { extremes: [] },
  ),
  operation(
    'scan',
    'several states that lean on each other',
    [float([3]), float([3]), float([2]), float([4, 3])],
    (a, b, unused, rows) =>
      run({ carried: [a, b, unused], scanned: [rows] }, ([x, y, z], [row]) => {
        const [gate, rest] = split(concat([sigmoid(x), tanh(multiply(row, y))], 0), 0, [2, 4]);
        const [first, second] = split(concat([rest, gate], 0), 0, [3, 3]);
        return { carried: [add(multiply(0.5, y), first), x, multiply(z, 2)], outputs: [multiply(second, y), x] };
      }),
    { extremes: [] },
  ),
  operation(
    'scan',
    'a mask that lets the state stand still',
    [float([2, 3]), float([4, 2, 3]), float([4, 2, 1])],
    (start, rows, marks) =>
      scan({ carried: [start], scanned: [rows, marks] }, ([state], [row, mark]) => ({
        carried: [where(greater(mark, 0.1), tanh(add(state, row)), state)],
        outputs: [],
      })).carried,
    { extremes: [] },
  ),
  operation(
    'scan',
    'a loop over what a loop gave',
    [float([3]), float([4, 3]), float([3])],
    (start, rows, factor) => {
      const up = scan({ carried: [start], scanned: [rows] }, ([state], [row]) => {
        const next = tanh(add(multiply(state, factor), row));
        return { carried: [next], outputs: [next] };
      });
      return run({ carried: up.carried, scanned: up.outputs, order: 'reversed' }, ([state], [row]) => {
        const next = sigmoid(subtract(multiply(state, row), factor));
        return { carried: [next], outputs: [multiply(next, next)] };
      });
    },
    { extremes: [] },
  ),
];
