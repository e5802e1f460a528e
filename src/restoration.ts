/** Models that repair pictures in the library: `denoise`, `inpaint` and `upscale` are what is to be repaired. */

import { measureRestoration, type Restoration, type TrialResult } from './applications/restoration.ts';
import { type RestorerFiles, readRestorer, restorerFiles } from './applications/restoration-file.ts';
import { fitRestoration } from './applications/restoration-training.ts';
import { openRestorer } from './applications/restorer.ts';
import type { TrainedModel } from './applications/trained.ts';
import { createRandom } from './base/random.ts';
import { type Folder, folderOf } from './data/folder.ts';
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
  /** The two files that it is kept in, for `openPictureRestorer` and for the command. */
  files(): Promise<RestorerFiles>;
  dispose(): Promise<void>;
}

/** One that was trained here. */
export interface TrainedPictureRestorer<How> extends PictureRestorer<How> {
  /** Good pictures that nothing was learned from. */
  readonly held: readonly Picture[];
  /** Seconds of training. */
  readonly seconds: number;
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
export async function restorer<How extends object>(
  use: Restoration<How>,
  pictures: readonly Picture[],
  how: How,
  { test, patches, patch, engine: given, onEvent, signal, ...options }: RestorationOptions = {},
): Promise<TrainedPictureRestorer<How>> {
  const engine = await engineOr(given);
  const own = use.schema.parse(how);
  const training = fitRestoration({
    use,
    how: own,
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
  return { ...opened(use, own, trained, signal), held: measured, seconds: result.seconds };
}

/** A model that repairs from its files, or from their folder. @throws ModelFileError for damaged ones, OptionError for those of another use. */
export async function openPictureRestorer<How extends object>(
  use: Restoration<How>,
  files: RestorerFiles | Folder,
  { engine: given }: { readonly engine?: Engine } = {},
): Promise<PictureRestorer<How>> {
  const { how, trained } = await readRestorer(folderOf(files), use, await engineOr(given));
  return opened(use, how, trained);
}

function opened<How extends object>(
  use: Restoration<How>,
  how: How,
  trained: TrainedModel,
  signal?: AbortSignal,
): PictureRestorer<How> {
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
    files: () => restorerFiles({ use: use.name, how: Object.fromEntries(Object.entries(how)), trained }),
    dispose: () => at.dispose(),
  };
}
