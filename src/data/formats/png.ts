/** Writes images as one PNG: a grid, row by row. Reading PNG, JPEG and WebP is in `images.ts`. */
import { encode } from 'fast-png';
import { DataError } from '../../base/errors.ts';
import type { ArraySource, Source } from '../dataset.ts';

/** Pixels of grey between the images. */
const GAP = 2;
const BACKGROUND = 128;
/** More images than this in one picture would be too small to see. */
const MOST_IMAGES = 10_000;

/** A PNG of the images `[n, channels, height, width]` (1 or 3 channels, bytes) side by side; one image has no border. */
export function encodePngGrid(source: Source, perRow?: number): Uint8Array {
  const { values, shape } = imagesOf(source);
  const [count, channels, height, width] = shape;
  const columns = perRow ?? Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const totalWidth = columns * width + (columns - 1) * GAP;
  const totalHeight = rows * height + (rows - 1) * GAP;
  const data = new Uint8Array(totalWidth * totalHeight * channels).fill(BACKGROUND);
  for (let image = 0; image < count; image++) {
    const left = (image % columns) * (width + GAP);
    const top = Math.floor(image / columns) * (height + GAP);
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < height; y++) {
        const from = ((image * channels + channel) * height + y) * width;
        for (let x = 0; x < width; x++) {
          data[((top + y) * totalWidth + left + x) * channels + channel] = values[from + x];
        }
      }
    }
  }
  return encode({ width: totalWidth, height: totalHeight, data, channels, depth: 8 });
}

function imagesOf(source: Source): ArraySource {
  const isImages =
    source.form === 'array' &&
    source.values instanceof Uint8Array &&
    source.shape.length === 4 &&
    (source.shape[1] === 1 || source.shape[1] === 3) &&
    source.shape[0] <= MOST_IMAGES;
  if (isImages) return source;
  throw new DataError({
    where: source.name,
    expected: `at most ${MOST_IMAGES} images of 1 or 3 channels`,
    got: source.form === 'table' ? 'a table' : `shape [${source.shape.join(', ')}]`,
    fix: 'write .npy, .csv or .jsonl instead, or fewer images with --limit',
  });
}
