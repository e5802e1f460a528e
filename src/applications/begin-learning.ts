/** What comes before the first step of learning: the parts of the data, the model, and how it is to be trained. */
import { sha256 } from '../base/sha256.ts';
import type { ColumnScaling } from '../data/columns/form.ts';
import { categoryGroups } from '../data/columns/scaling.ts';
import type { Dataset, Source, SourceWithTest } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { type DataFacts, makeBlueprint } from '../model/blueprint.ts';
import { type Model, makeModel } from '../model/model.ts';
import { makeRunner, type Runner } from '../model/runner.ts';
import type { Checkpoint } from '../training/checkpoint.ts';
import type { TrainingEvent } from '../training/events.ts';
import type { TrainingOptions } from '../training/options.ts';
import { pretrain } from '../training/pretrain.ts';
import type { Ranks } from '../training/ranks.ts';
import type { TrainRequest } from '../training/request.ts';
import type { TrainingState } from '../training/state.ts';
import { planTraining, type TrainResult, train } from '../training/train.ts';
import type { DiskData } from './disk-data.ts';
import { type Parts, prepare } from './prepare.ts';
import { type Recipe, trainingFor } from './recipe.ts';

export interface LearnRequest {
  /** In memory, or on disk. */
  readonly source: SourceWithTest | DiskData;
  /** What is held out to choose by and to measure on; a random part of the source when absent. */
  readonly validation?: Source;
  /** Steps at the end of an example that are to be told from those before. */
  readonly ahead?: number;
  readonly recipe: Recipe;
  /** How the columns are scaled; learned on the training rows when absent. */
  readonly scaling?: ColumnScaling;
  readonly engine: Engine;
  /** Milliseconds on a steady clock. */
  readonly clock: () => number;
  readonly from?: Checkpoint;
  /** Shown the model and the names of the labels before anything is learned; may throw. */
  readonly check?: (model: Model, labelNames: readonly string[]) => void;
  /** Told what the values of both parts hash to before training; may throw. */
  readonly checkFingerprint?: (fingerprint: string) => void;
  /** Given what `state` belongs to as well, so that it can be looked at. */
  readonly checkpoint?: (state: TrainingState, learning: Learning) => Promise<void>;
  /** Seconds between checkpoints. */
  readonly checkpointSeconds?: number;
  readonly signal?: AbortSignal;
  /** As of a training: those that learn the same together. */
  readonly ranks?: Ranks;
  readonly syncEvery?: number;
  /** Called when the last step is done, before anything is measured. */
  readonly onTrained?: () => void;
}

/** What is being learned from and with: known before the first step. */
export interface Learning {
  /** Of data on disk, the training part has only some of the rows. */
  readonly parts: Parts;
  readonly model: Model;
  readonly runner: Runner;
  /** The options it is trained with, those included that follow from the data. */
  readonly training: TrainingOptions;
}

/** A job that is ready for its first step. */
export interface Begun extends Learning {
  readonly request: LearnRequest;
  readonly whole: TrainRequest;
  /** SHA-256 of the training values, and of those held out. */
  readonly fingerprint: string;
  readonly heldOut: string;
  /** Examples that are trained on. */
  readonly examples: number;
}

/** Everything before the first step of `learn`. @throws DataError, OptionError as that. */
export async function beginLearning(request: LearnRequest): Promise<Begun> {
  const { engine, checkpoint } = request;
  const { parts, model, training } = planLearning(request);
  request.check?.(model, parts.train.labels?.names ?? []);
  const runner = makeRunner(engine, model);
  const { groups, optimiser } = planTraining(model, training);
  const disk = 'windows' in request.source ? request.source : undefined;
  const fingerprint = disk?.fingerprint ?? (await fingerprintOf(parts.train));
  const heldOut = await fingerprintOf(parts.validation);
  request.checkFingerprint?.(`${fingerprint} ${heldOut}`);
  const whole: TrainRequest = {
    engine,
    model,
    runner,
    train: disk ? disk.windows(training.batchSize) : parts.train,
    validation: parts.validation,
    options: training,
    from: request.from?.stateFor(model, groups, optimiser.slotCount),
    checkpoint: checkpoint && ((state) => checkpoint(state, { parts, model, runner, training })),
    checkpointSeconds: request.checkpointSeconds,
    clock: request.clock,
    signal: request.signal,
    ranks: request.ranks,
    syncEvery: request.syncEvery,
  };
  const examples = disk?.count ?? parts.train.count;
  return { request, parts, model, runner, training, whole, fingerprint, heldOut, examples };
}

/** The steps alone, without what `learn` measures after them: all that a rank does that keeps nothing. */
export async function* learningSteps({ whole }: Begun): AsyncGenerator<TrainingEvent, TrainResult> {
  const given = whole.from ? undefined : yield* pretrain(whole);
  return yield* train({ ...whole, given });
}

/** What would be learned with what, worked out without a step of training. @throws DataError, OptionError as `learn`. */
export function planLearning(
  request: Pick<LearnRequest, 'source' | 'recipe' | 'scaling' | 'validation' | 'ahead'>,
): Omit<Learning, 'runner'> {
  const { source, recipe, scaling, validation, ahead } = request;
  if ('windows' in source) {
    const { parts, facts, count } = source;
    return { parts, model: modelFor(parts, recipe, { ...facts, count }), training: trainingFor(recipe, count) };
  }
  const parts = prepare(source, recipe, { scaling, validation });
  return { parts, model: modelFor(parts, recipe, { ahead }), training: trainingFor(recipe, parts.train.count) };
}

/** @param known What is known of all rows where `parts` have only some of them. */
function modelFor(
  { train: data, validation, test }: Parts,
  { architecture, own }: Recipe,
  known: Partial<DataFacts>,
): Model {
  const isBytes = data.values instanceof Uint8Array;
  const vocabulary = data.scaling.form === 'tokens' ? data.scaling.vocabulary : undefined;
  return makeModel(
    makeBlueprint(architecture, own, {
      shape: data.shape,
      hasMissing: data.hasMissing || validation.hasMissing || (test?.hasMissing ?? false),
      isBytes,
      vocabulary,
      isUnitRange: vocabulary === undefined && (isBytes || data.values.every((value) => !(value < 0 || value > 1))),
      hasNegative: !isBytes && data.values.some((value) => value < 0),
      count: data.count,
      categories: categoryGroups(data.scaling),
      classes: data.labels?.names.length,
      ...known,
    }),
  );
}

/** SHA-256 of a part's values. */
async function fingerprintOf({ values }: Dataset): Promise<string> {
  const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
  return sha256(bytes);
}
