import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../../graph/gradient.ts';
import { multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { square } from '../../graph/ops/elementwise.ts';
import { input } from '../../graph/ops/input.ts';
import { mean } from '../../graph/ops/reduce.ts';
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { collectParameters, type Trace, traceWith } from '../trace.ts';
import { convolutional } from './convolutional.ts';

const networkOf = (options: Readonly<Record<string, unknown>> = {}) =>
  convolutional.make(convolutional.options.parse(options));

/** The network's reconstruction of `x`, as a function of a trace. */
function autoencoder(x: Tensor, options: Readonly<Record<string, unknown>>, latent = 3) {
  const network = networkOf(options);
  return (trace: Trace): Tensor => network.decode(trace, network.encode(trace, x, latent, 1), x.shape.slice(1));
}

const variants: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { down: 'max-pool', up: 'upsample', norm: 'batch' },
  { down: 'average-pool', norm: 'group', hidden: [7], kernel: 4 },
  { residual: 1, norm: 'layer', up: 'upsample', kernel: 2 },
];

describe.each(variants)('%o', (options) => {
  test.each([[[1, 28, 28]], [[3, 13, 8]], [[1, 1, 9]], [[7, 5]], [[11]]] as const)(
    'restores data of shape %j',
    async (shape) => {
      const x = input('x', 'float32', [2, ...shape]);
      const build = autoencoder(x, { ...options, channels: [4, 6, 5] });
      const specs = collectParameters(build);
      const parameters = new Map(specs.map(({ name, shape: own }) => [name, input(name, 'float32', own)]));
      const random = createRandom(3);
      const program = await nodeEngine({ threads: 1 }).compile({
        y: build(traceWith(parameters, { purpose: 'training', key: input('key', 'uint32', [2]) })),
      });
      const { y } = await program.run({
        x: { data: Float32Array.from({ length: sizeOf(x.shape) }, () => random.normal()), shape: x.shape },
        ...Object.fromEntries(
          specs.map(({ name, shape: own, initialise }) => [
            name,
            { data: initialise(own, random.fork(name)), shape: own },
          ]),
        ),
      });
      await program.dispose();
      expect(y.shape).toEqual([2, ...shape]);
      expect(y.data.every(Number.isFinite)).toBe(true);
      expect(new Set(y.data).size).toBeGreaterThan(sizeOf(shape) / 2);
    },
  );
});

test('a series of several channels is one of two axes where that is said', () => {
  const weights = (options: Readonly<Record<string, unknown>>, shape: Shape): Shape | undefined =>
    collectParameters(autoencoder(input('x', 'float32', [2, ...shape]), { channels: [4], ...options })).find(
      ({ name }) => name === 'encoder.0.weight',
    )?.shape;
  expect(weights({ axes: 'channels-length' }, [6, 20])).toEqual([4, 6, 1, 3]);
  expect(weights({}, [6, 20])).toEqual([4, 1, 3, 3]);
  expect(weights({}, [20])).toEqual([4, 1, 1, 3]);
});

test('decoding may give more channels than the data has: a variance beside each mean', () => {
  const network = networkOf({ channels: [4, 8] });
  const code = input('code', 'float32', [5, 3]);
  let shape: Shape = [];
  collectParameters((trace) => {
    shape = network.decode(trace, code, [2, 9, 7]).shape;
  });
  expect(shape).toEqual([5, 2, 9, 7]);
});

test('a size that leaves nothing to halve, or too many axes, is an error that says what fits', () => {
  const build = (shape: Shape, channels: readonly number[]) => () =>
    collectParameters(autoencoder(input('x', 'float32', [2, ...shape]), { channels }));
  expect(build([1, 4, 3], [8, 8, 8])).toThrow(
    '--network convolutional, encoder.2: expected data to halve: a height or width of at least 5 for 3 stages, got 4×3, of which 1 is left after 2 stages; use --channels 8,8',
  );
  expect(build([1], [8])).toThrow('use --network dense');
  expect(build([2, 2, 2, 2], [8])).toThrow('expected data of shape [channels, height, width]');
  expect(build([1, 5, 3], [8, 8, 8])).not.toThrow();
});

test.each(variants)('learns a handful of pictures by heart: %o', async (options) => {
  const shape = [8, 1, 9, 9];
  const build = autoencoder(input('x', 'float32', shape), { ...options, channels: [8, 8], activation: 'silu' }, 8);
  const specs = collectParameters(build);
  const parameters = specs.map(({ name, shape: own }) => input(name, 'float32', own));
  const x = input('x', 'float32', shape);
  const trace = traceWith(new Map(specs.map(({ name }, at) => [name, parameters[at]])), {
    purpose: 'training',
    key: input('key', 'uint32', [2]),
  });
  const y = autoencoder(x, { ...options, channels: [8, 8], activation: 'silu' }, 8)(trace);
  const loss = mean(square(subtract(y, x)));
  const learned = specs.map(({ role }, at) => ({ role, at })).filter(({ role }) => role !== 'state');
  const slopes = gradient(
    loss,
    learned.map(({ at }) => parameters[at]),
  );
  // Descent along the gradient's direction, in steps that shrink.
  const length = slopes.map((slope) => sum(square(slope))).reduce((a, b) => subtract(a, multiply(-1, b)));
  const program = await nodeEngine({ threads: 1 }).compile({
    loss,
    length,
    ...Object.fromEntries(slopes.map((slope, i) => [`slope${i}`, slope])),
  });
  const random = createRandom(1);
  const values = specs.map(({ name, shape: own, initialise }) => initialise(own, random.fork(name)));
  const data = Float32Array.from({ length: sizeOf(shape) }, () => Math.sign(random.normal()));
  const velocities = values.map((all) => new Float32Array(all.length));
  let last = Number.POSITIVE_INFINITY;
  for (let step = 0; step < 300; step++) {
    const results = await program.run({
      x: { data, shape },
      ...Object.fromEntries(specs.map(({ name, shape: own }, at) => [name, { data: values[at], shape: own }])),
    });
    last = results.loss.data[0];
    const pace = (0.1 * (1 - step / 300)) / Math.sqrt(results.length.data[0]);
    for (const [i, { at }] of learned.entries())
      for (const [j, slope] of results[`slope${i}`].data.entries()) {
        velocities[at][j] = 0.8 * velocities[at][j] - pace * slope;
        values[at][j] += velocities[at][j];
      }
  }
  await program.dispose();
  // The mean of each picture alone leaves an error near 1.
  expect(last).toBeLessThan(0.25);
});

describe('a code that is a map', () => {
  const options = { channels: [4, 6], codeChannels: 5, residual: 1, hidden: [7] };
  /** The reconstruction of pictures `[1, 1, height, width]`, by one and the same parameters. */
  const rebuilt = async (picture: Float32Array, [height, width]: readonly [number, number]): Promise<Float32Array> => {
    const x = input('x', 'float32', [1, 1, height, width]);
    const latent = convolutional.map?.(convolutional.options.parse(options))?.latent([1, height, width]) ?? 0;
    const build = autoencoder(x, options, latent);
    const specs = collectParameters(build);
    const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
    const program = await nodeEngine({ threads: 1 }).compile({
      y: build(traceWith(parameters, { purpose: 'inference', key: input('key', 'uint32', [2]) })),
    });
    const random = createRandom(5);
    const { y } = await program.run({
      x: { data: picture, shape: x.shape },
      ...Object.fromEntries(
        specs.map(({ name, shape }) => {
          const fork = random.fork(name);
          return [name, { data: Float32Array.from({ length: sizeOf(shape) }, () => 0.2 * fork.normal()), shape }];
        }),
      ),
    });
    await program.dispose();
    return y.data as Float32Array;
  };

  test('sees only what is around each place: inside of a piece it says what it says of the whole', async () => {
    const random = createRandom(1);
    const [height, width] = [128, 136];
    // What an output sees reaches no further.
    const { reach = 0 } = convolutional.map?.(convolutional.options.parse(options)) ?? {};
    expect(reach).toBeLessThan(60);
    const whole = Float32Array.from({ length: height * width }, () => random.normal());
    const size = 2 * reach + 8;
    const piece = Float32Array.from(
      { length: size * size },
      (_, at) => whole[(8 + Math.floor(at / size)) * width + 12 + (at % size)],
    );
    const [ofWhole, ofPiece] = [await rebuilt(whole, [height, width]), await rebuilt(piece, [size, size])];
    let difference = 0;
    for (let row = reach; row < size - reach; row++)
      for (let column = reach; column < size - reach; column++)
        difference = Math.max(
          difference,
          Math.abs(ofPiece[row * size + column] - ofWhole[(8 + row) * width + 12 + column]),
        );
    expect(difference).toBeLessThan(1e-6);
    // At its edge it sees zeros instead.
    expect(Math.abs(ofPiece[0] - ofWhole[8 * width + 12])).toBeGreaterThan(1e-4);
  });

  test('is as wide as its channels and the places left make it', () => {
    const latentOf = (shape: Shape): number | undefined =>
      convolutional.map?.(convolutional.options.parse(options))?.latent(shape);
    expect(latentOf([1, 64, 72])).toBe(5 * 16 * 18);
    expect(latentOf([3, 5, 9])).toBe(5 * 2 * 3);
    expect(convolutional.map?.(convolutional.options.parse({}))).toBeUndefined();
  });
});
