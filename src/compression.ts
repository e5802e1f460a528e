/** A learned codec of pictures in the library. */

import type { RatePoint } from './applications/codec/bd-rate.ts';
import { curveOf } from './applications/codec/beside.ts';
import { type Codec, type CodecParts, openCodec } from './applications/codec/codec.ts';
import { type CodecFiles, decodeCodec, encodeCodec } from './applications/codec/codec-file.ts';
import { fitCodec } from './applications/codec/fit-codec.ts';
import type { Picture } from './data/picture.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import { finish, type TrainingEvent } from './training/events.ts';

export interface CodecOptions {
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

/** Writes pictures as .aec files and reads them. */
export interface PictureCodec extends Codec {
  /** Bits a pixel and PSNR at every quality, on average over pictures. */
  curve(pictures: readonly Picture[]): Promise<RatePoint[]>;
  /** The two files that it is kept in, for `openPictureCodec`. */
  files(): Promise<CodecFiles>;
}

/**
 * A codec, learned from pictures.
 *
 * @example
 * const { pictures } = await readPictures('photos');
 * const codec = await pictureCodec(pictures);
 * const bytes = await codec.compress(pictures[0], 4);
 * const picture = await codec.decompress(bytes);
 * @throws DataError for too few or too small pictures; OptionError, DivergenceError, InterruptedError.
 */
export async function pictureCodec(
  pictures: readonly Picture[],
  { patches = 4000, patch = 64, engine: given, onEvent, signal, ...options }: CodecOptions = {},
): Promise<PictureCodec> {
  const engine = await engineOr(given);
  const request = {
    name: 'pictures',
    engine,
    pictures,
    patches,
    patch,
    options,
    clock: () => performance.now(),
    signal,
  };
  const fitted = await finish(fitCodec(request), onEvent);
  return openPictureCodec(await encodeCodec(fitted), { engine });
}

/** A codec from its files. @throws ModelFileError for damaged ones, or such as do not belong together. */
export async function openPictureCodec(
  files: CodecFiles,
  { engine: given }: { readonly engine?: Engine } = {},
): Promise<PictureCodec> {
  const engine = await engineOr(given);
  const parts: CodecParts = await decodeCodec(files, engine);
  const codec = openCodec(parts);
  return { ...codec, curve: (pictures) => curveOf(codec, pictures), files: async () => files };
}
