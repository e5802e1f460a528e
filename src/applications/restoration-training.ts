/** A model of restoring for one use: trained on good pictures that are spoiled, and measured on others. */
import { DataError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import type { Picture } from '../data/picture.ts';
import type { TrainingEvent } from '../training/events.ts';
import type { Restoration } from './restoration.ts';
import { type FitRestorerRequest, fitRestorer } from './restorer.ts';
import type { UseTrained } from './use-training.ts';

export interface FitRestorationRequest<How>
  extends Omit<FitRestorerRequest, 'validation' | 'lessonOf' | 'patches' | 'patch'> {
  readonly use: Restoration<How>;
  readonly how: How;
  /** Pieces in an epoch; `PATCHES` when absent. */
  readonly patches?: number;
  /** Height and width of a piece; `PATCH`, or what the pictures bear, when absent. */
  readonly patch?: number;
  /** Pictures that are only measured on; some of the others when absent. */
  readonly test?: readonly Picture[];
}

export interface FittedRestoration extends UseTrained {
  /** What nothing was learned from. */
  readonly measured: readonly Picture[];
}

/** Height and width of a piece, and pieces of an epoch, where the user does not say. */
export const PATCH = 48;
export const PATCHES = 4000;
/** Of the pictures: chosen by, and, where no others are there to measure on, measured on. */
const HELD_OUT = 0.1;
const MOST_HELD_OUT = 16;
/** Of pictures that are there to measure on. */
const MOST_MEASURED = 24;
/** Height and width that a piece has at least. */
const LEAST_PATCH = 16;

/**
 * Trains; the generator's return value is what was learned, and what to measure on.
 *
 * @throws DataError for too few or too small pictures; OptionError, DivergenceError, InterruptedError.
 */
export async function* fitRestoration<How>(
  request: FitRestorationRequest<How>,
): AsyncGenerator<TrainingEvent, FittedRestoration> {
  const { use, how, test, patches = PATCHES } = request;
  const random = createRandom(Number(request.options.seed ?? 0)).fork('restoration');
  const trimmed = request.pictures.map((picture) => use.trim?.(picture, how) ?? picture);
  const order = random.fork('split').permutation(trimmed.length);
  const pictures = Array.from(order, (at) => trimmed[at]);
  const held = Math.min(MOST_HELD_OUT, Math.ceil(HELD_OUT * pictures.length));
  const [forChoosing, forMeasuring] = [held, test ? 0 : held];
  if (pictures.length < forChoosing + forMeasuring + 1)
    throw new DataError({
      where: request.name,
      expected: `at least ${test ? 2 : 3} pictures: to learn from, to choose by${test ? '' : ' and to measure on'}`,
      got: `${pictures.length}`,
      fix: 'give more pictures',
    });
  const short = Math.min(...pictures.map(({ height, width }) => Math.min(height, width)));
  const patch = request.patch ?? Math.max(Math.min(PATCH, short), LEAST_PATCH);
  const { lesson } = use;
  const holes = random.fork('lesson');
  const fitted = yield* fitRestorer({
    ...request,
    pictures: pictures.slice(forChoosing + forMeasuring),
    validation: pictures.slice(0, forChoosing),
    patch,
    patches,
    options: { ...use.options(how), ...request.options },
    ...(lesson ? { lessonOf: (cuts, from) => lesson(how, cuts, from, patch, holes) } : {}),
  });
  if (!test) return { ...fitted, measured: pictures.slice(forChoosing, forChoosing + forMeasuring) };
  const some = random.fork('test').permutation(test.length).slice(0, MOST_MEASURED);
  return { ...fitted, measured: Array.from(some.toSorted(), (at) => test[at]) };
}
