import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { type OperationCase, valuesOf } from '../../test/conformance/cases.ts';
import { wideConvolutions } from '../../test/conformance/operations/convolution.ts';
import { createRandom } from '../base/random.ts';
import { gradient } from '../graph/gradient.ts';
import { add, multiply } from '../graph/ops/arithmetic.ts';
import { sum } from '../graph/ops/broadcast.ts';
import { convolve } from '../graph/ops/convolution.ts';
import { square } from '../graph/ops/elementwise.ts';
import { input } from '../graph/ops/input.ts';
import { scan } from '../graph/ops/scan.ts';
import { evaluate } from '../graph/reference.ts';
import { sizeOf, type Tensor } from '../graph/tensor.ts';
import { probeBlock } from './block-probe.ts';
import { float32, type HostTensor } from './engine.ts';
import type { Block } from './onnx/blocked-convolution.ts';
import { lower } from './onnx/lower.ts';
import { compileWith } from './onnxruntime.ts';

const options = { intraOpNumThreads: 1, logSeverityLevel: 4 } as const;
const found = process.arch === 'x64' ? await probeBlock(native, options) : undefined;
if (!found) console.warn('no blocked convolution on this machine: its tests are left out');

const x = input('x', 'float32', [2, 32, 6, 6]);
const kernel = input('kernel', 'float32', [16, 32, 3, 3]);
const y = convolve(x, kernel, { padding: [1, 1, 1, 1] });

/** The numbers of `tensor` with random inputs, from the native runtime with blocks of that many channels, or plain. */
async function numbersOf(tensor: Tensor, feeds: Readonly<Record<string, HostTensor>>, block?: Block) {
  const program = await compileWith(native, options, { tensor }, async () => block);
  const result = await program.run(feeds);
  await program.dispose();
  return Array.from(result.tensor.data);
}

function feedsFor(inputs: Readonly<Record<string, Tensor>>): Record<string, HostTensor> {
  const random = createRandom(5);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [
      name,
      float32(
        Array.from({ length: sizeOf(shape) }, () => random.uniform() - 0.5),
        shape,
      ),
    ]),
  );
}

/** The largest difference, as a share of the largest number. */
function distance(actual: readonly number[], expected: ArrayLike<number>): number {
  const all = Array.from(expected);
  expect(actual.length).toBe(all.length);
  return Math.max(...all.map((value, at) => Math.abs(value - actual[at]))) / Math.max(...all.map(Math.abs));
}

test('without a block a graph is plain ONNX; with one the other operators are declared', () => {
  const plain = lower({ y });
  expect(plain.gainsFromBlocks).toBe(true);
  expect(plain.versions).toEqual({ '': 20 });
  expect(plain.graph.nodes.map(({ operator, domain }) => [operator, domain])).toEqual([['Conv', '']]);
  const blocked = lower({ y }, { block: 16 });
  expect(Object.keys(blocked.versions)).toContain('com.microsoft.nchwc');
  expect(blocked.graph.nodes.map(({ operator }) => operator)).toContain('ReorderOutput');
});

test('few channels and single places stay plain whatever the block', () => {
  for (const shape of [
    [16, 32, 1, 1],
    [8, 32, 3, 3],
    [16, 1, 3, 3],
  ]) {
    const pictures = input('pictures', 'float32', [1, shape[1], 5, 5]);
    const { graph, gainsFromBlocks } = lower(
      { y: convolve(pictures, input('kernel', 'float32', shape)) },
      { block: 16 },
    );
    expect(gainsFromBlocks).toBe(false);
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(['Conv']);
  }
});

test('a runtime that lacks the operators is found out, and says nothing', async () => {
  web.env.wasm.numThreads = 1;
  expect(await probeBlock(web, { executionProviders: ['wasm'] })).toBeUndefined();
});

describe.skipIf(!found)('blocked convolution on the native runtime', () => {
  test('with the wrong block gives wrong numbers and no error, hence the probe looks at numbers', async () => {
    const feeds = feedsFor({ x, kernel });
    const plain = await numbersOf(y, feeds);
    expect(distance(await numbersOf(y, feeds, found), plain)).toBeLessThan(1e-5);
    expect(distance(await numbersOf(y, feeds, found === 16 ? 8 : 16), plain)).toBeGreaterThan(0.1);
  });

  test.each(wideConvolutions)('is what plain ONNX and the reference say: $name', async (item: OperationCase) => {
    const operands = item.operands.map(({ shape }, at) => input(`operand${at}`, 'float32', shape));
    const [result] = item.build(operands);
    const random = createRandom(2);
    const feeds = Object.fromEntries(
      item.operands.map((operand, at) => {
        const data = valuesOf(operand, at, () => random.uniform());
        return [`operand${at}`, { data, shape: operand.shape }];
      }),
    );
    const [expected] = evaluate(
      [result],
      Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, data])),
    );
    expect(distance(await numbersOf(result, feeds), expected)).toBeLessThan(1e-5);
    expect(distance(await numbersOf(result, feeds, found), expected)).toBeLessThan(1e-5);
  });

  test('learns inside of a loop as plain convolution does', async () => {
    const rates = input('rates', 'float32', [5]);
    const { carried } = scan({ carried: [kernel], scanned: [rates] }, ([weights], [rate]) => {
      const loss = sum(square(convolve(x, weights, { padding: [1, 1, 1, 1] })));
      const [slope] = gradient(loss, [weights]);
      return { carried: [add(weights, multiply(slope, multiply(rate, -1)))], outputs: [] };
    });
    const feeds = { ...feedsFor({ x, kernel }), rates: float32([1e-3, 1e-3, 1e-3, 1e-3, 1e-3]) };
    const plain = await numbersOf(carried[0], feeds);
    const blocked = await numbersOf(carried[0], feeds, found);
    expect(distance(blocked, plain)).toBeLessThan(1e-5);
    expect(await numbersOf(carried[0], feeds, found)).toEqual(blocked);
  });
});
