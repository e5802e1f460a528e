import { describe, expect, test } from 'vitest';
import { valuesOf } from '../../../test/conformance/cases.ts';
import { operationCases } from '../../../test/conformance/operations.ts';
import { runOnce } from '../../../test/conformance/run.ts';
import { ShapeError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { lower } from '../../engine/onnx/lower.ts';
import { gradient } from '../gradient.ts';
import { evaluate } from '../reference.ts';
import type { Tensor } from '../tensor.ts';
import { add, multiply } from './arithmetic.ts';
import { broadcastTo, reshape, sum } from './broadcast.ts';
import { square, tanh } from './elementwise.ts';
import { constant, input } from './input.ts';
import { type ScanStep, scan } from './scan.ts';

test('any number of iterations may be fed where the scanned input has any length', async () => {
  const rows = input('rows', 'float32', [2, 3], { anyLength: true });
  const start = input('start', 'float32', [3]);
  const { carried, outputs } = scan({ carried: [start], scanned: [rows] }, ([total], [row]) => ({
    carried: [add(total, row)],
    outputs: [sum(row)],
  }));
  for (const count of [1, 2, 7]) {
    const values = Float32Array.from({ length: 3 * count }, (_, i) => i);
    const [total, sums] = await runOnce(nodeEngine({ threads: 1 }), [...carried, ...outputs], {
      rows: float32(values, [count, 3]),
      start: float32([1, 1, 1]),
    });
    expect(sums).toEqual(Array.from({ length: count }, (_, i) => 9 * i + 3));
    expect(total[0]).toBe(1 + (3 * count * (count - 1)) / 2);
  }
});

test('gradients taken inside a loop descend', async () => {
  const start = input('start', 'float32', [2]);
  const rates = input('rates', 'float32', [50], { anyLength: true });
  const { carried } = scan({ carried: [start], scanned: [rates] }, ([x], [rate]) => {
    const [slope] = gradient(sum(square(add(x, -3))), [x]);
    return { carried: [add(x, multiply(slope, multiply(rate, -1)))], outputs: [] };
  });
  const [end] = await runOnce(nodeEngine({ threads: 1 }), carried, {
    start: float32([10, -5]),
    rates: float32(Array(50).fill(0.1)),
  });
  // Every step multiplies the distance from 3 by 0.8.
  expect(end[0] - 3).toBeCloseTo(7 * 0.8 ** 50, 5);
  expect(end[1] - 3).toBeCloseTo(-8 * 0.8 ** 50, 5);
});

test('state that changes shape and scanned tensors of two lengths are refused', () => {
  const rows = input('rows', 'float32', [4, 2]);
  const short = input('short', 'float32', [3, 2]);
  const start = input('start', 'float32', [2]);
  expect(() => scan({ carried: [start], scanned: [rows] }, ([x]) => ({ carried: [sum(x)], outputs: [] }))).toThrow(
    ShapeError,
  );
  expect(() => scan({ carried: [start], scanned: [rows] }, () => ({ carried: [], outputs: [] }))).toThrow(ShapeError);
  expect(() => scan({ carried: [], scanned: [rows, short] }, (_, [x]) => ({ carried: [], outputs: [x] }))).toThrow(
    ShapeError,
  );
});

test('a loop of any length is not differentiated from outside', () => {
  const rows = input('rows', 'float32', [2, 3], { anyLength: true });
  const factor = input('factor', 'float32', [3]);
  const { carried } = scan({ carried: [factor], scanned: [rows] }, ([state], [row]) => ({
    carried: [multiply(state, row)],
    outputs: [],
  }));
  expect(() => gradient(sum(carried[0]), [factor])).toThrow('internal: a loop of any length');
});

test('a loop and its gradient run the forward iterations once, and nothing unread is stacked', () => {
  const [start, rows] = [input('start', 'float32', [3]), input('rows', 'float32', [5, 3])];
  const { carried } = scan({ carried: [start], scanned: [rows] }, ([state], [row]) => {
    const next = tanh(multiply(state, row));
    return { carried: [next], outputs: [next, square(next)] };
  });
  const loss = sum(carried[0]);
  const { graph } = lower({ loss, slope: gradient(loss, [start])[0] });
  const loops = graph.nodes.filter(({ operator }) => operator === 'Scan');
  expect(loops).toHaveLength(2);
  // The state, and of every iteration only its tanh; the gradient of the rows is not asked for.
  expect(loops.map(({ outputs }) => outputs.length)).toEqual([2, 1]);
});

test('shapes that do not fit are refused', () => {
  const x = input('x', 'float32', [3]);
  expect(() => broadcastTo(x, [4])).toThrow(ShapeError);
  expect(() => broadcastTo(x, [1])).toThrow(ShapeError);
  expect(() => reshape(x, [2])).toThrow(ShapeError);
  expect(() => gradient(x, [x])).toThrow(ShapeError);
});

describe('gradients through a loop are those of the same loop written out', () => {
  const turns = [1, 0.5, 0.25];

  test.each(operationCases.filter(({ isDifferentiable }) => isDifferentiable))('with $name as its body', (item) => {
    const random = createRandom(3).fork(item.name);
    const operands = item.operands.map(({ shape, dtype }, at) => input(`operand${at}`, dtype, shape));
    const feeds = Object.fromEntries(
      item.operands.map((operand, at) => [`operand${at}`, valuesOf(operand, at, () => random.uniform())]),
    );
    const asked = operands.filter(({ dtype }) => dtype === 'float32');
    /** The case at operands that shrink from turn to turn. */
    const step = (states: readonly Tensor[], turn: Tensor): ScanStep => {
      const values = new Map(asked.map((operand, at) => [operand, states[at]]));
      const given = item.build(operands.map((operand) => values.get(operand) ?? operand));
      return { carried: states.map((state) => multiply(state, 0.75)), outputs: [total(given, turn)] };
    };
    const looped = scan({ carried: asked, scanned: [constant(turns, [3])] }, (states, [turn]) => step(states, turn));
    let unrolled = constant(0);
    let states: readonly Tensor[] = asked;
    for (const turn of turns) {
      const { carried, outputs } = step(states, constant(turn));
      [unrolled, states] = [add(unrolled, outputs[0]), carried];
    }
    const [actual, expected] = [total(looped.outputs, constant(1)), unrolled].map((loss) => {
      const once = gradient(loss, asked);
      return evaluate([loss, ...once, ...gradient(total(once.map(square), constant(1)), asked)], feeds);
    });
    for (const [at, values] of expected.entries())
      for (const [i, value] of values.entries())
        expect(Math.abs(actual[at][i] - value), `${at}[${i}]`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
  });
});

/** Σ of all elements of all tensors, times `factor`. */
function total(tensors: readonly Tensor[], factor: Tensor): Tensor {
  return multiply(
    tensors.reduce((sofar, tensor) => add(sofar, sum(tensor)), constant(0)),
    factor,
  );
}
