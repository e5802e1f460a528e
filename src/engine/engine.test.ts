import * as native from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../base/errors.ts';
import { add, multiply } from '../graph/ops/arithmetic.ts';
import { cast, less } from '../graph/ops/comparison.ts';
import { exp } from '../graph/ops/elementwise.ts';
import { constant, input } from '../graph/ops/input.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { scan } from '../graph/ops/scan.ts';
import { concat, split } from '../graph/ops/shape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { float32 } from './engine.ts';
import { nodeEngine } from './node.ts';
import { lower } from './onnx/lower.ts';
import type { OnnxGraph } from './onnx/protobuf.ts';
import { load } from './onnxruntime.ts';
import { webEngine } from './web.ts';

describe.each([nodeEngine({ threads: 1 }), webEngine({ threads: 1 })])('$name', (engine) => {
  test('runs again and again, with any length where that is free, and leaves its inputs alone', async () => {
    const x = input('x', 'float32', [2, 3], { anyLength: true });
    const w = input('w', 'float32', [3, 2]);
    const program = await engine.compile({ y: matmul(x, w), twice: multiply(x, 2) });
    const weights = float32([1, 2, 3, 4, 5, 6], [3, 2]);
    for (const rows of [1, 2, 5]) {
      const values = float32(
        Float32Array.from({ length: 3 * rows }, (_, i) => i),
        [rows, 3],
      );
      const { y, twice } = await program.run({ x: values, w: weights });
      expect([y.shape, twice.shape]).toEqual([
        [rows, 2],
        [rows, 3],
      ]);
      expect([...y.data.slice(0, 2)]).toEqual([0 * 1 + 1 * 3 + 2 * 5, 0 * 2 + 1 * 4 + 2 * 6]);
      expect([...values.data]).toEqual(Array.from({ length: 3 * rows }, (_, i) => i));
      expect([...weights.data]).toEqual([1, 2, 3, 4, 5, 6]);
    }
    await program.dispose();
  });

  test('results of one run are not overwritten by the next', async () => {
    const x = input('x', 'float32', [3]);
    const program = await engine.compile({ y: add(x, 1) });
    const first = await program.run({ x: float32([1, 2, 3]) });
    await program.run({ x: float32([7, 8, 9]) });
    expect([...first.y.data]).toEqual([2, 3, 4]);
    await program.dispose();
  });

  test('one tensor under two names, an input or a constant as output, and bools', async () => {
    const x = input('x', 'float32', [2]);
    const program = await engine.compile({
      a: x,
      b: x,
      c: constant([4, 5], [2]),
      d: constant(6, [2]),
      e: less(x, 2),
      f: cast(less(x, 2), 'uint8'),
    });
    const results = await program.run({ x: float32([1, 3]) });
    expect(Object.entries(results).map(([name, { data }]) => [name, [...data]])).toEqual([
      ['a', [1, 3]],
      ['b', [1, 3]],
      ['c', [4, 5]],
      ['d', [6, 6]],
      ['e', [1, 0]],
      ['f', [1, 0]],
    ]);
    await program.dispose();
  });

  test('a missing input, a wrong shape and a wrong type are EngineErrors', async () => {
    const program = await engine.compile({ y: add(input('x', 'float32', [3]), input('z', 'float32', [3])) });
    const good = float32([1, 2, 3]);
    await expect(program.run({ x: good })).rejects.toThrow(EngineError);
    await expect(program.run({ x: good })).rejects.toThrow('got no z');
    await expect(program.run({ x: good, z: float32([1, 2]) })).rejects.toThrow(EngineError);
    await expect(program.run({ x: good, z: float32([1, 2, 3], [1, 3]) })).rejects.toThrow(EngineError);
    await expect(program.run({ x: good, z: float32([1, 2, 3], [2]) })).rejects.toThrow(EngineError);
    await expect(program.run({ x: good, z: { data: Int32Array.of(1, 2, 3), shape: [3] } })).rejects.toThrow(
      EngineError,
    );
    expect([...(await program.run({ x: good, z: good })).y.data]).toEqual([2, 4, 6]);
    await program.dispose();
  });
});

describe('lowering', () => {
  const rows = input('rows', 'float32', [4, 2]);
  const outside = input('outside', 'float32', [2]);
  const loop = (body: (row: Tensor) => Tensor): Tensor =>
    scan({ carried: [], scanned: [rows] }, (_, [row]) => ({ carried: [], outputs: [body(row)] })).outputs[0];

  function* graphsOf(graph: OnnxGraph): Generator<OnnxGraph> {
    yield graph;
    for (const node of graph.nodes)
      for (const attribute of Object.values(node.attributes ?? {}))
        if ('graph' in attribute) yield* graphsOf(attribute.graph);
  }

  test('names are unique across all subgraphs, equal constants are shared', () => {
    const inner = loop((row) =>
      add(
        loop((other) => multiply(add(other, row), 3)),
        constant([3, 3], [2]),
      ),
    );
    const { graph } = lower({ y: inner, z: add(multiply(outside, 3), constant([3, 3], [2])) });
    const names = [...graphsOf(graph)].flatMap(({ nodes, inputs, constants }) => [
      ...nodes.flatMap(({ outputs }) => outputs),
      ...inputs.map(({ name }) => name),
      ...constants.map(({ name }) => name),
    ]);
    expect(new Set(names).size).toBe(names.length);
    expect(graph.constants.length).toBe(2);
  });

  test('what does not change in a loop is computed once, before it', () => {
    const { graph } = lower({ y: loop((row) => add(row, exp(outside))) });
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(['Exp', 'Scan']);
  });

  test('inputs that no output needs are not asked for', () => {
    expect(lower({ y: exp(outside) }).graph.inputs.map(({ name }) => name)).toEqual(['outside']);
  });

  test('where an operation may have few tensors, many pieces are slices, and many parts are joined in groups', async () => {
    const x = input('x', 'float32', [20]);
    const ones = split(x, 0, new Array<number>(20).fill(1));
    const y = concat(ones.toReversed(), 0);
    const operators = (most?: number): string[] => {
      const { nodes } = lower({ y }, { mostTensors: most }).graph;
      expect(Math.max(...nodes.map(({ inputs, outputs }) => inputs.length + outputs.length))).toBeLessThanOrEqual(
        most ?? 22,
      );
      return [...new Set(nodes.map(({ operator }) => operator))];
    };
    expect(operators()).toEqual(['Split', 'Concat']);
    expect(operators(8)).toEqual(['Slice', 'Concat']);
    const lowered = lower({ y }, { mostTensors: 4 });
    const { session, inputNames, outputNames } = await load(native, {}, lowered);
    const values = Float32Array.from({ length: 20 }, (_, i) => i);
    const given = await session.run({ [inputNames[0]]: new native.Tensor('float32', values, [20]) });
    expect([...(given[outputNames.y].data as Float32Array)]).toEqual([...values].reverse());
    await session.release();
  });

  test('a graph deeper than the call stack is lowered', () => {
    let x: Tensor = outside;
    for (let i = 0; i < 20_000; i++) x = add(x, 1);
    expect(lower({ x }).graph.nodes.length).toBe(20_000);
  });
});
