/**
 * Models that give back what a picture was before it was spoiled: convolutions all the way, trained on pieces, at work on pictures of any
 * size.
 *
 *   spoiled ── half the size, features ── residual blocks ── code (a map) ── residual blocks ── full size
 */
import { OptionError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { coloured, type Picture } from '../data/picture.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Examples } from '../model/examples.ts';
import { mapOf } from '../model/resized.ts';
import type { TrainingEvent } from '../training/events.ts';
import { type Cut, cutPatches, planCuts } from './patches.ts';
import { withDefaults } from './recipe.ts';
import { sizedRunners } from './sized-runners.ts';
import { overTiles } from './tiles.ts';
import type { TrainedModel } from './trained.ts';
import { trainForUse, type UseTrained, type UseTraining } from './use-training.ts';

/** What a model of restoring is where the user does not say. */
const DEFAULTS = {
  kind: 'denoising',
  network: 'convolutional',
  channels: [32],
  residual: 4,
  codeChannels: 48,
  skip: 'input',
  output: 'linear',
  batchSize: 8,
  epochs: 10,
  learningRate: 0.002,
};

/** What is learned from: pieces as they are shown, and as they are to be told where that is not the same. */
export type Lesson = Pick<Examples, 'values' | 'told'>;

export interface FitRestorerRequest extends UseTraining {
  readonly name: string;
  /** All with the same channels. */
  readonly pictures: readonly Picture[];
  /** What is chosen by. */
  readonly validation: readonly Picture[];
  /** Pieces in an epoch. */
  readonly patches: number;
  /** Height and width of a piece. */
  readonly patch: number;
  /** What is learned from pieces; undefined where the kind's corruption says all. */
  readonly lessonOf?: (cuts: readonly Cut[], pictures: readonly Picture[]) => Lesson;
}

/** Pieces that are chosen by. */
const CHOSEN = 256;

/**
 * Trains; the generator's return value is what was learned.
 *
 * @throws DataError for pictures smaller than a piece; OptionError, DivergenceError, InterruptedError.
 */
export async function* fitRestorer(request: FitRestorerRequest): AsyncGenerator<TrainingEvent, UseTrained> {
  const { pictures, patch, patches } = request;
  const random = createRandom(Number(request.options.seed ?? 0)).fork('patches');
  const { lessonOf = (cuts, from) => ({ values: cutPatches(from, cuts, patch) }) } = request;
  const examples = (from: readonly Picture[], count: number, name: string): Examples => {
    const cuts = planCuts(from, { count, size: patch, random: random.fork(name) });
    return { ...lessonOf(cuts, from), count };
  };
  const data = {
    train: examples(pictures, patches, 'train'),
    validation: examples(request.validation, CHOSEN, 'validation'),
  };
  const isBytes = data.train.values instanceof Uint8Array;
  const [{ channels }] = pictures;
  const shape = [channels, patch, patch];
  const size = sizeOf(shape);
  return yield* trainForUse({
    ...request,
    ...data,
    options: withDefaults(DEFAULTS, request.options),
    facts: { shape, hasMissing: !isBytes, isBytes, isUnitRange: true },
    scaling: isBytes
      ? { form: 'pixels', shape }
      : { form: 'array', shape, offset: new Array(size).fill(0), scale: new Array(size).fill(1), constant: [] },
    data: { name: request.name },
    check: (model) => void mapOf(model.blueprint),
  });
}

export interface Restorer {
  /** The picture as the model rebuilds it, cut off at 0 and 1. */
  restore(picture: Picture): Promise<Picture>;
  dispose(): Promise<void>;
}

/** Height and width of the pieces that pictures are restored in: bounds the memory that a large picture takes. */
const TILE = 384;

/** @throws OptionError for a model that is made for one size of picture. */
export function openRestorer(trained: TrainedModel): Restorer {
  const { parameters } = trained;
  const { blueprint } = trained.model;
  const [channels] = blueprint.shape;
  if (blueprint.shape.length !== 3 || !(channels === 1 || channels === 3))
    throw new OptionError({
      where: 'the model',
      expected: 'one of pictures, grey or in colour',
      got: `one of examples of shape [${blueprint.shape}]`,
      fix: 'train one with --fit PICTURES',
    });
  const margin = mapOf(blueprint).reach;
  const runners = sizedRunners(trained);
  const rebuilt = async (piece: Picture): Promise<Picture> => {
    const { height, width } = piece;
    const runner = await runners.at(height, width);
    // A model of grey takes the colours one by one.
    const count = piece.channels / channels;
    const { reconstruction } = await runner.reconstruct(parameters, { values: piece.values, count });
    return { ...piece, values: reconstruction };
  };

  return {
    async restore(picture) {
      const isGreyToColour = picture.channels < channels;
      const seen = isGreyToColour ? coloured(picture) : picture;
      const done = await overTiles(seen, { size: Math.max(TILE, 4 * margin), margin }, rebuilt);
      const values = done.values.map((value) => Math.min(1, Math.max(0, value)));
      return isGreyToColour ? meanOfColours({ ...done, values }) : { ...done, values };
    },
    dispose: () => runners.dispose(),
  };
}

function meanOfColours(picture: Picture): Picture {
  const area = picture.height * picture.width;
  const { values } = picture;
  return {
    ...picture,
    channels: 1,
    values: Float32Array.from(
      { length: area },
      (_, at) => (values[at] + values[area + at] + values[2 * area + at]) / 3,
    ),
  };
}
