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
 * @param leftOut Told of each picture that cannot be read, which is left out then; where there is another one.
 * @throws DataError for a picture that cannot be read, without `leftOut`; and for two that differ in size, naming both.
 */
export async function readImages(
  name: string,
  files: readonly ImageFile[],
  decoder: ImageDecoder,
  step: (done: number) => void = () => {},
  leftOut?: (complaint: string) => void,
): Promise<ArraySource> {
  let skipped = 0;
  const read = async <T>(file: ImageFile, how: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await readable(file, how);
    } catch (error) {
      if (!(error instanceof DataError) || !leftOut || files.length === 1) throw error;
      skipped++;
      leftOut(error.message);
      return undefined;
    }
  };
  const sized: { readonly file: ImageFile; readonly size: ImageSize }[] = [];
  for (const file of files) {
    const size = await read(file, async () => decoder.measure(await file.read()));
    if (size) sized.push({ file, size });
  }
  const [first] = sized;
  if (first === undefined) throw noPictures(name, skipped);
  const { width, height } = first.size;
  for (const { file, size } of sized)
    if (size.width !== width || size.height !== height)
      throw new DataError({
        where: name,
        expected: `pictures of one size, ${width}×${height} as ${first.file.name}`,
        got: `${size.width}×${size.height} in ${file.name}`,
        fix: 'scale or crop them to one size',
      });
  const channels = sized.some(({ size }) => size.channels === 3) ? 3 : 1;
  const area = width * height;
  const values = allocate(sized.length * channels * area, name);
  const whole: ImageFile[] = [];
  for (const [i, { file }] of sized.entries()) {
    step(i);
    const pixels = await read(file, async () => decoder.decode(await file.read(), channels));
    if (!pixels) continue;
    for (let channel = 0, to = whole.length * channels * area; channel < channels; channel++) {
      for (let pixel = 0; pixel < area; pixel++) values[to++] = pixels[pixel * channels + channel];
    }
    whole.push(file);
  }
  if (whole.length === 0) throw noPictures(name, skipped);
  const isLabelled = whole.some((file) => file.label !== undefined);
  const labels = isLabelled ? makeLabels(whole.map((file) => file.label ?? null)) : undefined;
  return {
    form: 'array',
    name,
    values: whole.length < sized.length ? values.slice(0, whole.length * channels * area) : values,
    shape: [whole.length, channels, height, width],
    names: whole.map(nameOf),
    labels,
  };
}

function noPictures(name: string, skipped: number): DataError {
  return new DataError({
    where: name,
    expected: 'at least 1 picture (.png, .jpg, .webp)',
    got: skipped === 0 ? 'none' : `${skipped}, none of which can be read`,
    fix: 'name a folder of pictures, or of folders of pictures',
  });
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
