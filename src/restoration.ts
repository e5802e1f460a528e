/** Models that repair pictures in the library: `denoise`, `inpaint` and `upscale` are what is to be repaired. */

import { measureRestoration, type Restoration, type TrialResult } from './applications/restoration.ts';
import { fitRestoration } from './applications/restoration-training.ts';
import { openRestorer } from './applications/restorer.ts';
import { createRandom } from './base/random.ts';
import type { Picture } from './data/picture.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import { finish, type TrainingEvent } from './training/events.ts';

export interface RestorationOptions {
  /** Pictures that are only measured on; some of the others when absent. */
  readonly test?: readonly Picture[];
  /** Pieces of pictures in an epoch. */
  readonly patches?: number;
  /** Height and width of a piece. */
  readonly patch?: number;
  readonly seed?: number;
  readonly engine?: Engine;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
  /** Options of the model and of its training. */
  readonly [option: string]: unknown;
}

/** Repairs pictures of any size. */
export interface PictureRestorer<How> {
  /** Holes are NaN, for `inpaint`. */
  repair(picture: Picture): Promise<Picture>;
  /** Spoils good pictures, repairs them, and says how near that comes, beside simple ways; `how` is what the model is for when absent. */
  measure(
    pictures: readonly Picture[],
    options?: { readonly how?: How; readonly beside?: 'simple ways' | 'nothing'; readonly seed?: number },
  ): Promise<TrialResult[]>;
  /** Good pictures that nothing was learned from. */
  readonly held: readonly Picture[];
  /** Seconds of training. */
  readonly seconds: number;
  dispose(): Promise<void>;
}

/**
 * A model that repairs, trained on good pictures.
 *
 * @example
 * const { pictures } = await readPictures('photos');
 * const cleaner = await restorer(denoise, pictures, { noise: 'gaussian', from: 0, to: 55 / 255 });
 * const clean = await cleaner.repair((await readPictures('noisy.png')).pictures[0]);
 * @throws DataError for too few or too small pictures; OptionError, DivergenceError, InterruptedError.
 */
export async function restorer<How>(
  use: Restoration<How>,
  pictures: readonly Picture[],
  how: How,
  { test, patches, patch, engine: given, onEvent, signal, ...options }: RestorationOptions = {},
): Promise<PictureRestorer<How>> {
  const engine = await engineOr(given);
  const training = fitRestoration({
    use,
    how: use.schema.parse(how),
    name: use.name,
    engine,
    pictures,
    test,
    patches,
    patch,
    options,
    clock: () => performance.now(),
    signal,
  });
  const { trained, measured, result } = await finish(training, onEvent);
  const at = openRestorer(trained);
  return {
    repair: (picture) => use.repair(at, picture, how),
    measure: (good, { how: other = how, beside, seed = 0 } = {}) =>
      measureRestoration({
        use,
        restorer: at,
        how: other,
        pictures: good,
        beside,
        random: createRandom(seed).fork('measure'),
        signal,
      }),
    held: measured,
    seconds: result.seconds,
    dispose: () => at.dispose(),
  };
}
