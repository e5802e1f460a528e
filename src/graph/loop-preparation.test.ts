import { describe, expect, test } from 'vitest';
import { valuesOf } from '../../test/conformance/cases.ts';
import { operationCases } from '../../test/conformance/operations.ts';
import { createRandom } from '../base/random.ts';
import { lower } from '../engine/onnx/lower.ts';
import { gradient } from './gradient.ts';
import { add, multiply } from './ops/arithmetic.ts';
import { sum } from './ops/broadcast.ts';
import { greater, where } from './ops/comparison.ts';
import { relu, sigmoid, square, tanh } from './ops/elementwise.ts';
import { input } from './ops/input.ts';
import { scan } from './ops/scan.ts';
import { evaluate } from './reference.ts';
import { type Shape, sizeOf, type Tensor } from './tensor.ts';

/** h ← tanh(w h) · σ(row) · level, the last h: a carried state, a row that is spread over it, and a number for each iteration. */
function loop(shape: Shape) {
  const [rows, levels] = [input('rows', 'float32', [5, ...shape.slice(1)]), input('levels', 'float32', [5])];
  const [start, weight] = [input('start', 'float32', shape), input('weight', 'float32', shape)];
  const { carried } = scan({ carried: [start], scanned: [rows, levels] }, ([state], [row, level]) => ({
    carried: [multiply(multiply(tanh(multiply(weight, state)), sigmoid(row)), level)],
    outputs: [],
  }));
  return { loss: sum(square(carried[0])), inputs: [start, weight, rows, levels] };
}

/** The operators of every loop's body. */
function bodies(tensors: Readonly<Record<string, Tensor>>): string[][] {
  const scans = lower(tensors).graph.nodes.filter(({ operator }) => operator === 'Scan');
  return scans.map(({ attributes }) => {
    const body = attributes?.body;
    return body && 'graph' in body ? body.graph.nodes.map(({ operator }) => operator) : [];
  });
}

/** Random numbers for inputs, from 0.5 to 1.5. */
function draw(inputs: readonly Tensor[]): Record<string, Float64Array> {
  const random = createRandom(5);
  return Object.fromEntries(
    inputs.map(({ shape, node }) => [
      node.operation.input?.name ?? '',
      Float64Array.from({ length: sizeOf(shape) }, () => 0.5 + random.uniform()),
    ]),
  );
}

/** The derivative of `loss` in the direction of all ones, for each input: of the graph, and by central differences. */
function slopes(loss: Tensor, inputs: readonly Tensor[]): [number, number][] {
  const feeds = draw(inputs);
  const found = evaluate(gradient(loss, inputs), feeds);
  return Object.keys(feeds).map((name, at) => {
    const moved = (by: number): number =>
      evaluate([loss], { ...feeds, [name]: feeds[name].map((value) => value + by) })[0][0];
    return [found[at].reduce((total, value) => total + value, 0), (moved(1e-5) - moved(-1e-5)) / 2e-5];
  });
}

test('a step back multiplies once by all that the forward loop knows', () => {
  const { loss, inputs } = loop([2, 3]);
  const [, backward] = bodies({ slope: gradient(loss, [inputs[0]])[0] });
  // w · (1 − tanh²) · σ · level was five products and differences.
  expect(backward).toEqual(['Mul']);
});

test('what is too large for a cache in all iterations stays in the loop', () => {
  const { loss, inputs } = loop([64, 65]);
  const [, backward] = bodies({ slope: gradient(loss, [inputs[0]])[0] });
  expect(backward.filter((operator) => operator === 'Sub')).toHaveLength(1);
});

test.each([
  ['prepared', [2, 3]],
  ['left in the loop', [64, 65]],
])('gradients are those of central differences where factors are %s', (_, shape) => {
  const { loss, inputs } = loop(shape);
  for (const [found, expected] of slopes(loss, inputs))
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected)));
});

test('masks and kinks are prepared too, and gradients of gradients go through what was prepared', () => {
  const [rows, start] = [input('rows', 'float32', [4, 3]), input('start', 'float32', [2, 3])];
  const { carried } = scan({ carried: [start], scanned: [rows] }, ([state], [row]) => ({
    carried: [where(greater(row, 0.8), relu(multiply(square(state), row)), add(state, row))],
    outputs: [],
  }));
  const loss = sum(square(carried[0]));
  const penalty = sum(square(gradient(loss, [start])[0]));
  const [, backward] = bodies({ slope: gradient(loss, [start])[0] });
  expect(backward).not.toContain('Greater');
  for (const [found, expected] of [loss, penalty].flatMap((value) => slopes(value, [rows, start])))
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected)));
});

describe('an operation done element by element gives on stacks the stack of what it gives', () => {
  test.each(operationCases)('$name', (item) => {
    const random = createRandom(7).fork(item.name);
    const operands = item.operands.map(({ shape, dtype }, at) => input(`operand${at}`, dtype, shape));
    for (const { node, shape } of item.build(operands)) {
      const { elementwise } = node.operation;
      if (!elementwise) continue;
      const turns = [0, 1].map(() =>
        evaluate(
          [...node.inputs, ...node.outputs],
          Object.fromEntries(
            item.operands.map((operand, at) => [`operand${at}`, valuesOf(operand, at, () => random.uniform())]),
          ),
        ),
      );
      const stacks = node.inputs.map((one, at) =>
        input(`stack${at}`, one.dtype, [
          2,
          ...new Array<number>(shape.length - one.shape.length).fill(1),
          ...one.shape,
        ]),
      );
      const feeds = Object.fromEntries(
        stacks.map((_, at) => [`stack${at}`, turns.flatMap((values) => [...values[at]])]),
      );
      const result = elementwise(stacks);
      expect(result.shape).toEqual([2, ...shape]);
      expect([...evaluate([result], feeds)[0]]).toEqual(turns.flatMap((values) => [...values[node.inputs.length]]));
    }
  });
});
