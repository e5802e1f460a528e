/** Examples that list their entries are the same to a model as whole ones. */
import { expect, test } from 'vitest';
import { parametersFor, tinyTraining } from '../../test/conformance/tiny-models.ts';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { train } from '../training/train.ts';
import { architectureSchema, makeBlueprint } from './blueprint.ts';
import type { Examples } from './examples.ts';
import { makeModel } from './model.ts';
import { makeRunner } from './runner.ts';

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
