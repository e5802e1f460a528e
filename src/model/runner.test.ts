import { afterAll, describe, expect, test } from 'vitest';
import { examplesOf, parametersFor, tinyModel, WIDTH } from '../../test/conformance/tiny-models.ts';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { architectureSchema, makeBlueprint } from './blueprint.ts';
import { kinds } from './kinds/kinds.ts';
import { makeModel } from './model.ts';
import { makeRunner, type PerExample } from './runner.ts';
import { makeWriter } from './writing.ts';

const engine = nodeEngine({ threads: 1 });

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

describe('any number of examples', () => {
  const model = tinyModel();
  const parameters = parametersFor(model);
  const runner = makeRunner(engine, model);
  const all = examplesOf(256 * 64 + 3);
  afterAll(() => runner.dispose());

  test.each([1, 2, 3, 255, 256, 257, 1000, all.count])('%i', async (count) => {
    const some = { values: all.values.slice(0, count * WIDTH), count };
    const before = some.values.slice();
    const { code } = await runner.encode(parameters, some);
    const { reconstruction } = await runner.reconstruct(parameters, some);
    const { squaredError } = await runner.losses(parameters, some, createRandom(0));
    expect([code.length, reconstruction.length, squaredError.length]).toEqual([3 * count, WIDTH * count, count]);
    expect(some.values).toEqual(before);
    // The first, the last and one in the middle, each alone.
    for (const row of new Set([0, count >> 1, count - 1])) {
      const one = { values: some.values.slice(row * WIDTH, (row + 1) * WIDTH), count: 1 };
      const alone = await runner.encode(parameters, one);
      expect(largestDifference(alone.code, code.subarray(3 * row, 3 * row + 3))).toBeLessThan(1e-6);
    }
    expect(largestDifference(await runner.decode(parameters, code), reconstruction)).toBeLessThan(1e-6);
  });
});

describe.each(kinds)('$name', ({ name }) => {
  const model = tinyModel({ kind: name, architecture: { variance: 'fixed' } });
  const parameters = parametersFor(model);
  const runner = makeRunner(engine, model);
  afterAll(() => runner.dispose());
  const count = 300;
  const examples = examplesOf(count);
  const order = createRandom(4).permutation(count);
  const permuted = {
    count,
    values: Float32Array.from(
      examples.values,
      (_, i) => examples.values[order[Math.floor(i / WIDTH)] * WIDTH + (i % WIDTH)],
    ),
  };

  test('permuting the examples permutes codes and reconstructions', async () => {
    const pairs: readonly (readonly [PerExample, PerExample])[] = [
      [await runner.encode(parameters, examples), await runner.encode(parameters, permuted)],
      [await runner.reconstruct(parameters, examples), await runner.reconstruct(parameters, permuted)],
    ];
    for (const [plain, moved] of pairs)
      for (const [output, values] of Object.entries(plain)) {
        const width = values.length / count;
        const expected = values.map((_, i) => values[order[Math.floor(i / width)] * width + (i % width)]);
        expect(largestDifference(moved[output], expected), output).toBeLessThan(1e-6);
      }
  });

  test('losses are what they say of the reconstructions', async () => {
    const { reconstruction } = await runner.reconstruct(parameters, examples);
    const { squaredError, reconstruction: term } = await runner.losses(parameters, examples, createRandom(1));
    const byHand = new Float64Array(count);
    for (const [i, value] of examples.values.entries())
      byHand[Math.floor(i / WIDTH)] += (value - reconstruction[i]) ** 2;
    expect(largestDifference(squaredError, byHand)).toBeLessThan(1e-5);
    expect(term.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
    // Without noise the term is half of the squared error.
    if (!model.kind.corrupt && !model.kind.isStochastic)
      expect(
        largestDifference(
          term,
          byHand.map((value) => value / 2),
        ),
      ).toBeLessThan(1e-5);
  });

  test('the same random source gives the same losses', async () => {
    const once = await runner.losses(parameters, examples, createRandom(1));
    const again = await runner.losses(parameters, examples, createRandom(1));
    expect(again).toEqual(once);
    const other = await runner.losses(parameters, examples, createRandom(2));
    expect(largestDifference(other.reconstruction, once.reconstruction) > 0).toBe(
      model.kind.corrupt !== undefined || model.kind.isStochastic,
    );
  });
});

test('what the denoiser sees is corrupted as its options say', async () => {
  const noisy = async (noise: string, noiseLevel: number): Promise<Float32Array> => {
    const model = tinyModel({ kind: 'denoising', kindOptions: { noise, noiseLevel } });
    const runner = makeRunner(engine, model);
    const { corrupted } = await runner.denoise(parametersFor(model), clean, createRandom(3));
    await runner.dispose();
    return corrupted;
  };
  const clean = examplesOf(2000);
  const size = clean.values.length;
  const share = (values: Float32Array, test: (value: number, i: number) => boolean): number =>
    values.filter(test).length / size;

  const gaussian = await noisy('gaussian', 0.5);
  const deviation = Math.sqrt(gaussian.reduce((total, value, i) => total + (value - clean.values[i]) ** 2, 0) / size);
  expect(Math.abs(deviation - 0.5)).toBeLessThan(0.02);
  const masking = await noisy('masking', 0.25);
  expect(Math.abs(share(masking, (value) => value === 0) - 0.25)).toBeLessThan(0.02);
  expect(share(masking, (value, i) => value !== 0 && value !== clean.values[i])).toBe(0);
  const saltAndPepper = await noisy('salt-and-pepper', 0.4);
  expect(Math.abs(share(saltAndPepper, (value) => value === 0) - 0.2)).toBeLessThan(0.02);
  expect(Math.abs(share(saltAndPepper, (value) => value === 1) - 0.2)).toBeLessThan(0.02);
  expect(await noisy('gaussian', 0)).toEqual(clean.values);
});

describe('missing values', () => {
  test.each([{}, { binarize: 'sample' }] as const)('are counted by no loss, %j', async (architecture) => {
    const model = tinyModel({ hasMissing: true, architecture });
    const parameters = parametersFor(model);
    const runner = makeRunner(engine, model);
    const nothing = { values: new Float32Array(WIDTH).fill(NaN), count: 1 };
    const empty = await runner.losses(parameters, nothing, createRandom(0));
    expect([empty.reconstruction[0], empty.squaredError[0]]).toEqual([0, 0]);
    const one = { values: nothing.values.slice(), count: 1 };
    one.values[4] = 1;
    const single = await runner.losses(parameters, one, createRandom(0));
    const { reconstruction } = await runner.reconstruct(parameters, one);
    expect(single.squaredError[0]).toBeCloseTo((1 - reconstruction[4]) ** 2, 6);
    expect(single.reconstruction[0]).toBeCloseTo((1 - reconstruction[4]) ** 2 / 2, 6);
    await runner.dispose();
  });
});

describe('log-likelihood by importance sampling', () => {
  // One linear unit: p(x) = N(b, I + w wᵀ), known in closed form.
  const model = tinyModel({
    kind: 'variational',
    networkOptions: { hidden: [] },
    architecture: { latent: 1, output: 'linear', variance: 'fixed' },
  });
  const random = createRandom(8);
  const w = Float32Array.from({ length: WIDTH }, () => 0.4 * random.normal());
  const b = Float32Array.from({ length: WIDTH }, () => 0.3 * random.normal());
  const size = 1 + w.reduce((total, value) => total + value ** 2, 0);
  const examples = examplesOf(7);
  const exact = Array.from({ length: examples.count }, (_, row) => {
    let [squared, along] = [0, 0];
    for (let i = 0; i < WIDTH; i++) {
      const difference = examples.values[row * WIDTH + i] - b[i];
      squared += difference ** 2;
      along += difference * w[i];
    }
    return -0.5 * Math.log(size) - 0.5 * (squared - along ** 2 / size);
  });
  const parametersWith = (logVarianceShift: number) =>
    new Map([
      ['encoder.0.weight', w.map((value) => value / size)],
      ['encoder.0.bias', Float32Array.of(-w.reduce((total, value, i) => total + value * b[i], 0) / size)],
      ['encoder.0.head1.weight', new Float32Array(WIDTH)],
      ['encoder.0.head1.bias', Float32Array.of(-Math.log(size) + logVarianceShift)],
      ['decoder.0.weight', w],
      ['decoder.0.bias', b],
    ]);

  test('is exact with the true posterior, whatever the number of samples', async () => {
    const runner = makeRunner(engine, model);
    const estimate = await runner.logLikelihood(parametersWith(0), examples, 3, createRandom(0));
    expect(largestDifference(estimate, exact)).toBeLessThan(1e-5);
    await runner.dispose();
  });

  test('comes near with another posterior and many samples, from below with few', async () => {
    const runner = makeRunner(engine, model);
    const many = await runner.logLikelihood(parametersWith(0.7), examples, 5000, createRandom(0));
    expect(largestDifference(many, exact)).toBeLessThan(0.05);
    const few = await runner.logLikelihood(parametersWith(2), examplesRepeated(400), 1, createRandom(0));
    const average = few.reduce((total, value) => total + value / few.length, 0);
    expect(average).toBeLessThan(exact[0] - 0.3);
    await runner.dispose();
  });

  function examplesRepeated(count: number) {
    return { values: Float32Array.from({ length: count * WIDTH }, (_, i) => examples.values[i % WIDTH]), count };
  }
});

const DRAWS = 40_000;

test.each(['teacher-forcing', 'repeated-code'])(
  'sequences of tokens, decoded by %s: the estimated chances sum to 1, and are those of draws',
  async (decoding) => {
    const model = makeModel(
      makeBlueprint(
        architectureSchema.parse({ kind: 'variational', network: 'recurrent', latent: 2, loss: 'categorical' }),
        { kind: {}, network: { units: 8, decoding } },
        { shape: [3], vocabulary: 3, hasMissing: false, isBytes: false, isUnitRange: false },
      ),
    );
    const runner = makeRunner(engine, model);
    const fresh = parametersFor(model);
    const parameters = new Map(
      [...fresh].map(([name, values]) => [name, values.map((value) => (name.startsWith('decoder') ? 4 : 1) * value)]),
    );
    const all = Float32Array.from({ length: 27 * 3 }, (_, at) => Math.floor(Math.floor(at / 3) / 3 ** (at % 3)) % 3);
    const examples = { values: all, count: 27 };
    const logChances = await runner.logLikelihood(parameters, examples, 2000, createRandom(1));
    expect(logChances.reduce((sum, logChance) => sum + Math.exp(logChance), 0)).toBeCloseTo(1, 1);
    // And they are those by which sequences are drawn.
    const codes = await runner.drawCodes(parameters, DRAWS, createRandom(2));
    const writer = makeWriter(engine, model);
    const drawn = await writer.write(parameters, codes, { temperature: 1, random: createRandom(3) });
    await writer.dispose();
    await runner.dispose();
    const counts = new Float64Array(27);
    for (let row = 0; row < DRAWS; row++)
      counts[drawn[3 * row] + 3 * drawn[3 * row + 1] + 9 * drawn[3 * row + 2]] += 1 / DRAWS;
    for (const [which, logChance] of logChances.entries())
      expect(Math.abs(counts[which] / Math.exp(logChance) - 1)).toBeLessThan(0.25);
  },
);
