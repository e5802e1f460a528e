/** Clips: pictures of one size in the order of time. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { throwIfAborted } from '../base/abort.ts';
import { DataError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { ArraySource } from './dataset.ts';
import { fileError, readBytes } from './files.ts';
import { imageFiles } from './formats/images.ts';
import { loadSharp, pictureFile, readPictures } from './pictures.ts';

export interface Clip {
  readonly name: string;
  /** `[time, channels, height, width]` */
  readonly shape: readonly [time: number, channels: number, height: number, width: number];
  readonly values: Uint8Array;
}

/** Files that may hold several frames. */
const animated = /\.(gif|webp)$/i;

/** The clips of a set of bytes `[clips, time, (channels,) height, width]`; undefined for a source that is none. */
export function clipsOf({ name, values, shape }: ArraySource): Clip[] | undefined {
  const hasChannels = shape.length === 5;
  const [count, time, ...picture] = shape;
  if (!(values instanceof Uint8Array) || !(hasChannels || shape.length === 4)) return undefined;
  const [channels, height, width] = hasChannels ? picture : [1, ...picture];
  const size = time * channels * height * width;
  return Array.from({ length: count }, (_, at) => ({
    name: `${name}-${at + 1}`,
    shape: [time, channels, height, width],
    values: values.subarray(at * size, (at + 1) * size),
  }));
}

/**
 * The clips of a folder: its folders of frames, in the order of their names (9 before 10), and its animated files; or itself, where it
 * holds frames. An animated file is a clip too.
 *
 * @throws DataError where there are none, or for frames that cannot be read or differ in size; FileError.
 */
export async function readClips(path: string, signal?: AbortSignal): Promise<Clip[]> {
  if (animated.test(path)) return [await readAnimated(path)];
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw fileError(cause, path, 'read');
  });
  const names = entries.map(({ name }) => name).sort(byNumbers);
  const clips: Clip[] = [];
  const frames = names.filter((name) => imageFiles.test(name));
  const isAnimated = await Promise.all(
    names
      .filter((name) => animated.test(name))
      .map(async (name) => ((await framesIn(join(path, name))) > 1 ? name : '')),
  );
  const files = isAnimated.filter((name) => name !== '');
  if (files.length === 0 && frames.length > 1) return [await readFrames(path, frames)];
  for (const name of files) {
    throwIfAborted(signal, path);
    clips.push(await readAnimated(join(path, name)));
  }
  for (const name of names) {
    if (!(await stat(join(path, name))).isDirectory()) continue;
    throwIfAborted(signal, path);
    const inner = (await readdir(join(path, name))).filter((file) => imageFiles.test(file)).sort(byNumbers);
    if (inner.length > 1) clips.push(await readFrames(join(path, name), inner));
  }
  if (clips.length > 0) return clips;
  throw new DataError({
    where: path,
    expected: 'clips: a folder of frames, folders of frames in it, or animated files (.gif, .webp)',
    got: 'none',
    fix: 'name the frames so that their order is that of time: 001.png, 002.png …',
  });
}

function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

async function readFrames(folder: string, names: readonly string[]): Promise<Clip> {
  const { values, shape } = await readPictures(
    folder,
    names.map((name) => pictureFile(join(folder, name))),
  );
  const [time, channels, height, width] = shape;
  return { name: basename(folder), shape: [time, channels, height, width], values: Uint8Array.from(values) };
}

async function framesIn(path: string): Promise<number> {
  const sharp = await loadSharp(path);
  return sharp(await readBytes(path))
    .metadata()
    .then(
      ({ pages = 1 }) => pages,
      () => 0,
    );
}

async function readAnimated(path: string): Promise<Clip> {
  const sharp = await loadSharp(path);
  const bytes = await readBytes(path);
  try {
    const { pages = 1, pageHeight, width } = await sharp(bytes, { pages: -1 }).metadata();
    const { data, info } = await sharp(bytes, { pages: -1, failOn: 'truncated' })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const height = pageHeight ?? info.height;
    const area = height * width;
    // Neither format has grey files: a clip is grey where every pixel is.
    const channels = isGrey(data, info.channels) ? 1 : 3;
    const values = new Uint8Array(pages * channels * area);
    for (let frame = 0; frame < pages; frame++)
      for (let channel = 0; channel < channels; channel++)
        for (let pixel = 0; pixel < area; pixel++)
          values[(frame * channels + channel) * area + pixel] = data[(frame * area + pixel) * info.channels + channel];
    return { name: basename(path), shape: [pages, channels, height, width], values };
  } catch (cause) {
    throw new DataError(
      {
        where: path,
        expected: 'an animated picture that can be read',
        got: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause),
        fix: 'remove or replace the file',
      },
      { cause },
    );
  }
}

function isGrey(pixels: Uint8Array, channels: number): boolean {
  for (let at = 0; at < pixels.length; at += channels)
    if (pixels[at] !== pixels[at + 1] || pixels[at] !== pixels[at + 2]) return false;
  return true;
}

export interface Bouncing {
  readonly count: number;
  readonly time: number;
  /** Height and width of a frame. */
  readonly size: number;
  /** Pictures that move in a clip. */
  readonly objects: number;
  readonly random: Random;
}

/** Pixels that a picture moves from frame to frame. */
const SPEED = { least: 1.5, most: 3.5 };

/**
 * Clips of small grey pictures `[count, 1, height, width]` that fly straight on and bounce off the edges; where two meet, the brighter pixel is
 * seen. Srivastava et al. 2015, section 3 ("moving MNIST").
 */
export function bouncingClips(pictures: ArraySource, { count, time, size, objects, random }: Bouncing): Clip[] {
  const [known, , height, width] = pictures.shape;
  return Array.from({ length: count }, (_, at) => {
    const values = new Uint8Array(time * size * size);
    for (let object = 0; object < objects; object++) {
      const picture = Math.floor(random.uniform() * known);
      const angle = 2 * Math.PI * random.uniform();
      const speed = SPEED.least + (SPEED.most - SPEED.least) * random.uniform();
      const down = bounce(random.uniform() * (size - height), speed * Math.sin(angle), size - height, time);
      const across = bounce(random.uniform() * (size - width), speed * Math.cos(angle), size - width, time);
      for (let frame = 0; frame < time; frame++)
        for (let row = 0; row < height; row++)
          for (let column = 0; column < width; column++) {
            const to = (frame * size + down[frame] + row) * size + across[frame] + column;
            values[to] = Math.max(values[to], pictures.values[(picture * height + row) * width + column]);
          }
    }
    return { name: `bouncing-${at + 1}`, shape: [time, 1, size, size], values };
  });
}

/** Whole places from `start` on, at `speed`, between 0 and `most`. */
function bounce(start: number, speed: number, most: number, time: number): number[] {
  return Array.from({ length: time }, (_, frame) => {
    const way = start + speed * frame;
    const within = ((way % (2 * most)) + 2 * most) % (2 * most || 1);
    return Math.round(within <= most ? within : 2 * most - within) || 0;
  });
}
