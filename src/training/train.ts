/**
 * The training loop: blocks of steps in the runtime, and between them progress, checkpoints, cancelling, validation, early
 * stopping. Knows no kind and no network.
 */
import { InterruptedError } from '../base/errors.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { Parameters } from '../model/file/model-file.ts';
import type { Model } from '../model/model.ts';
import type { EpochRecord, TrainingEvent } from './events.ts';
import { type Group, layOut } from './layout.ts';
import { averageLosses } from './measure.ts';
import { makeOptimiser, type Optimiser } from './optimisers.ts';
import type { TrainingOptions } from './options.ts';
import { fewSteps, rankSteps } from './rank-steps.ts';
import type { TrainRequest } from './request.ts';
import { learningRateAt } from './schedules.ts';
import { initialState, parametersOf, type TrainingState } from './state.ts';
import { blockSteps, type OpenWindow, requireFinite, type Steps, type StepsOptions } from './steps.ts';
import { oneWindow } from './windows.ts';

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
  const stepsPerEpoch = Math.floor(windows.count / batchSize);
  const stepsPerWindow = Math.floor(windows.windowCount / batchSize);
  const planned = stepsPerEpoch * options.epochs;

  let state = request.from ?? initialState(groups, optimiser.slotCount, random.fork('parameters'), request.given);
  const source = random.fork('noise');
  const noise = [source.bits(), source.bits()] as const;
  const steps = await makeSteps({
    request,
    groups,
    optimiser,
    batchSize,
    stepsPerEpoch,
    noise,
    hasTarget: windows.hasTarget,
  });
  let blockSize = 1;
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
      let window: OpenWindow | undefined;
      while (state.position.step < stepsPerEpoch) {
        if (steps.isInterrupted()) {
          await save();
          throw new InterruptedError(`training interrupted in epoch ${epoch + 1}`);
        }
        const began = clock();
        const before = state.position.step;
        const from = before - (before % stepsPerWindow);
        const end = Math.min(from + stepsPerWindow, stepsPerEpoch);
        if (window?.from !== from) window = { ...(await pass.window(from / stepsPerWindow)), from, end };
        state = await steps.run(state, window, Math.min(blockSize, end - before), began);
        const count = state.position.step - before;
        const seconds = Math.max((clock() - began) / 1000, 1e-6);
        blockSize = Math.max(1, Math.min(4 * blockSize, Math.round((count * BLOCK_SECONDS) / seconds)));
        rate = rate === 0 ? count / seconds : 0.7 * rate + (0.3 * count) / seconds;
        const done = epoch * stepsPerEpoch + state.position.step;
        yield {
          type: 'progress',
          epoch: epoch + 1,
          epochs: options.epochs,
          step: done,
          steps: planned,
          loss: state.position.sums.loss / state.position.step,
          examplesPerSecond: rate * batchSize,
          secondsLeft: (planned - done) / rate,
        };
        const isDue = clock() - lastCheckpoint > 1000 * (request.checkpointSeconds ?? 10);
        if (isDue && state.position.step < stepsPerEpoch) await save();
      }
      const finished = await finishEpoch(request, steps, state, random, stepsPerEpoch);
      state = finished.state;
      yield { type: 'epoch', record: finished.record, isBest: finished.isBest };
      if (clock() - lastCheckpoint > 1000 * Math.min(2, request.checkpointSeconds ?? 10)) await save();
    }
    if (isFinished(state, options))
      yield { type: 'stopped-early', epoch: state.position.epoch, bestEpoch: state.position.bestEpoch };
  } finally {
    await steps.dispose();
  }
  const { history, bestEpoch, seconds } = state.position;
  const examples = state.position.epoch * stepsPerEpoch * batchSize;
  const trainingSeconds = history.reduce((total, record) => total + record.seconds, 0);
  return { state, parameters: state.best, history, bestEpoch, seconds, examplesPerSecond: examples / trainingSeconds };
}

function makeSteps(options: StepsOptions): Promise<Steps> {
  const { ranks, syncEvery } = options.request;
  if (!ranks) return blockSteps(options);
  return syncEvery === undefined ? rankSteps(options, ranks) : fewSteps(options, ranks, syncEvery);
}

/** Validates, keeps the best parameters, starts the next epoch. */
async function finishEpoch(
  request: TrainRequest,
  steps: Steps,
  last: TrainingState,
  random: Random,
  stepsPerEpoch: number,
): Promise<{ state: TrainingState; record: EpochRecord; isBest: boolean }> {
  const epoch = last.position.epoch + 1;
  const began = request.clock();
  const progress = { share: epoch / request.options.epochs, epoch };
  const { state, figures: validation } = await steps.agreed(last, (at) =>
    validate(request, parametersOf(at), random, progress),
  );
  const { position } = state;
  const parameters = parametersOf(state);
  requireFinite(validation.loss, 'validation loss', epoch * stepsPerEpoch);
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
