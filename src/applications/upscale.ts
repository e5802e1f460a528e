/**
 * `upscale`: pictures with twice, three or four times as many pixels a side. Enlarged by bicubic interpolation first, and that is repaired
 * (Kim, Lee & Lee 2016, "Accurate image super-resolution using very deep convolutional networks"), on features of the small picture's
 * size, from which the pixels come by a transposed convolution (Shi et al. 2016, sub-pixel convolution).
 */
import * as z from 'zod';
import { bytesOf, crop, makePicture, type Picture, unit } from '../data/picture.ts';
import { resample } from '../data/resample.ts';
import { cutPatches } from './patches.ts';
import type { Restoration } from './restoration.ts';

const schema = z.strictObject({
  /** How many times as many pixels a side. */
  factor: z.union([z.literal(2), z.literal(3), z.literal(4)]),
});

export type Enlarging = z.infer<typeof schema>;

export const upscale: Restoration<Enlarging> = {
  name: 'upscale',
  schema,
  options: () => ({ noiseLevel: 0 }),
  trim: ({ height, width, ...picture }, { factor }) =>
    crop({ height, width, ...picture }, 0, 0, height - (height % factor), width - (width % factor)),
  lesson(how, cuts, pictures, size, random) {
    const blurred = pictures.map((picture) => enlarged(upscale.spoil(picture, how, random), how));
    return { values: cutPatches(blurred, cuts, size), told: { values: cutPatches(pictures, cuts, size) } };
  },
  spoil(picture, { factor }) {
    const small = resample(picture, picture.height / factor, picture.width / factor);
    // As a file has it.
    return { ...small, values: unit(bytesOf(small.values)) };
  },
  trials: (how) => [{ name: `×${how.factor}`, how }],
  repair: (restorer, spoiled, how) => restorer.restore(enlarged(spoiled, how)),
  simple: (how) => [
    { name: 'nearest pixel', repair: (spoiled) => repeated(spoiled, how) },
    { name: 'bicubic', repair: (spoiled) => enlarged(spoiled, how) },
  ],
  border: ({ factor }) => factor,
};

function enlarged(picture: Picture, { factor }: Enlarging): Picture {
  return resample(picture, picture.height * factor, picture.width * factor);
}

function repeated(picture: Picture, { factor }: Enlarging): Picture {
  const [height, width] = [picture.height * factor, picture.width * factor];
  return makePicture(
    { ...picture, height, width },
    (channel, row, column) =>
      picture.values[
        (channel * picture.height + Math.floor(row / factor)) * picture.width + Math.floor(column / factor)
      ],
  );
}
