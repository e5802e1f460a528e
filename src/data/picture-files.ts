/** Pictures of any size from files and to files; by sharp, which is loaded only on use. */
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { throwIfAborted } from '../base/abort.ts';
import { DataError, OptionError } from '../base/errors.ts';
import { fileError, readBytes } from './files.ts';
import { imageFiles } from './formats/images.ts';
import { bytesOf, type Picture, unit } from './picture.ts';
import { listPictures, loadSharp, pictureFile } from './pictures.ts';

export interface ReadPicture {
  readonly picture: Picture;
  /** What was not taken over as it was: transparency, bits beyond eight, inks, further frames. */
  readonly notes: readonly string[];
}

/** @throws DataError for a file that is no picture; FileError for one that cannot be read. */
export async function readPicture(path: string): Promise<ReadPicture> {
  const bytes = await readBytes(path);
  const sharp = await loadSharp(path);
  try {
    const { pages = 1, hasAlpha, depth, space } = await sharp(bytes).metadata();
    const isGrey = space?.startsWith('b-w') || space?.startsWith('grey');
    const channels = isGrey ? 1 : 3;
    const { data, info } = await sharp(bytes, { failOn: 'truncated' })
      .autoOrient()
      .flatten({ background: 'white' })
      .toColourspace(isGrey ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const area = info.width * info.height;
    const planes = new Uint8Array(channels * area);
    for (let channel = 0, to = 0; channel < channels; channel++)
      for (let pixel = 0; pixel < area; pixel++) planes[to++] = data[pixel * info.channels + channel];
    return {
      picture: { name: path, channels, height: info.height, width: info.width, values: unit(planes) },
      notes: [
        ...(pages > 1 ? [`only the first of its ${pages} frames is read`] : []),
        ...(hasAlpha ? ['its transparency is laid on white'] : []),
        ...(depth !== undefined && depth !== 'uchar' ? ['its numbers are rounded to 8 bits'] : []),
        ...(space === 'cmyk' ? ['its inks (CMYK) are turned to red, green and blue'] : []),
      ],
    };
  } catch (cause) {
    throw new DataError(
      {
        where: path,
        expected: 'a picture that can be read',
        got: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause),
        fix: 'remove or replace the file',
      },
      { cause },
    );
  }
}

/** Pictures of a folder, and what of it could not be read. */
export interface ReadPictures {
  readonly pictures: readonly Picture[];
  /** By file, with what was noted of it. */
  readonly notes: readonly string[];
  readonly skipped: readonly string[];
}

/**
 * The pictures of a folder (and of folders in it) or of one file; of any sizes. One that cannot be read is left out and told.
 *
 * @throws DataError where none can be read.
 */
export async function readPictureFiles(
  path: string,
  {
    limit = Infinity,
    signal,
    step,
  }: {
    readonly limit?: number;
    readonly signal?: AbortSignal;
    readonly step?: (done: number, of: number) => void;
  } = {},
): Promise<ReadPictures> {
  const files = (await isFolder(path)) ? await listPictures(path) : [pictureFile(path)];
  const pictures: Picture[] = [];
  const notes: string[] = [];
  const skipped: string[] = [];
  const wanted = files.slice(0, limit);
  for (const [at, { name }] of wanted.entries()) {
    throwIfAborted(signal, path);
    step?.(at, wanted.length);
    try {
      const read = await readPicture(name);
      pictures.push(read.picture);
      for (const note of read.notes) notes.push(`${name}: ${note}`);
    } catch (error) {
      if (!(error instanceof DataError) || files.length === 1) throw error;
      skipped.push(error.message);
    }
  }
  if (pictures.length > 0) return { pictures, notes, skipped };
  throw new DataError({
    where: path,
    expected: 'at least 1 picture (.png, .jpg, .webp)',
    got: skipped.length === 0 ? 'none' : `${skipped.length}, none of which can be read`,
    fix: 'name a picture, or a folder of pictures',
  });
}

/** Whether `path` is a picture by its name, or a folder with pictures. */
export async function holdsPictures(path: string): Promise<boolean> {
  if (imageFiles.test(path)) return true;
  const isThere = await isFolder(path).catch(() => false);
  if (!isThere) return false;
  const entries = await readdir(path, { withFileTypes: true });
  if (entries.some(({ name }) => imageFiles.test(name))) return true;
  const inner = entries.filter((entry) => entry.isDirectory()).map(({ name }) => readdir(join(path, name)));
  return (await Promise.all(inner)).flat().some((name) => imageFiles.test(name));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw fileError(cause, path, 'read');
  }
}

/** The bytes of a file for a picture: PNG, or by the ending of `path` JPEG or WebP. @throws OptionError for other endings. */
export async function encodePicture(picture: Picture, path = 'x.png'): Promise<Uint8Array> {
  const { channels, width, height } = picture;
  const data = interleaved(picture);
  const ending = extname(path).toLowerCase();
  if (ending === '.png') return encodePng({ width, height, data, channels, depth: 8 });
  if (!imageFiles.test(path))
    throw new OptionError({
      where: '--out',
      expected: 'a file name that ends in .png, .jpg or .webp',
      got: path,
      fix: `use ${path.replace(/\.[^./]*$/, '')}.png`,
    });
  const sharp = await loadSharp(path);
  const raw = sharp(data, { raw: { width, height, channels } });
  return ending === '.webp' ? raw.webp({ quality: 95 }).toBuffer() : raw.jpeg({ quality: 95 }).toBuffer();
}

/** Bytes `[height, width, channels]`. */
function interleaved({ channels, width, height, values }: Picture): Uint8Array {
  const planes = bytesOf(values);
  const area = width * height;
  const pixels = new Uint8Array(channels * area);
  for (let channel = 0, from = 0; channel < channels; channel++)
    for (let pixel = 0; pixel < area; pixel++) pixels[pixel * channels + channel] = planes[from++];
  return pixels;
}

/** What the press council's vocabulary calls pictures that a trained program made (IPTC, digital source type). */
const SYNTHETIC = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

/** Whether a picture says in its metadata that a trained program made it. */
export async function saysSynthetic(path: string): Promise<boolean> {
  const sharp = await loadSharp(path);
  const { xmp } = await sharp(await readBytes(path)).metadata();
  return xmp?.includes(SYNTHETIC) ?? false;
}

/** The same, with metadata (XMP) that say that a trained program made the picture. */
export async function encodeSynthetic(picture: Picture, path: string): Promise<Uint8Array> {
  const sharp = await loadSharp(path);
  const packed = sharp(await encodePicture(picture, path)).toColourspace(picture.channels === 1 ? 'b-w' : 'srgb');
  const marked = packed.withXmp(
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:DigitalSourceType="${SYNTHETIC}"/></rdf:RDF></x:xmpmeta>`,
  );
  const ending = extname(path).toLowerCase();
  if (ending === '.webp') return marked.webp({ quality: 95 }).toBuffer();
  return (ending === '.png' ? marked.png() : marked.jpeg({ quality: 95 })).toBuffer();
}
