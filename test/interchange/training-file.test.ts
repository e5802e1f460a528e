/** The exported training step on another runtime: the same steps as the library's own training, for every kind. */
import { describe, expect, test } from 'vitest';
import { trainingFile } from '../../src/applications/interchange/training-file.ts';
import { createRandom } from '../../src/base/random.ts';
import { makeRunner } from '../../src/model/runner.ts';
import { finish } from '../../src/training/events.ts';
import { initialState, parametersOf } from '../../src/training/state.ts';
import { planTraining, train } from '../../src/training/train.ts';
import { combinations } from '../conformance/combinations.ts';
import { cardOf, examplesOf, formOf, tinyModel, tinyTraining } from '../conformance/tiny-models.ts';
import { node } from '../conformance/train-tiny.ts';
import { type Fed, numbersOf, openOnnx } from './runtime.ts';

const LABELS = ['low', 'high'];
const [ROWS, BATCH, RATE] = [40, 8, 0.01];

const OPTIMISERS = [
  { optimizer: 'adamw', weightDecay: 0.1, clip: 0.5 },
  { optimizer: 'sgd', momentum: 0, learningRate: 0.1 },
  { optimizer: 'sgd', weightDecay: 0.01, learningRate: 0.1 },
];

/** Every kind once, the first one on every network, and what reads tokens or learns from tables. */
const chosen = combinations.filter(
  ({ kind, form, network, loss }) =>
    (network === 'dense' && loss === 'squared-error') || (kind === 'vanilla' && form === '') || form.includes('labels'),
);

describe.each(chosen)('$kind $form on $network, $loss', ({ kind, options, network, loss }) => {
  const isPlain = network === 'dense' && kind === 'vanilla' && loss === 'squared-error';
  test.each([{}, ...(isPlain ? OPTIMISERS : [])])('%o', async (optimiser) => {
    const model = tinyModel({ kind, network, ...options, architecture: { loss, ...options.architecture } });
    const training = tinyTraining({
      epochs: 1,
      batchSize: BATCH,
      learningRate: RATE,
      schedule: 'constant',
      seed: 7,
      ...optimiser,
    });
    const random = createRandom(7);
    const plan = planTraining(model, training);
    const parameters = parametersOf(initialState(plan.groups, 0, random.fork('parameters')));
    const examples = examplesOf(ROWS, { form: formOf(model) });
    const runner = makeRunner(node, model);
    const result = await finish(
      train({
        engine: node,
        model,
        runner,
        train: examples,
        validation: examplesOf(10, { form: formOf(model), seed: 1 }),
        options: training,
        given: parameters,
        clock: () => 0,
      }),
    );
    await runner.dispose();

    const { shape, vocabulary } = model.blueprint;
    const card = cardOf(model);
    const width = examples.values.length / ROWS;
    const { bytes, state } = trainingFile({
      card: {
        ...card,
        data: { ...card.data, labelNames: LABELS },
        scaling:
          vocabulary > 0
            ? { form: 'tokens', shape: [...shape], vocabulary }
            : {
                form: 'array',
                shape: [...shape],
                offset: new Array<number>(width).fill(3),
                scale: new Array<number>(width).fill(2),
                constant: [],
              },
      },
      model,
      parameters,
      options: training,
    });
    const file = await openOnnx(bytes);
    const values: Fed =
      vocabulary > 0
        ? ['int64', BigInt64Array.from(examples.values, BigInt), [ROWS, ...shape]]
        : ['float32', Float32Array.from(examples.values, (value) => 2 * value + 3), [ROWS, ...shape]];
    const label: Fed = ['string', Array.from(examples.labels?.values ?? [], (at) => LABELS[at]), [ROWS]];
    const order = random.fork('order 0').permutation(ROWS);
    const source = random.fork('noise');
    const noise = Uint32Array.of(source.bits(), source.bits());
    let now: Fed = ['float32', state, [state.length]];
    const losses: number[] = [];
    // Two steps, and then the other three: a run goes on where the last one ended.
    for (const [from, to] of [
      [0, 2],
      [2, 5],
    ]) {
      const rows = BigInt64Array.from(order.subarray(from * BATCH, to * BATCH), BigInt);
      const out = await file.run({
        examples: values,
        ...(file.inputs.includes('label') ? { label } : {}),
        index: ['int64', rows, [to - from, BATCH]],
        step: ['int64', BigInt64Array.of(BigInt(from)), []],
        learning_rate: ['float32', Float32Array.of(training.learningRate), []],
        ...(file.inputs.includes('noise') ? { noise: ['uint32', noise, [2]] as Fed } : {}),
        state: now,
      });
      now = ['float32', out.next_state.data as Float32Array, [state.length]];
      losses.push(...numbersOf(out.loss));
    }
    const { train: means } = result.history[0];
    const mean = losses.reduce((sum, each) => sum + each, 0) / losses.length;
    expect(Math.abs(mean - means.loss) / (1 + Math.abs(means.loss))).toBeLessThan(1e-3);
    let at = 0;
    const learned = parametersOf(result.state);
    for (const { name } of model.parameters) {
      const wanted = learned.get(name) ?? new Float32Array(0);
      const got = (now[1] as Float32Array).subarray(at, at + wanted.length);
      at += wanted.length;
      const far = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i])), 0);
      expect(far, name).toBeLessThan(2e-3);
    }
    const moved = state.subarray(0, at).some((value, i) => Math.abs(value - (now[1] as Float32Array)[i]) > 0.01);
    expect(moved).toBe(true);
  });
});
