/** Makes a codec of sets from pictures like theirs: trains its model, and then rounds it to whole numbers. */
import { DataError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { bytesOf, drawn, type Picture } from '../../data/picture.ts';
import type { Examples } from '../../model/examples.ts';
import type { TrainingEvent } from '../../training/events.ts';
import type { TrainResult } from '../../training/train.ts';
import { makeRecipe, withDefaults } from '../recipe.ts';
import type { TrainedModel } from '../trained.ts';
import { trainForUse, type UseTraining } from '../use-training.ts';
import { twoValuesOf } from './set-codec.ts';
import { fitSetTables, type SetTables } from './set-model.ts';

/** What is trained where the user does not say. Chosen on training digits of MNIST: docs/decisions/0019-bits-back.md. */
const setCodecDefaults = {
  kind: 'variational',
  network: 'dense',
  hidden: [512, 512],
  latent: 40,
  activation: 'relu',
  loss: 'cross-entropy',
  binarize: 'sample',
  batchSize: 50,
  learningRate: 1e-3,
  patience: 0,
} as const;

export interface FitSetCodecRequest extends Pick<UseTraining, 'engine' | 'options' | 'clock' | 'signal'> {
  readonly name: string;
  readonly pictures: readonly Picture[];
}

export interface FittedSetCodec {
  readonly trained: TrainedModel;
  readonly tables: SetTables;
  readonly result: TrainResult;
}

/** Pictures by which the sizes of numbers between layers are known. */
const SIZED_BY = 500;
/** Pictures by which neighbours' weights are known. */
const SET_RIGHT_BY = 2000;
/** Pictures that training is judged by, at most. */
const MOST_HELD = 5000;

/**
 * Trains and rounds; the generator's return value is the codec.
 *
 * @throws DataError for pictures of several sizes or in colour; OptionError, DivergenceError, InterruptedError.
 */
export async function* fitSetCodec(request: FitSetCodecRequest): AsyncGenerator<TrainingEvent, FittedSetCodec> {
  const { name, pictures, engine, clock, signal } = request;
  const options = withDefaults(setCodecDefaults, request.options);
  const { preparation, training } = makeRecipe(options);
  const random = createRandom(training.seed).fork('set codec');
  const { width, height } = likePictures(name, pictures);
  const two = twoValuesOf(pictures);
  const mixed = Array.from(random.fork('split').permutation(pictures.length), (at) => stretched(pictures[at], two));
  const held = Math.min(MOST_HELD, Math.ceil(preparation.validation * mixed.length));
  const shape = [1, height, width];
  const { trained, result } = yield* trainForUse({
    engine,
    options,
    clock,
    signal,
    train: examplesOf(mixed.slice(held)),
    validation: examplesOf(mixed.slice(0, held)),
    facts: { shape, hasMissing: false, isBytes: true, isUnitRange: true },
    scaling: { form: 'pixels', shape },
    data: { name },
  });
  const black = (from: number, to: number): Uint8Array =>
    examplesOf(mixed.slice(from, to).map((picture) => drawn(picture, random))).values.map((byte) => byte / 255);
  const examples = { learned: black(held, held + SIZED_BY), held: black(0, Math.min(held, SET_RIGHT_BY)) };
  return { trained, result, tables: await fitSetTables(trained, examples, random.fork('codes')) };
}

/** Of pictures of two values the darker one is black and the other white; greys are chances of white. */
function stretched(picture: Picture, two: ReturnType<typeof twoValuesOf>): Picture {
  if (two === undefined) return picture;
  return { ...picture, values: Float32Array.from(bytesOf(picture.values), (byte) => (byte === two[1] ? 1 : 0)) };
}

function examplesOf(pictures: readonly Picture[]): Examples & { readonly values: Uint8Array } {
  const area = pictures[0].values.length;
  const values = new Uint8Array(pictures.length * area);
  for (const [at, picture] of pictures.entries()) values.set(bytesOf(picture.values), at * area);
  return { values, count: pictures.length };
}

/** The size that all have. */
function likePictures(name: string, pictures: readonly Picture[]): Picture {
  const [first] = pictures;
  const other = pictures.find(
    ({ channels, width, height }) => channels !== 1 || width !== first.width || height !== first.height,
  );
  if (pictures.length >= 2 && other === undefined) return first;
  throw new DataError({
    where: other?.name ?? name,
    expected: 'at least 2 grey pictures, all of one size',
    got: other
      ? `${other.channels === 3 ? 'colours, ' : ''}${other.width}×${other.height} pixels`
      : `${pictures.length}`,
    fix: 'give such, or make a codec of pictures of any size: compress --fit PICTURES without --lossless',
  });
}
