import { describe, expect, test } from 'vitest';
import { examplesOf, type TinyOptions, tinyModel, WIDTH } from '../../test/conformance/tiny-models.ts';
import { interrupted, losses, node, type Run, timeless, trained } from '../../test/conformance/train-tiny.ts';
import { DivergenceError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { architectureSchema, makeBlueprint } from '../model/blueprint.ts';
import { kinds } from '../model/kinds/kinds.ts';
import { type Model, makeModel } from '../model/model.ts';
import { networkFamilies } from '../model/networks/networks.ts';
import { makeRunner } from '../model/runner.ts';
import { averageLosses } from './measure.ts';
import { trainingSchema } from './options.ts';

test('a net learns eight examples by heart', async () => {
  const eight = examplesOf(8);
  const { history } = await trained({
    model: tinyModel({ networkOptions: { hidden: [32] }, architecture: { latent: 8 } }),
    train: eight,
    validation: eight,
    options: { epochs: 1500, batchSize: 8, learningRate: 0.01 },
  });
  expect(history[history.length - 1].validation.mse).toBeLessThan(1e-5);
  expect(history[history.length - 1].validation.mse).toBeLessThan(history[0].validation.mse / 1000);
});

describe.each([
  ['vanilla', {}],
  [
    'denoising, masking, with dropout',
    { kind: 'denoising', kindOptions: { noise: 'masking' }, networkOptions: { dropout: 0.2 } },
  ],
  [
    'variational, warming up, with dropout',
    { kind: 'variational', kindOptions: { klWarmup: 2 }, networkOptions: { dropout: 0.2 } },
  ],
  [
    'sparse, on drawn bits, layer norm',
    { kind: 'sparse', networkOptions: { norm: 'layer' }, architecture: { binarize: 'sample' } },
  ],
] as const satisfies readonly (readonly [string, TinyOptions])[])('%s', (_, options) => {
  const model = tinyModel(options);
  const settings = { epochs: 4, weightDecay: 0.01, clip: 1, warmup: 1, seed: 5 };
  const whole = trained({ model, options: settings });

  test('the same seed gives the same bits, another seed others', async () => {
    expect(timeless(await trained({ model, options: settings }))).toEqual(timeless(await whole));
    const other = await trained({ model, options: { ...settings, seed: 6 } });
    expect(timeless(other).parameters).not.toEqual(timeless(await whole).parameters);
  });

  test('how many steps one run covers changes nothing', async () => {
    expect(timeless(await trained({ model, options: settings, blockMs: 1000 }))).toEqual(timeless(await whole));
  });

  test.each([1, 5, 6, 7, 15])(
    'interrupted after %i steps and resumed from the checkpoint: the same bits',
    async (stopAfter) => {
      expect(timeless(await interrupted({ model, options: settings }, stopAfter))).toEqual(timeless(await whole));
    },
  );
});

describe('divergence', () => {
  test('an absurd learning rate ends with the step and the term', async () => {
    const error = await trained({
      model: tinyModel({ architecture: { output: 'linear' } }),
      options: { optimizer: 'sgd', learningRate: 1e20, schedule: 'constant' },
    }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(DivergenceError);
    const { step, term, message } = error as DivergenceError;
    expect(term).toBe('reconstruction');
    expect(step).toBeGreaterThan(1);
    expect(step).toBeLessThan(10);
    expect(message).toContain(`step ${step}`);
    expect(message).toContain('reconstruction');
  });

  test('the step is the same however the steps are cut into runs', async () => {
    const run = {
      model: tinyModel({ architecture: { output: 'linear' } }),
      options: { optimizer: 'sgd', learningRate: 1e3, schedule: 'constant' },
    };
    const once = await trained(run).catch((cause: unknown) => cause);
    const again = await trained({ ...run, blockMs: 1000 }).catch((cause: unknown) => cause);
    expect(once).toBeInstanceOf(DivergenceError);
    expect((again as DivergenceError).step).toBe((once as DivergenceError).step);
  });
});

describe('early stopping', () => {
  // Few examples and many steps: the validation loss turns up while the training loss goes on down.
  const run: Run = {
    model: tinyModel({ networkOptions: { hidden: [64] }, architecture: { latent: 8 } }),
    train: examplesOf(6),
    validation: examplesOf(40, { seed: 1 }),
    options: { epochs: 400, batchSize: 6, learningRate: 0.02, patience: 5, schedule: 'constant' },
  };

  test('keeps the parameters of the best epoch', async () => {
    const result = await trained(run);
    const all = losses(result.history);
    expect(result.history.length).toBeLessThan(400);
    expect(result.history.length).toBe(result.bestEpoch + 5);
    expect(all[result.bestEpoch - 1]).toBe(Math.min(...all));
    expect(result.events.at(-1)).toEqual({
      type: 'stopped-early',
      epoch: result.history.length,
      bestEpoch: result.bestEpoch,
    });
    const model = run.model ?? tinyModel();
    const runner = makeRunner(node, model);
    const again = await averageLosses(
      { runner, model },
      run.validation ?? examplesOf(1),
      result.parameters,
      createRandom(0).fork('validation'),
      { share: 1, epoch: 400 },
    );
    await runner.dispose();
    expect(again).toEqual(result.history[result.bestEpoch - 1].validation);
  });

  test('without patience every epoch is run, and the best one kept all the same', async () => {
    const result = await trained({ ...run, options: { ...run.options, patience: 0, epochs: 120 } });
    expect(result.history.length).toBe(120);
    expect(losses(result.history)[result.bestEpoch - 1]).toBe(Math.min(...losses(result.history)));
    expect(result.bestEpoch).toBeLessThan(120);
  });
});

test('bytes are learned from as the numbers they stand for', async () => {
  const values = examplesOf(100).values.map((value) => Math.round(255 * value));
  const bytes = { values: Uint8Array.from(values), count: 100 };
  const floats = { values: values.map((value) => value / 255), count: 100 };
  const modelFor = (isBytes: boolean): Model =>
    makeModel(
      makeBlueprint(
        architectureSchema.parse({ latent: 3 }),
        { kind: {}, network: { hidden: [16] } },
        { shape: [WIDTH], hasMissing: false, isBytes, isUnitRange: true },
      ),
    );
  const one = await trained({ model: modelFor(true), train: bytes, validation: bytes });
  const other = await trained({ model: modelFor(false), train: floats, validation: floats });
  for (const [i, loss] of losses(one.history).entries()) expect(losses(other.history)[i] / loss).toBeCloseTo(1, 4);
});

describe('every option changes something', () => {
  interface Change {
    readonly to: unknown;
    /** What else has to be set for the option to matter. */
    readonly given?: Readonly<Record<string, unknown>>;
    /** How wide the code has to be. */
    readonly latent?: number;
    /** Of a network: the kind that it is for, where that is not any. */
    readonly kind?: string;
  }
  type Changes = Readonly<Record<string, Change>>;

  const ofKinds: Readonly<Record<string, Changes>> = {
    vanilla: { codeActivation: { to: 'tanh' } },
    denoising: {
      noise: { to: 'masking' },
      noiseLevel: { to: 0.6 },
      noiseLevelFrom: { to: 0.1 },
      codeActivation: { to: 'tanh' },
    },
    sparse: {
      sparsity: { to: 'kl' },
      sparsityWeight: { to: 1 },
      sparsityTarget: { to: 0.3, given: { sparsity: 'kl' } },
    },
    topk: {
      active: { to: 3 },
      activeInUse: { to: 3, given: { active: 1 } },
      // Of so many some never speak.
      auxiliaryWeight: { to: 1, given: { active: 1, deadAfter: 1 }, latent: 40 },
      deadAfter: { to: 1, given: { active: 1 }, latent: 40 },
    },
    contractive: {
      contractionWeight: { to: 1 },
      jacobian: { to: 'projected' },
      projections: { to: 3, given: { jacobian: 'projected' } },
      codeActivation: { to: 'tanh' },
    },
    variational: {
      beta: { to: 3 },
      klWarmup: { to: 4 },
      freeBits: { to: 0.5 },
      importanceSamples: { to: 3 },
      labels: { to: 'given' },
    },
    vq: {
      codebookSize: { to: 4 },
      entryWidth: { to: 1 },
      commitmentWeight: { to: 2 },
      codebookDecay: { to: 0.5 },
      priorUnits: { to: 5 },
    },
    compressive: {
      fidelity: { to: [5, 50] },
      rounding: { to: 'noise' },
    },
    adversarial: {
      deceptionWeight: { to: 1 },
      discriminator: { to: [8] },
      labels: { to: 'some' },
      labelWeight: { to: 1, given: { labels: 'some' } },
    },
    wasserstein: { discrepancyWeight: { to: 1 } },
  };
  const ofNetworks: Readonly<Record<string, Changes>> = {
    dense: {
      hidden: { to: [16, 8] },
      activation: { to: 'relu' },
      dropout: { to: 0.3 },
      inputDropout: { to: 0.5 },
      gaps: { to: 'told' },
      inputNorm: { to: 'unit' },
      norm: { to: 'layer' },
      tied: { to: true },
    },
    convolutional: {
      channels: { to: [4, 8] },
      kernel: { to: 2 },
      down: { to: 'max-pool' },
      up: { to: 'upsample' },
      residual: { to: 1 },
      hidden: { to: [16, 8] },
      codeChannels: { to: 2 },
      // The pixels alone make the code wider than the data.
      skip: { to: 'input', given: { codeChannels: 5 }, kind: 'denoising' },
      gaps: { to: 'told' },
      activation: { to: 'relu' },
      norm: { to: 'batch' },
      dropout: { to: 0.3 },
      axes: { to: 'channels-length' },
    },
    'convolutional-recurrent': {
      channels: { to: [4, 8] },
      kernel: { to: 2 },
      cell: { to: 'lstm' },
      units: { to: 5 },
      codeChannels: { to: 3 },
      activation: { to: 'relu' },
      dropout: { to: 0.3 },
    },
    lapped: {
      block: { to: 3 },
      codeChannels: { to: 1 },
      refinements: { to: 2 },
      units: { to: 5 },
      activation: { to: 'relu' },
    },
    recurrent: {
      cell: { to: 'gru' },
      units: { to: 5 },
      layers: { to: 2 },
      direction: { to: 'bidirectional' },
      decoding: { to: 'teacher-forcing' },
      outputOrder: { to: 'reversed' },
      dropout: { to: 0.3 },
      stepDropout: { to: 0.5, given: { decoding: 'teacher-forcing' } },
    },
  };
  const ofArchitecture: Changes = {
    kind: { to: 'sparse' },
    network: { to: 'convolutional' },
    latent: { to: 2 },
    loss: { to: 'cross-entropy' },
    embedding: { to: 3, given: { loss: 'categorical' } },
    output: { to: 'linear' },
    variance: { to: 'learned' },
    decoders: { to: 'each' },
    binarize: { to: 'sample' },
  };
  const ofTraining: Changes = {
    epochs: { to: 3 },
    batchSize: { to: 10 },
    optimizer: { to: 'sgd' },
    momentum: { to: 0, given: { optimizer: 'sgd' } },
    weightDecay: { to: 0.1 },
    learningRate: { to: 1e-3 },
    schedule: { to: 'constant' },
    warmup: { to: 1 },
    clip: { to: 0.01, given: { optimizer: 'sgd' } },
    patience: { to: 1, given: { epochs: 30, learningRate: 0.3, optimizer: 'sgd' } },
    seed: { to: 1 },
  };

  const fingerprint = async (run: Run): Promise<unknown> => {
    const { history, parameters } = timeless(await trained(run));
    return { history, parameters: [...parameters] };
  };
  const keysOf = (schema: unknown): string[] => Object.keys((schema as { shape: object }).shape);
  const short = { epochs: 2 };

  test.each(kinds)('of kind $name', async ({ name, options }) => {
    const changes = ofKinds[name] ?? {};
    expect(Object.keys(changes)).toEqual(keysOf(options));
    for (const [option, { to, given, latent = 3 }] of Object.entries(changes)) {
      const architecture = { latent };
      const before = tinyModel({ kind: name, architecture, kindOptions: given });
      const after = tinyModel({ kind: name, architecture, kindOptions: { ...given, [option]: to } });
      expect(await fingerprint({ model: after, options: short }), option).not.toEqual(
        await fingerprint({ model: before, options: short }),
      );
    }
  });

  test.each(networkFamilies)('of network $name, for kinds with one head and with two', async ({ name, options }) => {
    const changes = ofNetworks[name] ?? {};
    expect(Object.keys(changes)).toEqual(keysOf(options));
    for (const kind of ['vanilla', 'variational']) {
      const like = { kind, network: name, ...(name === 'convolutional-recurrent' ? {} : { shape: [3, 4] }) };
      const plain = await fingerprint({ model: tinyModel(like), options: short });
      for (const [option, { to, given, kind: own = kind }] of Object.entries(changes)) {
        const alike = { ...like, kind: own };
        const before = given
          ? await fingerprint({ model: tinyModel({ ...alike, networkOptions: given }), options: short })
          : plain;
        const changed = tinyModel({ ...alike, networkOptions: { ...given, [option]: to } });
        expect(await fingerprint({ model: changed, options: short }), `${kind} ${option}`).not.toEqual(before);
      }
    }
  });

  test('of the architecture', async () => {
    expect(Object.keys(ofArchitecture).toSorted()).toEqual(keysOf(architectureSchema).toSorted());
    for (const [option, { to, given }] of Object.entries(ofArchitecture)) {
      const isOwn = option === 'kind' || option === 'network';
      const before = tinyModel({ architecture: given });
      const after = tinyModel(isOwn ? { [option]: to } : { architecture: { ...given, [option]: to } });
      expect(await fingerprint({ model: after, options: short }), option).not.toEqual(
        await fingerprint({ model: before, options: short }),
      );
    }
  });

  test('of training', async () => {
    // Pretraining comes before: see pretrain.test.ts.
    const known = keysOf(trainingSchema).filter((name) => name !== 'pretraining');
    expect(Object.keys(ofTraining).toSorted()).toEqual(known.toSorted());
    for (const [option, { to, given }] of Object.entries(ofTraining)) {
      const before = await fingerprint({ options: { ...short, ...given } });
      const after = await fingerprint({ options: { ...short, ...given, [option]: to } });
      expect(after, option).not.toEqual(before);
    }
  });
});
