import { describe, expect, test } from 'vitest';
import { EngineError } from '../base/errors.ts';
import { gradient } from '../graph/gradient.ts';
import { add, multiply } from '../graph/ops/arithmetic.ts';
import { sum } from '../graph/ops/broadcast.ts';
import { exp, square, tanh } from '../graph/ops/elementwise.ts';
import { constant, input } from '../graph/ops/input.ts';
import { scan } from '../graph/ops/scan.ts';
import { gather } from '../graph/ops/shape.ts';
import { ancestors } from '../graph/order.ts';
import type { Tensor } from '../graph/tensor.ts';
import { compileOnDevice, type Device } from './device-loops.ts';
import { float32, type HostTensor } from './engine.ts';
import { nodeEngine } from './node.ts';

/** The native engine as a device that has no loops: what lies on it is counted. */
function loopless() {
  const engine = nodeEngine({ threads: 1 });
  const there = new Set<HostTensor>();
  let runs = 0;
  const device: Device<HostTensor> = {
    async compile(outputs) {
      const nodes = [...ancestors(Object.values(outputs))];
      expect(nodes.filter(({ operation }) => operation.body)).toEqual([]);
      const program = await engine.compile(outputs);
      const names = nodes.flatMap(({ operation }) => (operation.input ? [operation.input.name] : []));
      return {
        inputNames: [...new Set(names)],
        async run(inputs) {
          runs++;
          const given = await program.run(inputs);
          for (const value of Object.values(given)) there.add(value);
          return given;
        },
        dispose: () => program.dispose(),
      };
    },
    put(tensor, uses) {
      const value = { ...tensor };
      if (uses === 'many') there.add(value);
      return value;
    },
    read: async (values) => values,
    drop: (value) => {
      there.delete(value);
    },
  };
  return { engine, device, there, runs: () => runs };
}

const rows = input('rows', 'float32', [2, 3], { anyLength: true });
const start = input('start', 'float32', [3]);
const table = input('table', 'float32', [2, 3], { anyLength: true });
const picks = input('picks', 'int32', [2], { anyLength: true });
const numbers = (length: number, shift = 0): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(1.3 * i + shift));

const loops: Readonly<Record<string, () => Record<string, Tensor>>> = {
  'state, stacks, something computed outside and a loop of fixed length inside': () => {
    const outside = exp(start);
    const { carried, outputs } = scan({ carried: [start, constant(1, [3])], scanned: [rows] }, ([x, y], [row]) => {
      const inner = scan({ carried: [row], scanned: [x] }, ([sofar], [one]) => ({
        carried: [tanh(add(sofar, one))],
        outputs: [],
      }));
      const next = tanh(add(multiply(x, outside), inner.carried[0]));
      return { carried: [next, add(y, row)], outputs: [sum(next), square(x)] };
    });
    return { x: carried[0], y: carried[1], sums: outputs[0], squares: outputs[1], outside };
  },
  'from the last to the first': () => {
    const { carried, outputs } = scan({ carried: [start], scanned: [rows], order: 'reversed' }, ([x], [row]) => {
      const next = tanh(add(multiply(x, 2), row));
      return { carried: [next], outputs: [next] };
    });
    return { end: carried[0], stack: outputs[0] };
  },
  'one loop reads what another gives': () => {
    const first = scan({ carried: [start], scanned: [rows] }, ([x], [row]) => ({
      carried: [tanh(add(x, row))],
      outputs: [],
    }));
    const second = scan({ carried: [], scanned: [picks] }, (_, [pick]) => ({
      carried: [],
      outputs: [add(gather(table, pick), exp(first.carried[0]))],
    }));
    return { last: multiply(first.carried[0], 3), stack: second.outputs[0] };
  },
  'gradients inside': () => {
    const { carried } = scan({ carried: [start], scanned: [rows] }, ([x], [row]) => {
      const [slope] = gradient(sum(square(add(x, row))), [x]);
      return { carried: [add(x, multiply(slope, -0.1))], outputs: [] };
    });
    return { end: carried[0] };
  },
  'no loop': () => ({ y: exp(start), start }),
};

describe.each(Object.entries(loops))('%s', (_, build) => {
  test.each([1, 3, 4, 11])('gives after %i iterations what the engine gives', async (count) => {
    const feeds = {
      rows: float32(numbers(3 * count), [count, 3]),
      start: float32(numbers(3, 2)),
      table: float32(numbers(15, 1), [5, 3]),
      picks: { data: Int32Array.from({ length: count }, (_, i) => (3 * i) % 5), shape: [count] },
    };
    const { engine, device, there } = loopless();
    const outputs = build();
    const [program, plain] = [await compileOnDevice(device, outputs), await engine.compile(outputs)];
    const expected = await plain.run(feeds);
    for (let again = 0; again < 2; again++) {
      const actual = await program.run(feeds);
      expect(Object.keys(actual)).toEqual(Object.keys(expected));
      for (const [name, { data, shape }] of Object.entries(expected)) {
        expect(actual[name].shape).toEqual(shape);
        for (const [i, value] of data.entries()) expect(actual[name].data[i]).toBeCloseTo(value, 5);
      }
      expect(there.size).toBe(0);
    }
    await program.dispose();
    await plain.dispose();
  });
});

test('several iterations are one run', async () => {
  const { device, runs } = loopless();
  const program = await compileOnDevice(device, loops['from the last to the first']());
  await program.run({ rows: float32(numbers(27), [9, 3]), start: float32(numbers(3)) });
  expect(runs()).toBe(3);
});

test('a loop of fixed length that is too long is refused when it is compiled', async () => {
  const long = input('long', 'float32', [1000, 3]);
  const { carried } = scan({ carried: [start], scanned: [long] }, ([x], [row]) => ({
    carried: [add(x, row)],
    outputs: [],
  }));
  await expect(compileOnDevice(loopless().device, { end: carried[0] })).rejects.toThrow(EngineError);
  await expect(compileOnDevice(loopless().device, { end: carried[0] })).rejects.toThrow('got 1000; take an engine');
});
