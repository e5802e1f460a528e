import { describe, expect, test } from 'vitest';
import { runOnce } from '../../test/conformance/run.ts';
import { EngineError } from '../base/errors.ts';
import { float32 } from '../engine/engine.ts';
import { nodeEngine } from '../engine/node.ts';
import { gradient } from './gradient.ts';
import { add, multiply } from './ops/arithmetic.ts';
import { sum } from './ops/broadcast.ts';
import { exp, square, tanh } from './ops/elementwise.ts';
import { input } from './ops/input.ts';
import { matmul } from './ops/matmul.ts';
import { scan } from './ops/scan.ts';
import { split } from './ops/shape.ts';
import { ancestors } from './order.ts';
import { evaluate } from './reference.ts';
import type { Tensor } from './tensor.ts';
import { unroll } from './unroll.ts';

const start = input('start', 'float32', [2, 3]);
const rows = input('rows', 'float32', [4, 2, 3]);
const weights = input('weights', 'float32', [3, 3]);
const numbers = (length: number): number[] => Array.from({ length }, (_, i) => Math.sin(1.7 * i + 0.3));
const feeds = { start: numbers(6), rows: numbers(24), weights: numbers(9) };

/** Reads tensors from outside: one as it is, one of two that a node gives, one computed. */
function recurrence(order: 'forward' | 'reversed'): readonly Tensor[] {
  const [, last] = split(weights, 0, [2, 1]);
  const { carried, outputs } = scan({ carried: [start], scanned: [rows], order }, ([state], [row]) => {
    const next = tanh(add(add(matmul(state, weights), row), exp(last)));
    return { carried: [next], outputs: [square(next), row] };
  });
  return [...carried, ...outputs];
}

/** A loop inside of a loop, which reads the outer state. */
function nested(): readonly Tensor[] {
  const { carried } = scan({ carried: [start], scanned: [rows] }, ([state], [row]) => {
    const inner = scan({ carried: [state], scanned: [row] }, ([sofar], [slice]) => ({
      carried: [tanh(multiply(add(sofar, slice), state))],
      outputs: [],
    }));
    return { carried: inner.carried, outputs: [] };
  });
  return carried;
}

const cases: Readonly<Record<string, () => readonly Tensor[]>> = {
  forward: () => recurrence('forward'),
  reversed: () => recurrence('reversed'),
  nested,
  'with gradients': () => gradient(sum(square(recurrence('forward')[0])), [start, rows, weights]),
};

describe.each(Object.entries(cases))('%s', (_, build) => {
  const looped = build();
  const flat = unroll(looped, 8);

  test('no loop is left', () => {
    expect([...ancestors(flat)].filter(({ operation }) => operation.body)).toEqual([]);
  });

  test('gives what the loop gives, by the definition', () => {
    expect(evaluate(flat, feeds)).toEqual(evaluate(looped, feeds));
  });

  test('gives what the loop gives, by an engine', async () => {
    const engine = nodeEngine({ threads: 1 });
    const fed = {
      start: float32(feeds.start, [2, 3]),
      rows: float32(feeds.rows, [4, 2, 3]),
      weights: float32(feeds.weights, [3, 3]),
    };
    const [actual, expected] = [await runOnce(engine, flat, fed), await runOnce(engine, looped, fed)];
    for (const [at, values] of expected.entries())
      for (const [i, value] of values.entries()) expect(actual[at][i]).toBeCloseTo(value, 5);
  });
});

test('a loop and its gradient lay out the forward iterations once', () => {
  const [end] = recurrence('forward');
  const flat = unroll([end, ...gradient(sum(end), [start])], 8);
  const products = [...ancestors(flat)].filter(({ operation }) => operation.name === 'tanh');
  expect(products.length).toBe(4);
});

test('known tensors are replaced, and what they were made of is not looked at', () => {
  const other = input('other', 'float32', [2, 3]);
  const [copy] = unroll([add(exp(start), 1)], 8, new Map([[start, other]]));
  expect(evaluate([copy], { other: numbers(6) })).toEqual(evaluate([add(exp(start), 1)], { start: numbers(6) }));
});

test('a loop that is too long to be laid out is refused in four parts', () => {
  expect(() => unroll(recurrence('forward'), 3)).toThrow(EngineError);
  expect(() => unroll(recurrence('forward'), 3)).toThrow('expected at most 3 iterations');
});
