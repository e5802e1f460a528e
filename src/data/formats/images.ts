/** Pictures (PNG, JPEG, WebP) of equal size as one array of bytes: grey ones with 1 channel, coloured ones with 3. */
import { DataError } from '../../base/errors.ts';
import { allocate } from '../bytes.ts';
import type { ArraySource } from '../dataset.ts';
import { makeLabels } from '../labels.ts';

export const imageFiles = /\.(png|jpe?g|webp)$/i;

export interface ImageFile {
  readonly name: string;
  /** Its class, where the folder gives one. */
  readonly label?: string;
  readonly read: () => Promise<Uint8Array>;
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Unpacks pictures; `sharp` on a server, a canvas in a browser. Both methods reject on bytes that are no picture. */
export interface ImageDecoder {
  measure(bytes: Uint8Array): Promise<ImageSize>;
  /** `[height, width, channels]`, without transparency (laid on white). */
  decode(bytes: Uint8Array, channels: 1 | 3): Promise<Uint8Array>;
}

/**
 * Reads the pictures: first the size of each, then, into one array made for all, their pixels.
 *
 * @param step Called before each picture is unpacked, with its number; may throw to stop.
 * @throws DataError for a picture that cannot be read, and for two that differ in size, naming both.
 */
export async function readImages(
  name: string,
  files: readonly ImageFile[],
  decoder: ImageDecoder,
  step: (done: number) => void = () => {},
): Promise<ArraySource> {
  const [first] = files;
  if (first === undefined) {
    throw new DataError({
      where: name,
      expected: 'at least 1 picture (.png, .jpg, .webp)',
      got: 'none',
      fix: 'name a folder of pictures, or of folders of pictures',
    });
  }
  const sizes: ImageSize[] = [];
  for (const file of files) sizes.push(await readable(file, async () => decoder.measure(await file.read())));
  const [{ width, height }] = sizes;
  sizes.forEach((size, i) => {
    if (size.width === width && size.height === height) return;
    throw new DataError({
      where: name,
      expected: `pictures of one size, ${width}×${height} as ${first.name}`,
      got: `${size.width}×${size.height} in ${files[i].name}`,
      fix: 'scale or crop them to one size',
    });
  });
  const channels = sizes.some((size) => size.channels === 3) ? 3 : 1;
  const area = width * height;
  const values = allocate(files.length * channels * area, name);
  for (const [i, file] of files.entries()) {
    step(i);
    const pixels = await readable(file, async () => decoder.decode(await file.read(), channels));
    for (let channel = 0, to = i * channels * area; channel < channels; channel++) {
      for (let pixel = 0; pixel < area; pixel++) values[to++] = pixels[pixel * channels + channel];
    }
  }
  const isLabelled = files.some((file) => file.label !== undefined);
  const labels = isLabelled ? makeLabels(files.map((file) => file.label ?? null)) : undefined;
  const names = files.map(nameOf);
  return { form: 'array', name, values, shape: [files.length, channels, height, width], names, labels };
}

/** `shoe/3.png`: the file with the folder that is its class. */
function nameOf({ name, label }: ImageFile): string {
  const file = name.replace(/^.*[/\\]/, '');
  return label === undefined ? file : `${label}/${file}`;
}

async function readable<T>(file: ImageFile, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(
      {
        where: file.name,
        expected: 'a picture that can be read',
        got: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause),
        fix: 'remove or replace the file',
      },
      { cause },
    );
  }
}
