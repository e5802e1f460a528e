/**
 * One trial from one rung to the next: goes on from its checkpoint, stops at an epoch, and is measured there.
 *
 *   checkpoint ── train to the epoch ──> checkpoint, value          the last epoch: the model as well
 */
import { DivergenceError, InterruptedError, OptionError, ShapeError } from '../../base/errors.ts';
import type { SourceWithTest } from '../../data/dataset.ts';
import type { Engine } from '../../engine/engine.ts';
import { encodeModelFile } from '../../model/file/model-file.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../training/checkpoint.ts';
import { parametersOf, type TrainingState } from '../../training/state.ts';
import type { Learning } from '../begin-learning.ts';
import { type Averages, type Learned, learn } from '../learn.ts';
import { makeRecipe } from '../recipe.ts';
import { makeCard } from '../trained.ts';
import type { Judgement } from './judgement.ts';
import type { Objective } from './objectives.ts';
import type { Options } from './space.ts';

/** What to train, and how far. */
export interface TrialTask {
  readonly trial: number;
  /** Everything that is not left to its default; `epochs` are all of the last rung. */
  readonly options: Options;
  /** The epoch to stop at. */
  readonly epoch: number;
}

export type TrialOutcome =
  | (Judgement & {
      readonly status: 'measured';
      readonly validation: Averages;
      /** What the options became, those that follow from the data included. */
      readonly resolved: Options;
      readonly seconds: number;
    })
  /** It diverged, or its options do not go together. */
  | { readonly status: 'failed'; readonly reason: string; readonly seconds: number };

/** Where trials keep what they go on from, and what they end with. */
export interface TrialStore {
  /** Of a trial that was begun; undefined for others. */
  readCheckpoint(trial: number): Promise<Uint8Array | undefined>;
  writeCheckpoint(trial: number, bytes: Uint8Array): Promise<void>;
  /** Of a trial that will not go on. */
  dropCheckpoint(trial: number): Promise<void>;
  writeModel(trial: number, bytes: Uint8Array): Promise<void>;
}

export interface TrialPlace {
  readonly source: SourceWithTest;
  readonly engine: Engine;
  readonly objective: Objective;
  readonly store: TrialStore;
  /** Milliseconds on a steady clock. */
  readonly clock: () => number;
}

/**
 * Trains and measures.
 *
 * @throws InterruptedError when cancelled, after a checkpoint; DataError for data that nothing can be learned from. What only these
 * options cannot do is an outcome.
 */
export async function runTrial(place: TrialPlace, task: TrialTask, signal?: AbortSignal): Promise<TrialOutcome> {
  const began = place.clock();
  const seconds = (): number => (place.clock() - began) / 1000;
  try {
    return { status: 'measured', ...(await measured(place, task, signal)), seconds: seconds() };
  } catch (error) {
    if (!(error instanceof DivergenceError || error instanceof OptionError || error instanceof ShapeError)) throw error;
    await place.store.dropCheckpoint(task.trial);
    return { status: 'failed', reason: error.message, seconds: seconds() };
  }
}

type Figures = Omit<TrialOutcome & { readonly status: 'measured' }, 'status' | 'seconds'>;

async function measured(place: TrialPlace, task: TrialTask, signal: AbortSignal | undefined): Promise<Figures> {
  const { source, engine, store, clock } = place;
  const recipe = makeRecipe(task.options);
  const from = await checkpointOf(store, task.trial);
  const stop = new AbortController();
  let latest: { readonly state: TrainingState; readonly learning: Learning } | undefined;
  const learning = learn({
    source,
    recipe,
    engine,
    clock,
    from,
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    checkpoint: async (state, known) => {
      latest = { state, learning: known };
      await store.writeCheckpoint(task.trial, await encodeCheckpoint(state, task.options));
    },
  });
  try {
    for (;;) {
      const { value, done } = await learning.next();
      if (done) return await ended(place, task, value, signal);
      const epoch =
        value.type === 'resumed' ? value.history.length : value.type === 'epoch' ? value.record.epoch : undefined;
      if (epoch !== undefined && epoch >= task.epoch && epoch < recipe.training.epochs) stop.abort();
    }
  } catch (error) {
    if (!(error instanceof InterruptedError) || signal?.aborted || latest === undefined) throw error;
    return paused(place, latest.state, latest.learning);
  }
}

async function checkpointOf(store: TrialStore, trial: number): Promise<Checkpoint | undefined> {
  const bytes = await store.readCheckpoint(trial);
  return bytes && decodeCheckpoint(bytes, `the checkpoint of trial ${trial}`);
}

/** After all epochs, or stopped early. */
async function ended(
  { source, objective, engine, store, clock }: TrialPlace,
  { trial, options }: TrialTask,
  learned: Learned,
  signal: AbortSignal | undefined,
): Promise<Figures> {
  await store.writeModel(trial, await encodeModelFile(learned, learned.model));
  const { validation, result, training } = learned;
  const judgement = await objective.measure({ ...learned, engine });
  const more = await objective.confirm?.({ source: source.train, options, engine, clock, signal });
  // What stopped early may be asked to go on: it ends at once then.
  if (result.history.length >= training.epochs) await store.dropCheckpoint(trial);
  return { ...joined(judgement, more), validation, resolved: resolvedOf(learned) };
}

function joined(judgement: Judgement, more: Pick<Judgement, 'parts' | 'ranks'> = {}): Judgement {
  const { parts, ranks } = judgement;
  return {
    ...judgement,
    ...(parts ? { parts: { ...parts, ...more.parts } } : {}),
    ...(ranks ? { ranks: [...ranks, ...(more.ranks ?? [])] } : {}),
  };
}

/** At the epoch of a rung: as good as the best epoch so far. */
async function paused(
  { objective, engine }: TrialPlace,
  state: TrainingState,
  { parts, model, runner, training }: Learning,
): Promise<Figures> {
  const { history, bestEpoch } = state.position;
  const { validation } = history[Math.max(0, bestEpoch - 1)];
  const parameters = bestEpoch > 0 ? state.best : parametersOf(state);
  const card = makeCard({
    model,
    engine,
    scaling: parts.train.scaling,
    data: {
      name: parts.train.name,
      examples: parts.train.count,
      validationExamples: parts.validation.count,
    },
    options: training,
    result: { history, bestEpoch },
  });
  const judgement = await objective.measure({ engine, runner, model, parameters, card, parts, validation });
  return { ...judgement, validation, resolved: resolvedOf({ model, training }) };
}

/** What the options became, those that follow from the data included. */
export function resolvedOf({ model: { blueprint }, training }: Pick<Learning, 'model' | 'training'>): Options {
  const { kind, network, latent, loss, output, variance } = blueprint;
  return {
    ...training,
    ...network.options,
    ...kind.options,
    ...{ latent, loss, output, variance, kind: kind.name, network: network.name },
  };
}
