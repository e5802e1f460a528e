/**
 * `next-frame`: what comes next in clips, by a convolutional recurrent encoder and decoder: what the frames so far are encoded to, the next ones
 * are decoded from (Shi et al. 2015, "Convolutional LSTM network"); beside the last frame, and going on as the last two changed.
 *
 *   n frames ── encode ── code (a map) ── decode ── the n frames after them
 */
import { DataError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import type { Clip } from '../data/clips.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Examples } from '../model/examples.ts';
import type { TrainingEvent } from '../training/events.ts';
import { withDefaults } from './recipe.ts';
import type { TrainedModel } from './trained.ts';
import { trainForUse, type UseTrained, type UseTraining } from './use-training.ts';

const DEFAULTS = {
  network: 'convolutional-recurrent',
  batchSize: 16,
  learningRate: 0.002,
  clip: 10,
};

export interface FitNextFrameRequest extends UseTraining {
  readonly name: string;
  /** All of one size. */
  readonly clips: readonly Clip[];
  /** What is only measured on; some of the clips when absent. */
  readonly test?: readonly Clip[];
  /** Frames that are shown, and frames that are told from them. */
  readonly frames: number;
}

export interface FittedNextFrame extends UseTrained {
  readonly errors: FrameErrors;
  /** Windows that nothing was learned from. */
  readonly measured: Windows;
}

/** Mean squared errors of frames, pixels being 0…1: all, and of each step ahead. */
export interface FrameErrors {
  readonly windows: number;
  readonly model: StepErrors;
  readonly lastFrame: StepErrors;
  readonly extrapolation: StepErrors;
}

export interface StepErrors {
  readonly mse: number;
  readonly bySteps: readonly number[];
}

/** Frames that are shown and those after them, `[count, frames, channels, height, width]` each. */
export interface Windows {
  readonly shown: Uint8Array;
  readonly next: Uint8Array;
  readonly count: number;
}

/** Share of the clips that are chosen by, and that are measured on where no others are given. */
const HELD_OUT = 0.1;
const MOST_HELD_OUT = 200;

/**
 * Trains and measures; the generator's return value is both.
 *
 * @throws DataError for too few clips, too short ones, or clips of different sizes; OptionError, DivergenceError, InterruptedError.
 */
export async function* fitNextFrame(request: FitNextFrameRequest): AsyncGenerator<TrainingEvent, FittedNextFrame> {
  const { frames, name } = request;
  const random = createRandom(Number(request.options.seed ?? 0)).fork('clips');
  const { clips, test } = parts(request, random.permutation(request.clips.length));
  const [learned, chosen, measured] = [clips.learned, clips.chosen, test].map((some) => windowsOf(some, frames, name));
  const [, ...picture] = clips.learned[0].shape;
  const shape = [frames, ...picture];
  const { trained, result } = yield* trainForUse({
    ...request,
    train: examplesOf(learned),
    validation: examplesOf(chosen),
    options: withDefaults(DEFAULTS, request.options),
    facts: { shape, hasMissing: false, isBytes: true, isUnitRange: true },
    scaling: { form: 'pixels', shape },
    data: { name },
  });
  return { trained, result, measured, errors: await frameErrors(trained, measured) };
}

/** Clips learned from, chosen by and measured on. */
function parts({ clips, test, name }: FitNextFrameRequest, order: ArrayLike<number>) {
  const held = Math.min(MOST_HELD_OUT, Math.ceil(HELD_OUT * clips.length));
  const mixed = Array.from(order, (at) => clips[at]);
  const rest = mixed.slice(held);
  const [measured, learned] = test ? [test, rest] : [rest.slice(0, held), rest.slice(held)];
  if (learned.length > 0 && measured.length > 0)
    return { clips: { learned, chosen: mixed.slice(0, held) }, test: measured };
  throw new DataError({
    where: name,
    expected: 'at least 3 clips: to learn from, to choose by and to measure on',
    got: `${clips.length}`,
    fix: 'give more clips, or cut a long one into several',
  });
}

/** Every window of 2 · frames frames, half a window apart. @throws DataError for clips of other sizes, and where all are too short. */
export function windowsOf(clips: readonly Clip[], frames: number, where: string): Windows {
  const [, ...picture] = clips[0].shape;
  for (const { name, shape } of clips)
    if (shape.slice(1).join() !== picture.join())
      throw new DataError({
        where: `${where}, ${name}`,
        expected: `frames of [${picture}], as in ${clips[0].name}`,
        got: `[${shape.slice(1)}]`,
        fix: 'scale or crop the clips to one size',
      });
  const size = sizeOf(picture);
  const starts = clips.flatMap(({ shape: [time] }, clip) => {
    const found: { clip: number; start: number }[] = [];
    for (let start = 0; start + 2 * frames <= time; start += frames) found.push({ clip, start });
    return found;
  });
  if (starts.length === 0)
    throw new DataError({
      where,
      expected: `clips of at least ${2 * frames} frames, half of them shown and half told`,
      got: `${Math.max(...clips.map(({ shape: [time] }) => time))} in the longest`,
      fix: `lower --frames ${frames}, or give longer clips`,
    });
  const length = frames * size;
  const [shown, next] = [new Uint8Array(starts.length * length), new Uint8Array(starts.length * length)];
  for (const [at, { clip, start }] of starts.entries()) {
    const { values } = clips[clip];
    shown.set(values.subarray(start * size, start * size + length), at * length);
    next.set(values.subarray(start * size + length, start * size + 2 * length), at * length);
  }
  return { shown, next, count: starts.length };
}

function examplesOf({ shown, next, count }: Windows): Examples {
  return { values: shown, told: { values: next }, count };
}

/** The frames after those shown, `[count, frames, channels, height, width]` in 0…1. */
export async function nextFrames(
  { runner, parameters }: TrainedModel,
  { shown, count }: Pick<Windows, 'shown' | 'count'>,
): Promise<Float32Array> {
  return (await runner.reconstruct(parameters, { values: shown, count })).reconstruction;
}

/** The two forecasts that anybody can make. */
export function simpleFrames(
  { shown, count }: Pick<Windows, 'shown' | 'count'>,
  frames: number,
  way: 'last frame' | 'extrapolation',
): Float32Array {
  const length = shown.length / count;
  const size = length / frames;
  return Float32Array.from(shown, (_, at) => {
    const [window, step, pixel] = [Math.floor(at / length), Math.floor((at % length) / size), at % size];
    const last = (window + 1) * length - size + pixel;
    const change = way === 'extrapolation' && frames > 1 ? shown[last] - shown[last - size] : 0;
    return Math.min(1, Math.max(0, (shown[last] + (step + 1) * change) / 255));
  });
}

export async function frameErrors(trained: TrainedModel, windows: Windows): Promise<FrameErrors> {
  const [frames] = trained.model.blueprint.shape;
  return {
    windows: windows.count,
    model: stepErrors(await nextFrames(trained, windows), windows, frames),
    lastFrame: stepErrors(simpleFrames(windows, frames, 'last frame'), windows, frames),
    extrapolation: stepErrors(simpleFrames(windows, frames, 'extrapolation'), windows, frames),
  };
}

function stepErrors(told: Float32Array, { next, count }: Windows, frames: number): StepErrors {
  const size = told.length / count / frames;
  const sums = new Float64Array(frames);
  for (const [at, value] of told.entries()) sums[Math.floor(at / size) % frames] += (value - next[at] / 255) ** 2;
  const bySteps = Array.from(sums, (sum) => sum / (count * size));
  return { mse: bySteps.reduce((sum, mse) => sum + mse, 0) / frames, bySteps };
}
