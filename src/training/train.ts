/**
 * The training loop: blocks of steps in the runtime, and between them progress, checkpoints, cancelling, validation, early
 * stopping. Knows no kind and no network.
 */
import { DivergenceError, InterruptedError } from '../base/errors.ts';
import { createRandom, type Random, scatter } from '../base/random.ts';
import { type Engine, float32, type HostTensor, type Program } from '../engine/engine.ts';
import { type Examples, exampleFeeds } from '../model/examples.ts';
import type { Parameters } from '../model/file/model-file.ts';
import type { Model } from '../model/model.ts';
import type { Runner } from '../model/runner.ts';
import type { EpochRecord, TrainingEvent } from './events.ts';
import { type Group, layOut } from './layout.ts';
import { averageLosses, isInLoss } from './measure.ts';
import { makeOptimiser, type Optimiser } from './optimisers.ts';
import type { TrainingOptions } from './options.ts';
import { learningRateAt } from './schedules.ts';
import { initialState, parametersOf, type TrainingState } from './state.ts';
import { nextName, stateName, type TrainingGraph, trainingGraph, weightName } from './step.ts';
import { type ExampleWindow, type ExampleWindows, oneWindow } from './windows.ts';

export interface TrainRequest {
  readonly engine: Engine;
  readonly model: Model;
  /** For validation; shares the engine. */
  readonly runner: Runner;
  /** In memory, or a window at a time. */
  readonly train: Examples | ExampleWindows;
  readonly validation: Examples;
  readonly options: TrainingOptions;
  /** Where to go on from; from the start when absent. */
  readonly from?: TrainingState;
  /** Parameters to start with, by name; fresh ones for the others. */
  readonly given?: Parameters;
  /** Called between blocks now and then, after every epoch and before an interruption, with a state to go on from. */
  readonly checkpoint?: (state: TrainingState) => Promise<void>;
  /** Seconds between checkpoints inside an epoch (10 when absent); after an epoch 2 are enough. */
  readonly checkpointSeconds?: number;
  /** Milliseconds on a steady clock; progress and rates are made from it. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
}

export interface TrainResult {
  readonly state: TrainingState;
  /** The parameters of the epoch with the lowest validation loss. */
  readonly parameters: Parameters;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly seconds: number;
  readonly examplesPerSecond: number;
}

/** Seconds of one run of the runtime: long enough to cost nothing, short enough to stay responsive. */
const BLOCK_SECONDS = 0.25;
/** Memory for the indices of one run. */
const MOST_STEPS = 4096;

/** How a training is laid out; the same for the same request, so that a checkpoint fits it. */
export function planTraining(
  model: Model,
  options: TrainingOptions,
): { groups: readonly Group[]; optimiser: Optimiser } {
  return { groups: layOut(model.parameters, options.weightDecay > 0), optimiser: makeOptimiser(options) };
}

/**
 * Trains and tells about it; the generator's return value is the result.
 *
 * @throws DivergenceError when a term of the loss stops being a number; InterruptedError after a checkpoint, when cancelled.
 */
export async function* train(request: TrainRequest): AsyncGenerator<TrainingEvent, TrainResult> {
  const { model, options, clock } = request;
  const random = createRandom(options.seed);
  const plan = planTraining(model, options);
  const { optimiser } = plan;
  // A state brings its groups along: its vectors are filed under them.
  const groups = request.from ? [...request.from.vectors.keys()] : plan.groups;
  const windows = 'pass' in request.train ? request.train : oneWindow(request.train);
  const batchSize = Math.min(options.batchSize, windows.count);
  const graph = trainingGraph(model, groups, optimiser, {
    batchSize,
    clip: options.clip,
    hasTarget: windows.hasTarget,
  });
  const program = await request.engine.compile(graph.outputs);
  const stepsPerEpoch = Math.floor(windows.count / batchSize);
  const stepsPerWindow = Math.floor(windows.windowCount / batchSize);
  const steps = stepsPerEpoch * options.epochs;

  let state = request.from ?? initialState(groups, optimiser.slotCount, random.fork('parameters'), request.given);
  const source = random.fork('noise');
  const noise = [source.bits(), source.bits()] as const;
  let blockSteps = 1;
  let rate = 0;
  let lastCheckpoint = clock();
  const save = async (): Promise<void> => {
    await request.checkpoint?.(state);
    lastCheckpoint = clock();
  };
  try {
    if (request.from) yield { type: 'resumed', history: request.from.position.history };
    else await save();
    while (state.position.epoch < options.epochs && !isFinished(state, options)) {
      const { epoch } = state.position;
      const pass = windows.pass(random.fork(`order ${epoch}`));
      let window: (ExampleWindow & { readonly from: number }) | undefined;
      while (state.position.step < stepsPerEpoch) {
        if (request.signal?.aborted) {
          await save();
          throw new InterruptedError(`training interrupted in epoch ${epoch + 1}`);
        }
        const began = clock();
        const from = state.position.step - (state.position.step % stepsPerWindow);
        if (window?.from !== from) window = { ...(await pass.window(from / stepsPerWindow)), from };
        const end = Math.min(from + stepsPerWindow, stepsPerEpoch);
        const count = Math.min(blockSteps, end - state.position.step, MOST_STEPS);
        state = await runBlock({
          request,
          program,
          graph,
          groups,
          optimiser,
          noise,
          state,
          window,
          batchSize,
          stepsPerEpoch,
          count,
          began,
        });
        const seconds = Math.max((clock() - began) / 1000, 1e-6);
        blockSteps = Math.max(1, Math.min(4 * blockSteps, Math.round((count * BLOCK_SECONDS) / seconds)));
        rate = rate === 0 ? count / seconds : 0.7 * rate + (0.3 * count) / seconds;
        const done = epoch * stepsPerEpoch + state.position.step;
        yield {
          type: 'progress',
          epoch: epoch + 1,
          epochs: options.epochs,
          step: done,
          steps,
          loss: state.position.sums.loss / state.position.step,
          examplesPerSecond: rate * batchSize,
          secondsLeft: (steps - done) / rate,
        };
        const isDue = clock() - lastCheckpoint > 1000 * (request.checkpointSeconds ?? 10);
        if (isDue && state.position.step < stepsPerEpoch) await save();
      }
      const finished = await finishEpoch(request, state, random, stepsPerEpoch);
      state = finished.state;
      yield { type: 'epoch', record: finished.record, isBest: finished.isBest };
      if (clock() - lastCheckpoint > 1000 * Math.min(2, request.checkpointSeconds ?? 10)) await save();
    }
    if (isFinished(state, options))
      yield { type: 'stopped-early', epoch: state.position.epoch, bestEpoch: state.position.bestEpoch };
  } finally {
    await program.dispose();
  }
  const { history, bestEpoch, seconds } = state.position;
  const examples = state.position.epoch * stepsPerEpoch * batchSize;
  const trainingSeconds = history.reduce((total, record) => total + record.seconds, 0);
  return { state, parameters: state.best, history, bestEpoch, seconds, examplesPerSecond: examples / trainingSeconds };
}

interface Block {
  readonly request: TrainRequest;
  readonly program: Program;
  readonly graph: TrainingGraph;
  readonly groups: readonly Group[];
  readonly optimiser: Optimiser;
  /** 64 bits that the noise of all steps follows from. */
  readonly noise: readonly [number, number];
  readonly state: TrainingState;
  /** The examples in memory, from which step of the epoch on. */
  readonly window: ExampleWindow & { readonly from: number };
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly count: number;
  readonly began: number;
}

/** Runs `count` steps from `state` and gives the state after them. */
async function runBlock(block: Block): Promise<TrainingState> {
  const { request, graph, groups, state, batchSize, count } = block;
  const { position } = state;
  const { model, options } = request;
  const { examples, order, from } = block.window;
  const first = position.step - from;
  const feeds: Record<string, HostTensor> = {
    ...exampleFeeds(model, examples),
    index: {
      data: order.subarray(first * batchSize, (first + count) * batchSize),
      shape: [count, batchSize],
    },
  };
  const keys = new Uint32Array(2 * count);
  const columns = Object.fromEntries(graph.scalarNames.map((name) => [name, new Float32Array(count)]));
  for (let k = 0; k < count; k++) {
    const step = position.epoch * block.stepsPerEpoch + position.step + k;
    keys.set(noiseKey(block.noise, step), 2 * k);
    const { scalars, weights } = scalarsAt(block, step);
    for (const [name, column] of Object.entries(columns)) {
      const [isWeight, term] = name.startsWith('weight.') ? [true, name.slice(7)] : [false, name];
      column[k] = isWeight ? (weights[term] ?? 1) : scalars[term];
    }
  }
  feeds.keys = { data: keys, shape: [count, 2] };
  for (const [name, column] of Object.entries(columns)) feeds[`scalar.${name}`] = float32(column);
  for (const [group, vectors] of state.vectors)
    for (const [slot, data] of vectors.entries()) feeds[stateName(group, slot)] = { data, shape: group.shape };

  const results = await block.program.run(feeds);
  const sums = addTerms(block, columns, results);
  const vectors = new Map(
    groups.map((group) => [
      group,
      (state.vectors.get(group) ?? []).map((_, slot) => results[nextName(group, slot)].data as Float32Array),
    ]),
  );
  const seconds = (request.clock() - block.began) / 1000;
  return {
    vectors,
    best: state.best,
    position: {
      ...position,
      step: position.step + count,
      sums,
      seconds: position.seconds + seconds,
      epochSeconds: position.epochSeconds + seconds,
    },
  };

  function scalarsAt({ optimiser, stepsPerEpoch }: Block, step: number) {
    const progress = { share: step / (stepsPerEpoch * options.epochs), epoch: step / stepsPerEpoch };
    return {
      scalars: optimiser.scalars(step + 1, learningRateAt(options, progress)),
      weights: model.kind.weights?.(progress) ?? {},
    };
  }
}

/** The key of a step's noise: cheap, because a tiny net takes a dozen microseconds a step. */
function noiseKey([first, second]: readonly [number, number], step: number): readonly [number, number] {
  return [scatter(first + step), scatter(second ^ scatter(step))];
}

/** The epoch's sums of terms and of their weighted total with this block's steps; the first bad number ends the training. */
function addTerms(
  { request, graph, state: { position }, stepsPerEpoch }: Block,
  columns: Readonly<Record<string, Float32Array>>,
  results: Readonly<Record<string, HostTensor>>,
): Record<string, number> {
  const sums: Record<string, number> = { loss: 0, ...position.sums };
  for (const name of graph.termNames) sums[name] ??= 0;
  const [{ length: count }] = Object.values(columns);
  // Step by step: sums must round alike however the steps are divided into blocks.
  for (let k = 0; k < count; k++)
    for (const name of graph.termNames) {
      const value = results[`term.${name}`].data[k];
      if (!Number.isFinite(value)) throw diverged(name, value, position.epoch * stepsPerEpoch + position.step + k + 1);
      sums[name] += value;
      if (isInLoss(request.model, name)) sums.loss += value * (columns[weightName(name)]?.[k] ?? 1);
    }
  return sums;
}

function diverged(term: string, value: number, step: number): DivergenceError {
  return new DivergenceError(
    {
      where: `training step ${step}, term ${term}`,
      expected: 'a finite number',
      got: String(value),
      fix: 'lower --learning-rate, set --clip 1, or look for extreme values in the data',
    },
    { step, term },
  );
}

/** Validates, keeps the best parameters, starts the next epoch. */
async function finishEpoch(
  request: TrainRequest,
  state: TrainingState,
  random: Random,
  stepsPerEpoch: number,
): Promise<{ state: TrainingState; record: EpochRecord; isBest: boolean }> {
  const { position } = state;
  const epoch = position.epoch + 1;
  const parameters = parametersOf(state);
  const began = request.clock();
  const progress = { share: epoch / request.options.epochs, epoch };
  const validation = await validate(request, parameters, random, progress);
  if (!Number.isFinite(validation.loss)) throw diverged('validation loss', validation.loss, epoch * stepsPerEpoch);
  const isBest = position.bestLoss === null || validation.loss < position.bestLoss;
  const record: EpochRecord = {
    epoch,
    train: Object.fromEntries(Object.entries(position.sums).map(([name, sum]) => [name, sum / stepsPerEpoch])),
    validation,
    learningRate: learningRateAt(request.options, { share: (epoch - 1) / request.options.epochs, epoch: epoch - 1 }),
    seconds: position.epochSeconds,
  };
  const seconds = position.seconds + (request.clock() - began) / 1000;
  return {
    record,
    isBest,
    state: {
      ...state,
      best: isBest ? copyOf(parameters) : state.best,
      position: {
        ...position,
        epoch,
        step: 0,
        sums: {},
        seconds,
        epochSeconds: 0,
        bestLoss: isBest ? validation.loss : position.bestLoss,
        bestEpoch: isBest ? epoch : position.bestEpoch,
        history: [...position.history, record],
      },
    },
  };
}

/**
 * Average terms, loss and `mse` over the validation part, under the same noise in every epoch so that epochs compare. Weights
 * are those of the end of training: a warm-up must not make early epochs look better than later ones.
 */
async function validate(
  request: TrainRequest,
  parameters: Parameters,
  random: Random,
  progress: { share: number; epoch: number },
): Promise<Record<string, number>> {
  return averageLosses(request, request.validation, parameters, random.fork('validation'), {
    ...progress,
    share: 1,
    epoch: request.options.epochs,
  });
}

/** Validation loss has not improved for `patience` epochs. */
function isFinished({ position }: TrainingState, { patience }: TrainingOptions): boolean {
  return patience > 0 && position.epoch - position.bestEpoch >= patience;
}

function copyOf(parameters: Parameters): Parameters {
  return new Map([...parameters].map(([name, values]) => [name, values.slice()]));
}
