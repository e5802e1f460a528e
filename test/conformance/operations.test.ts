/**
 * Every operation three ways: its lowering on both runtimes against its definition in float64, its gradient against central
 * differences of the definition, and the gradient of its gradient likewise.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import type { Engine, HostTensor } from '../../src/engine/engine.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import { webEngine } from '../../src/engine/web.ts';
import { gradient } from '../../src/graph/gradient.ts';
import { add, multiply } from '../../src/graph/ops/arithmetic.ts';
import { sum } from '../../src/graph/ops/broadcast.ts';
import { square } from '../../src/graph/ops/elementwise.ts';
import { constant, input } from '../../src/graph/ops/input.ts';
import { evaluate } from '../../src/graph/reference.ts';
import { sizeOf, type Tensor } from '../../src/graph/tensor.ts';
import { type OperationCase, valuesOf } from './cases.ts';
import { operationCases } from './operations.ts';

/** float32 against float64: this share of the largest number in the tensor, at least of 1. */
const ENGINE_TOLERANCE = 1e-5;
/** Analytic against central differences, both in float64: share of the largest gradient, at least of 1. */
const GRADIENT_TOLERANCE = 1e-5;

interface Prepared {
  readonly operands: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Float operands, which are differentiated. */
  readonly asked: readonly Tensor[];
  /** c · output with random c, and the gradients of its sum. */
  readonly weighted: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  /** Those squared, and the gradients of the sum of that. */
  readonly squared: readonly Tensor[];
  readonly second: readonly Tensor[];
}

function prepare(item: OperationCase): Prepared {
  const random = createRandom(1).fork(`weights of ${item.name}`);
  const operands = item.operands.map(({ shape, dtype }, at) => input(`operand${at}`, dtype, shape));
  const outputs = item.build(operands);
  const asked = item.isDifferentiable ? operands.filter(({ dtype }) => dtype === 'float32') : [];
  const weighted = (item.isDifferentiable ? outputs : []).map((tensor) => {
    const weights = Float32Array.from({ length: sizeOf(tensor.shape) }, () => 0.5 + random.uniform());
    return multiply(tensor, constant(weights, tensor.shape));
  });
  const gradients = gradient(total(weighted), asked);
  const squared = gradients.map((tensor) => square(tensor));
  return { operands, outputs, asked, weighted, gradients, squared, second: gradient(total(squared), asked) };
}

function total(tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((sofar, tensor) => add(sofar, sum(tensor)), constant(0));
}

function feedsOf(item: OperationCase, extremes?: readonly number[]): Record<string, HostTensor> {
  const random = createRandom(2).fork(item.name);
  return Object.fromEntries(
    item.operands.map((operand, at) => [
      `operand${at}`,
      { data: valuesOf(operand, at, () => random.uniform(), extremes), shape: operand.shape },
    ]),
  );
}

function numbersOf(feeds: Readonly<Record<string, HostTensor>>): Record<string, Float64Array> {
  return Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, Float64Array.from(data)]));
}

/** Fails with the first number that is further off than `noise` and `tolerance` of the largest finite one. */
function expectClose(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  noise = 0,
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  let largest = 1;
  for (let i = 0; i < expected.length; i++)
    if (Number.isFinite(expected[i])) largest = Math.max(largest, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i]) || actual[i] === expected[i]) continue;
    const isClose = Math.abs(actual[i] - expected[i]) <= tolerance * largest + noise;
    if (!isClose) expect.fail(`${what}[${i}]: ${actual[i]} instead of ${expected[i]}`);
  }
}

/**
 * Central differences of Σ of all elements of `parts` with respect to every element of `operand`. Element by element before
 * summing, so that elements that do not depend on the operand cancel exactly; `noise` bounds what rounding adds.
 */
function differences(
  parts: readonly Tensor[],
  name: string,
  feeds: Readonly<Record<string, Float64Array>>,
): { readonly values: Float64Array; readonly noise: number } {
  let noise = 0;
  const at = (index: number, value: number): Float64Array[] => {
    const moved = feeds[name].slice();
    moved[index] = value;
    return evaluate(parts, { ...feeds, [name]: moved });
  };
  const values = feeds[name].map((value, index) => {
    const step = 1e-5 * Math.sqrt(Math.max(Math.abs(value), 1e-2));
    const [low, high] = [value - step, value + step];
    const [below, above] = [at(index, low), at(index, high)];
    let change = 0;
    for (const [part, numbers] of above.entries())
      for (const [i, number] of numbers.entries()) {
        change += number - below[part][i];
        if (number !== below[part][i]) noise = Math.max(noise, (8 * Number.EPSILON * Math.abs(number)) / step);
      }
    return change / (high - low);
  });
  return { values, noise };
}

const isTwoRuns = (item: OperationCase): boolean =>
  item.extremes.length > 0 && item.operands.some(({ dtype }) => dtype === 'float32');

function feedings(item: OperationCase): readonly (readonly [string, Record<string, HostTensor>])[] {
  return [
    ['ordinary', feedsOf(item)],
    ...(isTwoRuns(item) ? [['extreme', feedsOf(item, item.extremes)] as const] : []),
  ];
}

test('every exported operation has a case', async () => {
  const folder = new URL('../../src/graph/ops/', import.meta.url);
  const exported: string[] = [];
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const module: Record<string, unknown> = await import(new URL(file, folder).href);
    exported.push(...Object.keys(module).filter((name) => typeof module[name] === 'function'));
  }
  const covered = new Set(operationCases.flatMap(({ covers }) => covers));
  expect(exported.filter((name) => !covered.has(name))).toEqual([]);
  expect([...covered].filter((name) => !exported.includes(name))).toEqual([]);
  expect(new Set(operationCases.map(({ name }) => name)).size).toBe(operationCases.length);
});

const engines: readonly Engine[] = [nodeEngine({ threads: 1 }), webEngine({ threads: 1 })];

describe.each(engines)('$name computes what the reference defines', (engine) => {
  test.each(operationCases)('$name', async (item) => {
    const { outputs, gradients, second } = prepare(item);
    const tensors = [...outputs, ...gradients, ...second];
    const labels = [
      ...outputs.map((_, at) => `output${at}`),
      ...gradients.map((_, at) => `gradient${at}`),
      ...second.map((_, at) => `second${at}`),
    ];
    const program = await engine.compile(Object.fromEntries(labels.map((label, at) => [label, tensors[at]])));
    for (const [kind, feeds] of feedings(item)) {
      const expected = evaluate(tensors, numbersOf(feeds));
      const actual = await program.run(feeds);
      for (const [at, label] of labels.entries()) {
        // Second derivatives at the extremes square numbers of 1e4 until float32 has no digits left.
        if (kind === 'extreme' && label.startsWith('second')) continue;
        expect(actual[label].shape, label).toEqual(tensors[at].shape);
        expectClose(`${kind} ${label}`, Array.from(actual[label].data, Number), expected[at], ENGINE_TOLERANCE);
      }
    }
    await program.dispose();
  });
});

describe('gradients are those of central differences', () => {
  test.each(operationCases.filter(({ isDifferentiable }) => isDifferentiable))('$name', (item) => {
    const { asked, weighted, gradients, squared, second, operands } = prepare(item);
    for (const [kind, feeds] of feedings(item)) {
      const numbers = numbersOf(feeds);
      for (const [at, operand] of asked.entries()) {
        const name = `operand${operands.indexOf(operand)}`;
        const [analytic] = evaluate([gradients[at]], numbers);
        const once = differences(weighted, name, numbers);
        expectClose(`${kind} gradient of ${name}`, analytic, once.values, GRADIENT_TOLERANCE, once.noise);
        if (kind === 'extreme') continue;
        const [analyticTwice] = evaluate([second[at]], numbers);
        const twice = differences(squared, name, numbers);
        expectClose(
          `gradient of the gradient of ${name}`,
          analyticTwice,
          twice.values,
          GRADIENT_TOLERANCE,
          twice.noise,
        );
      }
    }
  });
});
