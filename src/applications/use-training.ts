/** How a use trains a model of its own: examples that it made, a model for them, a card. */
import type { ColumnScaling } from '../data/columns/form.ts';
import type { Engine } from '../engine/engine.ts';
import { type DataFacts, makeBlueprint } from '../model/blueprint.ts';
import type { Examples } from '../model/examples.ts';
import type { ModelCard } from '../model/file/model-file.ts';
import { type Model, makeModel } from '../model/model.ts';
import { makeRunner } from '../model/runner.ts';
import type { Checkpoint } from '../training/checkpoint.ts';
import type { TrainingEvent } from '../training/events.ts';
import type { TrainingState } from '../training/state.ts';
import { planTraining, type TrainResult, train } from '../training/train.ts';
import { makeRecipe, trainingFor } from './recipe.ts';
import { makeCard, type TrainedModel } from './trained.ts';

/** What every training of a use is given besides its data. */
export interface UseTraining {
  readonly engine: Engine;
  /** Options of the model and of its training. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Milliseconds on a steady clock. */
  readonly clock: () => number;
  readonly from?: Checkpoint;
  /** Given what the state belongs to, as well. */
  readonly checkpoint?: (state: TrainingState, known: Pick<TrainedModel, 'runner' | 'model'>) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface UseTrainingRequest extends UseTraining {
  readonly train: Examples;
  readonly validation: Examples;
  /** What the examples are, besides their number. */
  readonly facts: Omit<DataFacts, 'count'>;
  /** How values of the examples became what the model sees. */
  readonly scaling: ColumnScaling;
  /** Of the data, for the card: at least its name. */
  readonly data: Pick<ModelCard['data'], 'name'> & Partial<ModelCard['data']>;
  /** Called with the model before anything is learned; may throw. */
  readonly check?: (model: Model) => void;
}

export interface UseTrained {
  readonly trained: TrainedModel;
  readonly result: TrainResult;
}

/**
 * Trains; the generator's return value is what was learned.
 *
 * @throws OptionError, DivergenceError, InterruptedError.
 */
export async function* trainForUse(request: UseTrainingRequest): AsyncGenerator<TrainingEvent, UseTrained> {
  const { engine, options, clock, from, checkpoint, signal, validation, facts, scaling, data } = request;
  const recipe = makeRecipe(options);
  const { count } = request.train;
  const model = makeModel(makeBlueprint(recipe.architecture, recipe.own, { ...facts, count }));
  request.check?.(model);
  const runner = makeRunner(engine, model);
  const training = trainingFor(recipe, count);
  const { groups, optimiser } = planTraining(model, training);
  const result = yield* train({
    engine,
    model,
    runner,
    train: request.train,
    validation,
    options: training,
    from: from?.stateFor(model, groups, optimiser.slotCount),
    checkpoint: checkpoint && ((state) => checkpoint(state, { runner, model })),
    clock,
    signal,
  });
  const card = makeCard({
    model,
    engine,
    scaling,
    data: { examples: count, validationExamples: validation.count, ...data },
    options: training,
    result,
  });
  return { trained: { engine, runner, model, parameters: result.parameters, card }, result };
}
