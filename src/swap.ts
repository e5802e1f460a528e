/** Models that swap in the library. */

import { fitSwap, laidIn, swapped, type TwoSets } from './applications/swap.ts';
import { type DetectionQuality, fitSwapDetector, swapChances } from './applications/swap-detector.ts';
import { type KeptSwap, readSwap, swapFiles } from './applications/swap-file.ts';
import { type SwapQuality, swapQuality } from './applications/swap-quality.ts';
import { createRandom } from './base/random.ts';
import { type Folder, type FolderFiles, folderOf } from './data/folder.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import { finish, type TrainingEvent } from './training/events.ts';

export interface SwapOptions {
  /** Pictures that are only measured on; some of the others when absent. */
  readonly test?: TwoSets;
  /** How far pictures are bent to learn from, as a share of their size. */
  readonly warp?: number;
  readonly seed?: number;
  readonly engine?: Engine;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
  /** Options of the model and of its training. */
  readonly [option: string]: unknown;
}

/** Shows one of two in the place of the other. Mark what it makes as made. */
export interface Swapper {
  /** Each picture as the other, `[count, channels, height, width]` in 0…1; whole, or the face laid into the picture. */
  swap(pictures: Pick<TwoSets, 'values' | 'labels'>, lay?: 'whole' | 'face'): Promise<Float32Array>;
  /** The chance that each picture is swapped. */
  detect(values: Uint8Array): Promise<Float64Array>;
  /** What it is kept in, for `openSwapper` and for the command. */
  files(): Promise<FolderFiles>;
}

/** One that was trained here. */
export interface TrainedSwapper extends Swapper {
  /** Of pictures that nothing was learned from. */
  readonly quality: SwapQuality;
  readonly detection: DetectionQuality;
  /** Seconds of training. */
  readonly seconds: number;
}

/**
 * A model that swaps, with a detector of what it makes, trained on pictures of two who agree to it.
 *
 * @throws DataError for too few pictures of one; OptionError, DivergenceError, InterruptedError.
 */
export async function swapper(
  sets: TwoSets,
  { test, warp, engine: given, onEvent, signal, ...options }: SwapOptions = {},
): Promise<TrainedSwapper> {
  const engine = await engineOr(given);
  const training = fitSwap({ sets, test, engine, warp, options, clock: () => performance.now(), signal });
  const { trained, learned, chosen, measured, result } = await finish(training, onEvent);
  const random = createRandom(Number(options.seed ?? 0)).fork('detector');
  const { detector, quality: detection } = await fitSwapDetector(trained, chosen, measured, random);
  return {
    ...faceOf({ trained, detector, isDrawn: false }),
    quality: await swapQuality(trained, learned, measured),
    detection,
    seconds: result.seconds,
  };
}

/** A model that swaps from its files, or from their folder. @throws ModelFileError for damaged ones. */
export async function openSwapper(
  files: FolderFiles | Folder,
  { engine }: { readonly engine?: Engine } = {},
): Promise<Swapper> {
  return faceOf(await readSwap(folderOf(files), await engineOr(engine)));
}

function faceOf(own: KeptSwap): Swapper {
  const { trained, detector } = own;
  return {
    async swap(pictures, lay = 'whole') {
      const told = await swapped(trained, pictures);
      if (lay === 'whole') return told;
      const [channels, height, width] = trained.model.blueprint.shape;
      return laidIn(told, pictures.values, [channels, height, width]);
    },
    detect: (values) => swapChances(trained, detector, values),
    files: () => swapFiles(own),
  };
}
