/**
 * A learned codec of pictures: rounded codes of their planes, written by tables of whole numbers.
 *
 *   picture ── planes ── encoder ── whole numbers of steps ── tables, rANS ── .aec          and back
 *
 * From the bytes to the whole numbers everything is done in whole numbers: that is the same on every machine. From there to pixels the
 * decoder computes in floats, whose last digits may differ.
 */
import { DataError, OptionError } from '../../base/errors.ts';
import { type AecFile, decodeAec, encodeAec, requireCodec, requireRoom, requireSize } from '../../codec/container.ts';
import { readingDecider, writingDecider } from '../../codec/decisions.ts';
import { codeNumbers, type MapTables, type NumberMap } from '../../codec/number-map.ts';
import { bytesOf, type Picture } from '../../data/picture.ts';
import type { TrainedModel } from '../trained.ts';
import { pictureOf, planeSizes, planesOf } from './colour.ts';
import { type LosslessTables, readLossless, writeLossless } from './lossless.ts';
import { dequantise, quantise } from './quantise.ts';
import { makeTransform, type Transform } from './transform.ts';

/** How codes are rounded and written at one quality. */
export interface QualityTables {
  /** Of each channel of the code. */
  readonly steps: Float32Array;
  /** Of lightness and of the two planes of colour. */
  readonly lightness: MapTables;
  readonly colour: MapTables;
}

/** What a codec is besides its model. */
export interface CodecTables {
  /** The lowest quality first. */
  readonly qualities: readonly QualityTables[];
  /** For pictures that are to come back as they were. */
  readonly lossless: LosslessTables;
  /** Names model and tables in the files that they wrote: 8 bytes. */
  readonly fingerprint: Uint8Array;
}

export interface CodecParts extends CodecTables {
  readonly trained: TrainedModel;
}

/** A codec in the midst of its training: it writes what itself can read. */
export interface DraftCodec extends CodecTables {
  readonly trained: Omit<TrainedModel, 'card'>;
}

export interface Codec {
  /** Qualities there are, from 1. */
  readonly qualities: number;
  /** The bytes of an .aec file. @throws OptionError for a quality that there is not; DataError for a picture too large. */
  compress(picture: Picture, quality: number | 'lossless'): Promise<Uint8Array>;
  /** @throws DataError for bytes that are damaged, or that another model has written. */
  decompress(bytes: Uint8Array, where?: string): Promise<Picture>;
  dispose(): Promise<void>;
}

/** What is nearly half of a step away from a smaller number becomes that. Chosen by measuring: docs/decisions/0016-codec.md. */
export const MARGIN = 0.15;

export function openCodec(parts: DraftCodec): Codec {
  const { qualities, fingerprint } = parts;
  const transform = makeTransform(parts.trained);
  return {
    qualities: qualities.length,
    async compress(picture, quality) {
      const { width, height, channels } = picture;
      requireSize(picture.name, width, height);
      const head = { channels, width, height, fingerprint };
      if (quality === 'lossless') {
        const payloads = [writeLossless(picture, parts.lossless)];
        return encodeAec({ ...head, mode: 'lossless', quality: qualities.length, payloads });
      }
      requireQuality(quality, qualities.length);
      const payloads: Uint8Array[] = [];
      for (const [at, plane] of planesOf(picture).entries()) {
        const { steps, tables } = tablesOf(qualities, quality, at);
        payloads.push(writeNumbers(quantise(await transform.analyse(plane), steps, MARGIN), tables, picture.name));
      }
      return encodeAec({ ...head, mode: 'lossy', quality, payloads });
    },
    async decompress(bytes, where = 'the file') {
      const file = decodeAec(bytes, where);
      requireCodec(file, fingerprint, where);
      if (file.mode === 'set') throw damaged(where, 'a file of one picture', 'one of a set');
      if (file.mode === 'lossless') return readWhole(file, parts, where);
      const planes: Picture[] = [];
      for (const [at, numbers] of readCodes(file, parts, transform, where).entries()) {
        const [wide, high] = planeSizes(file.width, file.height, file.channels)[at];
        const { steps } = tablesOf(qualities, file.quality, at);
        planes.push(await transform.synthesise(dequantise(numbers, steps), wide, high));
      }
      const picture = pictureOf(planes);
      return { ...picture, name: where, values: Float32Array.from(bytesOf(picture.values), (byte) => byte / 255) };
    },
    dispose: () => transform.dispose(),
  };
}

function readWhole(file: AecFile, { lossless }: CodecTables, where: string): Picture {
  const { payloads, width, height, channels } = file;
  if (payloads.length !== 1) throw damaged(where, 'one part', `${payloads.length}`);
  requireRoom(payloads[0], width * height * channels, file, where);
  return readLossless(payloads[0], file, lossless, where);
}

/** The whole numbers of a file, plane by plane: the same on every machine. @throws DataError as `decompress`. */
export function readCodes(
  file: AecFile,
  { qualities }: Pick<CodecTables, 'qualities'>,
  { channels, cell }: Pick<Transform, 'channels' | 'cell'>,
  where: string,
): NumberMap[] {
  if (file.quality > qualities.length) throw damaged(where, `a quality up to ${qualities.length}`, `${file.quality}`);
  const sizes = planeSizes(file.width, file.height, file.channels);
  if (file.payloads.length !== sizes.length) throw damaged(where, `${sizes.length} parts`, `${file.payloads.length}`);
  return sizes.map(([wide, high], at) => {
    const [width, height] = [Math.ceil(wide / cell), Math.ceil(high / cell)];
    const payload = file.payloads[at];
    const count = channels * width * height;
    requireRoom(payload, count, file, where);
    const decider = readingDecider(payload, where);
    const numbers = { values: new Int32Array(count), channels, height, width };
    codeNumbers(numbers, tablesOf(qualities, file.quality, at).tables, decider, where);
    decider.finish();
    return numbers;
  });
}

/** For the first plane or for one of colour; colours are spread over four pixels, so that a finer step pays. */
function tablesOf(
  qualities: readonly QualityTables[],
  quality: number,
  plane: number,
): { readonly steps: Float32Array; readonly tables: MapTables } {
  const at = Math.min(qualities.length, plane === 0 ? quality : quality + COLOUR_ABOVE) - 1;
  const { steps, lightness, colour } = qualities[at];
  return { steps, tables: plane === 0 ? lightness : colour };
}

/** How many qualities above that of lightness colours are coded. */
const COLOUR_ABOVE = 1;

function writeNumbers(numbers: NumberMap, tables: MapTables, where: string): Uint8Array {
  const decider = writingDecider();
  codeNumbers(numbers, tables, decider, where);
  return decider.finish();
}

function requireQuality(quality: number, most: number): void {
  if (Number.isInteger(quality) && quality >= 1 && quality <= most) return;
  throw new OptionError({
    where: '--quality',
    expected: `a whole number from 1 to ${most}`,
    got: `${quality}`,
    fix: 'the higher, the better and the larger',
  });
}

function damaged(where: string, expected: string, got: string): DataError {
  return new DataError({ where, expected, got, fix: 'the file is damaged: fetch or make it again' });
}
