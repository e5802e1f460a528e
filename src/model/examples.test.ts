/** Examples that list their entries are the same to a model as whole ones. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parametersFor, tinyModel, tinyTraining } from '../../test/conformance/tiny-models.ts';
import { trained } from '../../test/conformance/train-tiny.ts';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { type TrainResult, train } from '../training/train.ts';
import { architectureSchema, makeBlueprint } from './blueprint.ts';
import type { Examples } from './examples.ts';
import { makeModel } from './model.ts';
import { makeRunner } from './runner.ts';
import { makeWriter } from './writing.ts';

const WIDTH = 6;
const COUNT = 40;
const engine = nodeEngine({ threads: 1 });

function modelOf(absent: 'zero' | 'missing', isListed: boolean) {
  const architecture = architectureSchema.parse({
    kind: absent === 'zero' ? 'variational' : 'denoising',
    network: 'dense',
    latent: 2,
    loss: absent === 'zero' ? 'multinomial' : 'squared-error',
  });
  return makeModel(
    makeBlueprint(
      architecture,
      { kind: {}, network: { hidden: [5], gaps: 'told', inputNorm: 'unit', inputDropout: 0.2 } },
      {
        shape: [WIDTH],
        hasMissing: absent === 'missing',
        ...(isListed ? { absent } : {}),
        isBytes: false,
        isUnitRange: false,
      },
    ),
  );
}

/** Some entries of rows, as lists and whole. */
function rowsOf(absent: 'zero' | 'missing', seed: number): { readonly listed: Examples; readonly whole: Examples } {
  const random = createRandom(seed);
  const whole = new Float32Array(COUNT * WIDTH).fill(absent === 'zero' ? 0 : Number.NaN);
  const starts = new Int32Array(COUNT + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < COUNT; row++) {
    for (let column = 0; column < WIDTH; column++) {
      if (random.uniform() < 0.6) continue;
      const value = 1 + random.integer(3);
      whole[row * WIDTH + column] = value;
      columns.push(column);
      values.push(value);
    }
    starts[row + 1] = values.length;
  }
  const places = { starts, columns: Int32Array.from(columns) };
  return {
    listed: { values: Float32Array.from(values), places, count: COUNT },
    whole: { values: whole, count: COUNT },
  };
}

test.each(['zero', 'missing'] as const)('what is absent is %s: the same training, codes and losses', async (absent) => {
  const { listed, whole } = rowsOf(absent, 1);
  const outcomes = [];
  for (const [isListed, examples] of [
    [true, listed],
    [false, whole],
  ] as const) {
    const model = modelOf(absent, isListed);
    const runner = makeRunner(engine, model);
    const options = tinyTraining({ epochs: 3 });
    const training = train({ engine, model, runner, train: examples, validation: examples, options, clock: () => 0 });
    let next = await training.next();
    while (!next.done) next = await training.next();
    const { parameters, history } = next.value;
    const { code } = await runner.encode(parameters, examples);
    const { reconstruction } = await runner.reconstruct(parameters, examples);
    outcomes.push({ parameters, code, reconstruction, losses: history.map(({ validation }) => validation.loss) });
    await runner.dispose();
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
});

test('losses are those of the target, told from the examples', async () => {
  const shown = rowsOf('missing', 1);
  const asked = rowsOf('missing', 2);
  const model = modelOf('missing', true);
  const runner = makeRunner(engine, model);
  const parameters = parametersFor(model);
  const { places } = asked.listed;
  if (!places) throw new Error('lists have places');
  const target = { values: Float32Array.from(asked.listed.values), places };
  const { squaredError } = await runner.losses(parameters, { ...shown.listed, told: target }, createRandom(0));
  const { reconstruction } = await runner.reconstruct(parameters, shown.listed);
  for (let row = 0; row < COUNT; row++) {
    let total = 0;
    for (let at = row * WIDTH; at < (row + 1) * WIDTH; at++) {
      const error = asked.whole.values[at] - reconstruction[at];
      if (!Number.isNaN(error)) total += error ** 2;
    }
    expect(squaredError[row]).toBeCloseTo(total, 3);
  }
  await runner.dispose();
});

/** Tokens of sequences in one of two orders, some of them shorter, and what is to be told: each one more, from the last to the first. */
function sequences(count: number, seed: number): Examples & { readonly told: { readonly values: Float32Array } } {
  const random = createRandom(seed);
  const [values, told] = [new Float32Array(count * 6).fill(NaN), new Float32Array(count * 6).fill(NaN)];
  for (let row = 0; row < count; row++) {
    const [start, by, length] = [random.integer(5), 1 + random.integer(2), 4 + random.integer(3)];
    for (let at = 0; at < length; at++) {
      const token = (start + by * at) % 5;
      values[row * 6 + at] = token;
      told[row * 6 + length - 1 - at] = (token + 1) % 5;
    }
  }
  return { values, count, told: { values: told } };
}

describe('sequences that are told as others', () => {
  const model = tinyModel({
    network: 'recurrent',
    architecture: { loss: 'categorical', latent: 8 },
    networkOptions: { units: 32, decoding: 'teacher-forcing' },
    hasMissing: true,
  });
  const unseen = sequences(100, 2);
  const runner = makeRunner(engine, model);
  const writer = makeWriter(engine, model);
  let result: TrainResult;
  beforeAll(async () => {
    result = await trained({
      model,
      train: sequences(500, 1),
      validation: unseen,
      options: { epochs: 40, batchSize: 25, learningRate: 0.01 },
    });
  }, 60_000);
  afterAll(async () => {
    await runner.dispose();
    await writer.dispose();
  });

  test('are learned to be told so', async () => {
    const { code } = await runner.encode(result.parameters, unseen);
    const tokens = await writer.write(result.parameters, code);
    const asked = [...unseen.told.values.entries()].filter(([, token]) => !Number.isNaN(token));
    const right = asked.filter(([at, token]) => tokens[at] === token).length / asked.length;
    expect(right).toBeGreaterThan(0.9);
  });

  test('their loss is that of each token given the true ones before it', async () => {
    const { parameters, history } = result;
    const { code } = await runner.encode(parameters, unseen);
    const told = unseen.told.values.map((token) => (Number.isNaN(token) ? -1 : token));
    const chances = await writer.logChances(parameters, code, told);
    const { reconstruction } = await runner.losses(parameters, unseen, createRandom(0));
    for (let row = 0; row < unseen.count; row++) {
      const logChance = chances.subarray(row * 6, row * 6 + 6).reduce((sum, chance) => sum + chance, 0);
      expect(reconstruction[row]).toBeCloseTo(-logChance, 3);
    }
    const mean = -chances.reduce((sum, chance) => sum + chance, 0) / unseen.count;
    expect(Math.min(...history.map(({ validation }) => validation.loss))).toBeCloseTo(mean, 3);
    // The order in which they are told counts.
    const { reconstruction: own } = await runner.losses(
      parameters,
      { ...unseen, told: { values: unseen.values } },
      createRandom(0),
    );
    expect(own.reduce((sum, cost) => sum + cost, 0) / unseen.count).toBeGreaterThan(2 * mean + 1);
  });
});

test('numbers that are told as others, by a dense network', async () => {
  const columns = (count: number, seed: number): Examples => {
    const random = createRandom(seed);
    const values = Float32Array.from({ length: count * 12 }, () => 0);
    for (let row = 0; row < count; row++) {
      const phase = 6.28 * random.uniform();
      for (let at = 0; at < 12; at++) values[row * 12 + at] = 0.5 + 0.4 * Math.sin(phase + at / 2);
    }
    const told = values.map((_, at) => 1 - values[12 * Math.floor(at / 12) + 11 - (at % 12)]);
    return { values, count, told: { values: told } };
  };
  const model = tinyModel({ architecture: { loss: 'squared-error', output: 'linear' } });
  const unseen = columns(100, 2);
  const { parameters } = await trained({
    model,
    train: columns(400, 1),
    validation: unseen,
    options: { epochs: 60, learningRate: 0.01 },
  });
  const runner = makeRunner(engine, model);
  const { reconstruction } = await runner.reconstruct(parameters, unseen);
  await runner.dispose();
  const errorBeside = (values: ArrayLike<number>): number =>
    reconstruction.reduce((sum, value, at) => sum + (value - values[at]) ** 2, 0) / reconstruction.length;
  expect(errorBeside(unseen.told?.values ?? [])).toBeLessThan(0.01);
  expect(errorBeside(unseen.values)).toBeGreaterThan(0.1);
});
