/**
 * `swap`: what two sets of pictures have of their own, exchanged: one encoder for both, which sees what they have in common (pose,
 * expression, light), and a decoder for each, which knows one of them. Swapped is what one is encoded to and the other's decoder says.
 *
 *   a ── warp ── encode ─┬─ code ─┬─ decoder of A ── a        trained
 *   b ── warp ── encode ─┘        └─ decoder of B ── b
 *   a ─────────── encode ── code ──── decoder of B ── a as B   swapped
 */
import { DataError } from '../base/errors.ts';
import { createRandom, type Random } from '../base/random.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Examples } from '../model/examples.ts';
import type { TrainingEvent } from '../training/events.ts';
import { withDefaults } from './recipe.ts';
import type { TrainedModel } from './trained.ts';
import { trainForUse, type UseTrained, type UseTraining } from './use-training.ts';
import { warped } from './warp.ts';

const DEFAULTS = {
  // One prior for the codes of both: what is common to them lies in the same place.
  kind: 'variational',
  network: 'convolutional',
  decoders: 'each',
  channels: [24, 48, 96],
  up: 'upsample',
  latent: 32,
  batchSize: 32,
  epochs: 20,
  learningRate: 0.001,
};

/** Pictures of both, `[count, …shape]`, and which of the two each is. */
export interface TwoSets {
  readonly name: string;
  /** `[channels, height, width]` */
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly values: Uint8Array;
  /** 0 or 1. */
  readonly labels: Int32Array;
  readonly names: readonly [string, string];
}

export interface FitSwapRequest extends UseTraining {
  readonly sets: TwoSets;
  /** What is only measured on; some of the pictures when absent. */
  readonly test?: TwoSets;
  /** How far points are moved to learn from, as a share of the picture's size. */
  readonly warp?: number;
}

export interface FittedSwap extends UseTrained {
  readonly learned: TwoSets;
  /** What was chosen by, which no parameter has seen. */
  readonly chosen: TwoSets;
  /** What nothing was learned from. */
  readonly measured: TwoSets;
}

/** How far points are moved to learn from, where the user does not say. */
export const WARP = 0.02;
const HELD_OUT = 0.1;
const LEAST_OF_EACH = 5;
/** Pictures in an epoch: fewer are bent several times. */
const WARPED = 4000;
const MOST_COPIES = 10;

/**
 * Trains; the generator's return value is what was learned.
 *
 * @throws DataError for too few pictures of one set; OptionError, DivergenceError, InterruptedError.
 */
export async function* fitSwap(request: FitSwapRequest): AsyncGenerator<TrainingEvent, FittedSwap> {
  const { sets, warp = WARP } = request;
  const random = createRandom(Number(request.options.seed ?? 0)).fork('swap');
  for (const label of [0, 1] as const) {
    const count = sets.labels.filter((own) => own === label).length;
    if (count < LEAST_OF_EACH)
      throw new DataError({
        where: sets.name,
        expected: `at least ${LEAST_OF_EACH} pictures of ${sets.names[label]}`,
        got: `${count}`,
        fix: 'give more pictures: dozens of each, in many poses',
      });
  }
  const order = random.fork('split').permutation(sets.labels.length);
  const held = Math.max(2, Math.ceil(HELD_OUT * sets.labels.length));
  const [chosen, measured] = [
    rowsOf(sets, order.slice(0, held)),
    request.test ?? rowsOf(sets, order.slice(held, 2 * held)),
  ];
  const learned = rowsOf(sets, order.slice(request.test ? held : 2 * held));
  // Each decoder learns from its own set alone: the smaller one is shown more often.
  const copies = [0, 1].map((label) => {
    const count = learned.labels.filter((own) => own === label).length;
    return Math.min(MOST_COPIES, Math.max(1, Math.round(WARPED / 2 / count)));
  });
  const data = {
    train: lesson(learned, copies, warp, random.fork('warp')),
    validation: lesson(chosen, [1, 1], warp, random.fork('chosen')),
  };
  const { shape, name, names } = sets;
  const { trained, result } = yield* trainForUse({
    ...request,
    ...data,
    options: withDefaults(DEFAULTS, request.options),
    facts: { shape, hasMissing: false, isBytes: true, isUnitRange: true, classes: 2 },
    scaling: { form: 'pixels', shape: [...shape] },
    data: { name, examples: learned.labels.length, labelNames: [...names] },
  });
  return { trained, result, learned, chosen, measured };
}

/** Some of the pictures. */
export function rowsOf(sets: TwoSets, rows: ArrayLike<number>): TwoSets {
  const size = sizeOf(sets.shape);
  const values = new Uint8Array(rows.length * size);
  for (let at = 0; at < rows.length; at++)
    values.set(sets.values.subarray(rows[at] * size, (rows[at] + 1) * size), at * size);
  return { ...sets, values, labels: Int32Array.from(rows, (row) => sets.labels[row]) };
}

/** Each picture bent, as many times as `copies` says of its set; to be told as it is. */
function lesson({ values, labels, shape }: TwoSets, copies: readonly number[], warp: number, random: Random): Examples {
  const size = sizeOf(shape);
  const rows = Array.from({ length: Math.max(...copies) }, (_, copy) =>
    [...labels.keys()].filter((row) => copy < copies[labels[row]]),
  ).flat();
  const count = rows.length;
  const [shown, told] = [new Uint8Array(count * size), new Uint8Array(count * size)];
  for (const [at, row] of rows.entries()) {
    const picture = values.subarray(row * size, (row + 1) * size);
    shown.set(warp === 0 ? picture : warped(picture, shape, warp, random), at * size);
    told.set(picture, at * size);
  }
  return {
    values: shown,
    told: { values: told },
    count,
    labels: { values: Int32Array.from(rows, (row) => labels[row]) },
  };
}

/** Pictures through the encoder and the decoder of the labels given, `[count, …shape]` in 0…1. */
export async function decodedAs(
  { runner, parameters }: TrainedModel,
  values: Uint8Array,
  labels: Int32Array,
): Promise<Float32Array> {
  const { code } = await runner.encode(parameters, { values, count: labels.length, labels: { values: labels } });
  return runner.decode(parameters, code, labels);
}

/** Each picture as the other of the two, `[count, …shape]` in 0…1. */
export function swapped(
  trained: TrainedModel,
  { values, labels }: Pick<TwoSets, 'values' | 'labels'>,
): Promise<Float32Array> {
  return decodedAs(
    trained,
    values,
    labels.map((label) => 1 - label),
  );
}

/** Shares of half the height and width that a face fills, and over which it fades out. */
const FACE = { height: 0.92, width: 0.78, fade: 0.2 };

/**
 * What was swapped laid into the picture that it came from: in an oval in the middle, which fades out, with the colours brought to the
 * mean that the picture has there. `[count, …shape]` in 0…1.
 */
export function laidIn(
  swappedValues: Float32Array,
  values: Uint8Array,
  [, height, width]: TwoSets['shape'],
): Float32Array {
  const area = height * width;
  const weight = Float64Array.from({ length: area }, (_, at) => {
    const y = (2 * (Math.floor(at / width) + 0.5)) / height - 1;
    const x = (2 * ((at % width) + 0.5)) / width - 1;
    const distance = Math.hypot(y / FACE.height, x / FACE.width);
    return Math.min(1, Math.max(0, (1 - distance) / FACE.fade));
  });
  const total = weight.reduce((sum, own) => sum + own, 0);
  const result = new Float32Array(swappedValues.length);
  for (let plane = 0; plane < result.length; plane += area) {
    let shift = 0;
    for (let at = 0; at < area; at++)
      shift += (weight[at] * (values[plane + at] / 255 - swappedValues[plane + at])) / total;
    // Half of the way: all of it would take the skin along.
    for (let at = 0; at < area; at++)
      result[plane + at] =
        (1 - weight[at]) * (values[plane + at] / 255) +
        weight[at] * Math.min(1, Math.max(0, swappedValues[plane + at] + shift / 2));
  }
  return result;
}
