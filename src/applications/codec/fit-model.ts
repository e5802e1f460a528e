/** Trains the model of a codec: a compressive autoencoder of grey patches, whose code is a map. */
import { DataError } from '../../base/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { makeBlueprint } from '../../model/blueprint.ts';
import type { Examples } from '../../model/examples.ts';
import { makeModel } from '../../model/model.ts';
import { makeRunner } from '../../model/runner.ts';
import type { TrainingEvent } from '../../training/events.ts';
import { type TrainResult, train } from '../../training/train.ts';
import { makeRecipe, trainingFor, withDefaults } from '../recipe.ts';
import { makeCard, type TrainedModel } from '../trained.ts';

/** What is trained where the user does not say otherwise: wide where there are few places, narrow where there are many. */
export const codecDefaults = {
  kind: 'compressive',
  network: 'convolutional',
  channels: [24, 48, 96, 128],
  kernel: 5,
  codeChannels: 96,
  output: 'linear',
  batchSize: 16,
  learningRate: 1e-3,
  clip: 1,
  patience: 0,
} as const;

export interface FitModelRequest {
  readonly name: string;
  readonly engine: Engine;
  /** Grey patches `[count, 1, side, side]`. */
  readonly patches: Uint8Array;
  readonly side: number;
  readonly validation: Uint8Array;
  readonly options: Readonly<Record<string, unknown>>;
  /** Milliseconds on a steady clock. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
}

export interface FittedModel {
  readonly trained: TrainedModel;
  readonly result: TrainResult;
}

/** @throws OptionError, DataError, DivergenceError, InterruptedError as the parts do. */
export async function* fitModel(request: FitModelRequest): AsyncGenerator<TrainingEvent, FittedModel> {
  const { name, engine, patches, side, options, clock, signal } = request;
  const recipe = makeRecipe(withDefaults(codecDefaults, options));
  const examplesOf = (values: Uint8Array): Examples => ({ values, count: values.length / side ** 2 });
  const [learned, validation] = [examplesOf(patches), examplesOf(request.validation)];
  if (learned.count === 0 || validation.count === 0)
    throw new DataError({
      where: name,
      expected: `pictures of at least ${side}×${side} to learn from`,
      got: 'none',
      fix: 'give larger or more pictures',
    });
  const facts = { shape: [1, side, side], hasMissing: false, isBytes: true, isUnitRange: true, count: learned.count };
  const model = makeModel(makeBlueprint(recipe.architecture, recipe.own, facts));
  const runner = makeRunner(engine, model);
  const training = trainingFor(recipe, learned.count);
  const result = yield* train({
    engine,
    model,
    runner,
    train: learned,
    validation,
    options: training,
    clock,
    signal,
  });
  const card = makeCard({
    model,
    engine,
    scaling: { form: 'pixels', shape: facts.shape },
    data: { name, examples: learned.count, validationExamples: validation.count },
    options: { ...training },
    result,
  });
  return { trained: { engine, runner, model, parameters: result.parameters, card }, result };
}
