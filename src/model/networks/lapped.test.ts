import { describe, expect, test } from 'vitest';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { nodeEngine } from '../../engine/node.ts';
import { input } from '../../graph/ops/input.ts';
import { type Shape, sizeOf } from '../../graph/tensor.ts';
import { collectParameters, type Trace, traceWith } from '../trace.ts';
import { lapped } from './lapped.ts';

const engine = nodeEngine({ threads: 1 });

/** Code and reconstruction of `values` by a network before training. */
async function fresh(
  values: Float32Array,
  shape: Shape,
  options: Readonly<Record<string, unknown>>,
): Promise<{ readonly code: Float32Array; readonly rebuilt: Float32Array }> {
  const parsed = lapped.options.parse(options);
  const network = lapped.make(parsed);
  const latent = lapped.map?.(parsed)?.latent(shape) ?? 0;
  const x = input('x', 'float32', [1, ...shape]);
  const build = (trace: Trace) => {
    const code = network.encode(trace, x, latent, 1);
    return { code, rebuilt: network.decode(trace, code, shape) };
  };
  const specs = collectParameters(build);
  const parameters = new Map(specs.map(({ name, shape: own }) => [name, input(name, 'float32', own)]));
  const key = input('key', 'uint32', [2]);
  const program = await engine.compile(build(traceWith(parameters, { purpose: 'inference', key })));
  const random = createRandom(3);
  const feeds = specs.map(({ name, shape: own, initialise }) => [
    name,
    { data: initialise(own, random.fork(name)), shape: own },
  ]);
  const { code, rebuilt } = await program.run({ x: { data: values, shape: x.shape }, ...Object.fromEntries(feeds) });
  await program.dispose();
  return { code: code.data as Float32Array, rebuilt: rebuilt.data as Float32Array };
}

const noise = (shape: Shape): Float32Array => {
  const random = createRandom(sizeOf(shape));
  return Float32Array.from({ length: sizeOf(shape) }, () => random.uniform());
};

describe('before training it is the cosine transform of blocks', () => {
  test.each<[Shape, Readonly<Record<string, unknown>>]>([
    [[1, 24, 16], { block: 8, codeChannels: 64 }],
    [[3, 12, 20], { block: 4, codeChannels: 48 }],
    [[1, 21, 9], { block: 6, codeChannels: 36, refinements: 1 }],
    [[13, 10], { block: 5, codeChannels: 25 }],
    [[30], { block: 8, codeChannels: 8 }],
  ])('with as many numbers as a block has, %j comes back: %j', async (shape, options) => {
    const values = noise(shape);
    const { rebuilt } = await fresh(values, shape, options);
    for (const [at, value] of values.entries()) expect(Math.abs(rebuilt[at] - value)).toBeLessThan(1e-5);
  });

  test('which keeps lengths, and has the lowest frequencies first', async () => {
    const values = noise([1, 16, 16]);
    const { code } = await fresh(values, [1, 16, 16], { block: 8, codeChannels: 64 });
    const length = (numbers: Float32Array): number => numbers.reduce((sum, value) => sum + value ** 2, 0);
    expect(length(code)).toBeCloseTo(length(values.map((value) => value - 0.5)), 3);
    // A slope has only frequencies along it, which fall off: in the first channels is nearly all of its variance of 0.08.
    const slope = Float32Array.from({ length: 256 }, (_, at) => (at % 16) / 16);
    const told = await fresh(slope, [1, 16, 16], { block: 8, codeChannels: 6 });
    const mean = slope.reduce((sum, value, at) => sum + (value - told.rebuilt[at]) ** 2, 0) / 256;
    expect(mean).toBeLessThan(5e-4);
  });
});

test('more numbers than a block has are refused', async () => {
  const few = fresh(noise([1, 8, 8]), [1, 8, 8], { block: 2, codeChannels: 5 });
  await expect(few).rejects.toThrow(OptionError);
  await expect(fresh(noise([1, 1, 2, 2]), [1, 1, 2, 2], {})).rejects.toThrow('fewer axes');
});
