import { describe, expect, test } from 'vitest';
import { DataError, EngineError, ModelFileError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import type { Engine } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { webEngine } from '../../engine/web.ts';
import { evaluateWhole, fitScales, type LayerScale, MOST_BETWEEN, wholeNetwork } from './whole-network.ts';
import { wholeProgram } from './whole-program.ts';

const random = createRandom(3);
const names = [['a'], ['b'], ['c', 'd']];
const input = { bits: 0, most: 1 } as const;

function layer(inputs: number, units: number): { weight: Float32Array; bias: Float32Array } {
  const draw = (): number => random.normal() / Math.sqrt(inputs);
  return {
    weight: Float32Array.from({ length: inputs * units }, draw),
    bias: Float32Array.from({ length: units }, draw),
  };
}

const layers = { a: layer(60, 40), b: layer(40, 30), c: layer(30, 5), d: layer(30, 5) };
const parameters = new Map(
  Object.entries(layers).flatMap(([name, { weight, bias }]) => [
    [`${name}.weight`, weight] as const,
    [`${name}.bias`, bias] as const,
  ]),
);
const examples = Float32Array.from({ length: 200 * 60 }, () => random.integer(2));
const scales = fitScales(parameters, names, input, examples);
const network = wholeNetwork(parameters, names, { input, scales }, 'x');

/** The same in floats: `[count, 10]`. */
function floatOutputs(x: Float32Array): number[] {
  const affine = (row: readonly number[], { weight, bias }: { weight: Float32Array; bias: Float32Array }): number[] =>
    Array.from(bias, (offset, unit) =>
      row.reduce((sum, value, at) => sum + value * weight[at * bias.length + unit], offset),
    );
  const relu = (row: number[]): number[] => row.map((value) => Math.max(0, value));
  return Array.from({ length: x.length / 60 }, (_, at) => {
    const hidden = relu(affine(relu(affine([...x.subarray(at * 60, (at + 1) * 60)], layers.a)), layers.b));
    return [...affine(hidden, layers.c), ...affine(hidden, layers.d)];
  }).flat();
}

test('is near to the network in floats', () => {
  const { bits } = network.layers[2];
  const whole = evaluateWhole(network, examples);
  const floats = floatOutputs(examples);
  let error = 0;
  let size = 0;
  for (const [at, value] of floats.entries()) {
    error += (whole[at] / 2 ** bits - value) ** 2;
    size += value ** 2;
  }
  expect(error / size).toBeLessThan(1e-4);
});

describe.each([
  ['native', nodeEngine({ threads: 1 })],
  ['WebAssembly', webEngine({ threads: 1 })],
] as const)('on the %s runtime', (_, engine) => {
  test.each([1, 2, 32])('%i at once: the same to the last bit', async (count) => {
    const program = wholeProgram(network, engine);
    for (let time = 0; time < 20; time++) {
      const x = Float32Array.from({ length: count * 60 }, () => random.integer(2));
      expect(await program.run(x, count)).toEqual(evaluateWhole(network, x));
    }
    await program.dispose();
  });

  test('sums up to the bound are exact', async () => {
    // Rows of odd numbers: one that is rounded anywhere shows.
    const weight = Float32Array.from({ length: 120 }, (_, at) => 138_261 - 2 * (at % 60));
    const wide = new Map([
      ['w.weight', weight],
      ['w.bias', Float32Array.of(1, -1)],
    ]);
    const scale: LayerScale[] = [{ weightBits: 0, outputBits: 0 }];
    const one = wholeNetwork(wide, [['w']], { input, scales: scale }, 'x');
    const program = wholeProgram(one, engine);
    const sums = await program.run(new Float32Array(60).fill(1), 1);
    const exact = weight.reduce(
      (all, value, at) => all.map((sum, unit) => (at % 2 === unit ? sum + value : sum)),
      [1, -1],
    );
    expect([...sums]).toEqual(exact);
    expect(exact[0]).toBeGreaterThan(0.49 * 2 ** 24);
    await program.dispose();
  });
});

test('a runtime that rounds to eleven bits, as some processors do with products, is found out', async () => {
  const exact = nodeEngine({ threads: 1 });
  const coarse: Engine = {
    ...exact,
    compile: async (outputs) => {
      const program = await exact.compile(outputs);
      const run: typeof program.run = async (inputs) => {
        const { y } = await program.run(inputs);
        const digits = (value: number): number => 2 ** (Math.floor(Math.log2(Math.abs(value) + 1)) - 10);
        return { y: { ...y, data: Float32Array.from(y.data, (v) => Math.round(v / digits(v)) * digits(v)) } };
      };
      return { ...program, run };
    },
  };
  const program = wholeProgram(network, coarse);
  await expect(program.run(new Float32Array(60), 1)).rejects.toThrow(EngineError);
});

describe('the bound is proven', () => {
  test('no sum of the layers can reach 2²⁴, and twice as fine weights could', () => {
    let most = 1;
    for (const { weight, bias } of network.layers) {
      const units = bias.length;
      const largest = Math.max(
        ...Array.from(bias, (offset, unit) => {
          let sum = Math.abs(offset);
          for (let at = unit; at < weight.length; at += units) sum += Math.abs(weight[at]) * most;
          return sum;
        }),
      );
      expect(largest).toBeLessThan(2 ** 24);
      most = MOST_BETWEEN;
    }
    for (const [at, { weightBits }] of scales.entries()) {
      if (weightBits === 16) continue;
      const finer = scales.with(at, { ...scales[at], weightBits: weightBits + 1 });
      const last = at === names.length - 1 ? finer.with(at, { weightBits: weightBits + 1, outputBits: 99 }) : finer;
      expect(() => wholeNetwork(parameters, names, { input, scales: last }, 'x')).toThrow(ModelFileError);
    }
  });

  test('scales of too few layers, or that make numbers finer than they are, are refused', () => {
    const open = (own: LayerScale[]) => wholeNetwork(parameters, names, { input, scales: own }, 'x');
    expect(() => open(scales.slice(1))).toThrow('scales of 3 layers');
    expect(() => open(scales.with(0, { weightBits: 2, outputBits: 3 }))).toThrow('no finer numbers after it');
  });

  test('what is no number is refused', () => {
    const broken = new Map(parameters).set('a.bias', layers.a.bias.with(3, Number.NaN));
    expect(() => wholeNetwork(broken, names, { input, scales }, 'x')).toThrow(ModelFileError);
  });

  test('weights that no bits are left for are refused', () => {
    const large = new Map(parameters).set(
      'b.weight',
      layers.b.weight.map((value) => 1e4 * value),
    );
    expect(() => fitScales(large, names, input, examples)).toThrow(DataError);
  });
});
