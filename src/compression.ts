/** Learned codecs of pictures, and of whole sets of them, in the library. */
import type { RatePoint } from './applications/codec/bd-rate.ts';
import { curveOf } from './applications/codec/beside.ts';
import { type Codec, openCodec } from './applications/codec/codec.ts';
import { codecFiles, readCodec } from './applications/codec/codec-file.ts';
import { type CodecFiles, filesIn } from './applications/codec/codec-packing.ts';
import { fitCodec } from './applications/codec/fit-codec.ts';
import { fitSetCodec } from './applications/codec/fit-set-codec.ts';
import { openSetCodec, type SetCodec } from './applications/codec/set-codec.ts';
import { readSetCodec, setCodecFiles } from './applications/codec/set-codec-file.ts';
import { type Folder, folderOf } from './data/folder.ts';
import type { Picture } from './data/picture.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import { finish, type TrainingEvent } from './training/events.ts';

export interface CodecOptions extends SetCodecOptions {
  /** Pieces of pictures in an epoch. */
  readonly patches?: number;
  /** Height and width of a piece. */
  readonly patch?: number;
}

export interface SetCodecOptions {
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
  return openPictureCodec(await codecFiles(fitted), { engine });
}

/** A codec from its files, or from their folder. @throws ModelFileError for damaged ones, or such as do not belong together. */
export async function openPictureCodec(
  files: CodecFiles | Folder,
  { engine: given }: { readonly engine?: Engine } = {},
): Promise<PictureCodec> {
  const folder = folderOf(files);
  const codec = openCodec(await readCodec(folder, await engineOr(given)));
  return { ...codec, curve: (pictures) => curveOf(codec, pictures), files: () => filesIn(folder) };
}

/** Writes sets of pictures of two values as one .aec file each, and reads them. */
export interface PictureSetCodec extends SetCodec {
  /** The two files that it is kept in, for `openPictureSetCodec`. */
  files(): Promise<CodecFiles>;
}

/**
 * A codec of sets of pictures of two values, all of one size, learned from such, or from grey ones as chances of white. Every pixel comes back, on
 * every machine: bits back by a variational model in whole numbers.
 *
 * @example
 * const codec = await pictureSetCodec(picturesOf(train));
 * const { bytes } = await codec.compress(pictures);
 * const same = await codec.decompress(bytes);
 * @throws DataError for pictures of several sizes or in colour; OptionError, DivergenceError, InterruptedError.
 */
export async function pictureSetCodec(
  pictures: readonly Picture[],
  { engine: given, onEvent, signal, ...options }: SetCodecOptions = {},
): Promise<PictureSetCodec> {
  const engine = await engineOr(given);
  const fitting = fitSetCodec({ name: 'pictures', engine, pictures, options, clock: () => performance.now(), signal });
  return openPictureSetCodec(await setCodecFiles(await finish(fitting, onEvent)), { engine });
}

/** A codec of sets from its files, or from their folder. @throws ModelFileError for damaged ones, or such as do not belong together. */
export async function openPictureSetCodec(
  files: CodecFiles | Folder,
  { engine: given }: { readonly engine?: Engine } = {},
): Promise<PictureSetCodec> {
  const folder = folderOf(files);
  const codec = openSetCodec(await readSetCodec(folder, await engineOr(given)));
  return { ...codec, files: () => filesIn(folder) };
}
