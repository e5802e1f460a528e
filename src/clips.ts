/** Models of clips in the library: what comes next. */

import { type FrameErrors, fitNextFrame, frameErrors, nextFrames, windowsOf } from './applications/next-frame.ts';
import { nextFrameFiles, readNextFrame } from './applications/next-frame-file.ts';
import type { TrainedModel } from './applications/trained.ts';
import { DataError } from './base/errors.ts';
import type { Clip } from './data/clips.ts';
import { type Folder, type FolderFiles, folderOf } from './data/folder.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import { sizeOf } from './graph/tensor.ts';
import { finish, type TrainingEvent } from './training/events.ts';

export interface NextFrameOptions {
  /** Frames that are shown, and frames that are told from them. */
  readonly frames?: number;
  /** Clips that are only measured on; some of the others when absent. */
  readonly test?: readonly Clip[];
  readonly seed?: number;
  readonly engine?: Engine;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
  /** Options of the model and of its training. */
  readonly [option: string]: unknown;
}

/** Tells what comes next in clips. */
export interface FrameTeller {
  /** The frames after the end of a clip. @throws DataError for one that is too short, or of another size. */
  next(clip: Clip): Promise<Clip>;
  /** Errors of telling the later frames of clips from those before, beside simple ways. */
  measure(clips: readonly Clip[]): Promise<FrameErrors>;
  /** What it is kept in, for `openFrameTeller` and for the command. */
  files(): Promise<FolderFiles>;
}

/** One that was trained here. */
export interface TrainedFrameTeller extends FrameTeller {
  /** Errors on clips that nothing was learned from. */
  readonly errors: FrameErrors;
  /** Seconds of training. */
  readonly seconds: number;
}

/**
 * A model of what comes next, trained on clips.
 *
 * @example
 * const radar = await frameTeller(await readClips('clips'), { frames: 10 });
 * const coming = await radar.next(tonight);
 * @throws DataError for too few or too short clips; OptionError, DivergenceError, InterruptedError.
 */
export async function frameTeller(
  clips: readonly Clip[],
  { frames = 8, test, engine: given, onEvent, signal, ...options }: NextFrameOptions = {},
): Promise<TrainedFrameTeller> {
  const engine = await engineOr(given);
  const training = fitNextFrame({
    name: 'clips',
    engine,
    clips,
    test,
    frames,
    options,
    clock: () => performance.now(),
    signal,
  });
  const { trained, errors, result } = await finish(training, onEvent);
  return { ...faceOf(trained), errors, seconds: result.seconds };
}

/** A model of clips from its files, or from their folder. @throws ModelFileError for damaged ones. */
export async function openFrameTeller(
  files: FolderFiles | Folder,
  { engine }: { readonly engine?: Engine } = {},
): Promise<FrameTeller> {
  return faceOf(await readNextFrame(folderOf(files), await engineOr(engine)));
}

function faceOf(trained: TrainedModel): FrameTeller {
  const [frames, channels, height, width] = trained.model.blueprint.shape;
  return {
    async next({ name, shape, values }) {
      const size = sizeOf([channels, height, width]);
      if (shape.slice(1).join() !== [channels, height, width].join() || shape[0] < frames)
        throw new DataError({
          where: name,
          expected: `at least ${frames} frames of [${channels},${height},${width}]`,
          got: `[${shape}]`,
          fix: 'give a longer clip, of the size that the model was trained on',
        });
      const told = await nextFrames(trained, { shown: values.slice(values.length - frames * size), count: 1 });
      return {
        name,
        shape: [frames, channels, height, width],
        values: Uint8Array.from(told, (value) => Math.round(255 * value)),
      };
    },
    measure: (more) => frameErrors(trained, windowsOf(more, frames, 'clips')),
    files: () => nextFrameFiles(trained),
  };
}
