/** Pictures one after the other, as an animated WebP or GIF, packed by sharp, which is loaded only on use. */
import { DataError } from '../base/errors.ts';
import type { ArraySource, Source } from './dataset.ts';
import { loadSharp } from './pictures.ts';

const endings = ['.webp', '.gif'] as const;

/** Whether a file called `path` is an animation. */
export function isAnimation(path: string): boolean {
  return endings.some((ending) => path.toLowerCase().endsWith(ending));
}

/** Milliseconds that a picture is seen, and the first and last of the way. */
const DELAY = 90;
const REST = 600;
/** Pixels of the longer side, about: small pictures are shown larger, each pixel a square. */
const SIDE = 256;

/**
 * Plays pictures `[count, channels, height, width]` (bytes, 1 or 3 channels) forwards, then back, and again; the format is that of the
 * ending.
 *
 * @throws DataError for what is no pictures, or without sharp.
 */
export async function encodeAnimation(path: string, source: Source): Promise<Uint8Array> {
  const { values, shape } = picturesOf(source);
  const [count, channels, height, width] = shape;
  const order = [...Array(count).keys(), ...[...Array(Math.max(0, count - 2)).keys()].map((at) => count - 2 - at)];
  const times = Math.max(1, Math.floor(SIDE / Math.max(height, width)));
  const [tall, wide] = [height * times, width * times];
  const frames = new Uint8Array(order.length * tall * wide * 3);
  for (let at = 0; at < frames.length; at++) {
    const pixel = Math.floor(at / 3);
    const [x, y] = [Math.floor((pixel % wide) / times), Math.floor((Math.floor(pixel / wide) % tall) / times)];
    const plane = order[Math.floor(pixel / (wide * tall))] * channels + (channels === 3 ? at % 3 : 0);
    frames[at] = values[(plane * height + y) * width + x];
  }
  const sharp = await loadSharp(path);
  const raw = { width: wide, height: tall * order.length, channels: 3 as const, pageHeight: tall };
  const pages = sharp(frames, { raw });
  const delay = order.map((at) => (at === 0 || at === count - 1 ? REST : DELAY));
  const isGif = path.toLowerCase().endsWith('.gif');
  return isGif ? pages.gif({ delay, loop: 0 }).toBuffer() : pages.webp({ delay, loop: 0, lossless: true }).toBuffer();
}

function picturesOf(source: Source): ArraySource {
  const isPictures =
    source.form === 'array' &&
    source.values instanceof Uint8Array &&
    source.shape.length === 4 &&
    (source.shape[1] === 1 || source.shape[1] === 3);
  if (isPictures) return source;
  throw new DataError({
    where: source.name,
    expected: 'pictures of 1 or 3 channels, to be shown one after the other',
    got: source.form === 'table' ? 'a table' : `shape [${source.shape.join(', ')}]`,
    fix: 'write .csv or .npy instead',
  });
}
