/**
 * `inpaint`: holes in pictures filled with what may have been there. They are filled smoothly first, and an autoencoder that learns from what
 * it says inside of them repairs that (a loss of the hole alone: Pathak et al. 2016, "Context encoders"). What was there is kept as it is.
 */
import * as z from 'zod';
import type { Random } from '../base/random.ts';
import { type Picture, unit } from '../data/picture.ts';
import { meanFilling, smoothFilling } from './baselines/smooth-filling.ts';
import { cutPatches } from './patches.ts';
import type { Restoration } from './restoration.ts';

export const holeShapes = ['mixed', 'rectangles', 'strokes', 'pixels'] as const;

const schema = z.strictObject({
  holes: z.enum(holeShapes),
  /** Of the picture that is missing, about. */
  share: z.number().gt(0).lt(1),
});

export type Holes = z.infer<typeof schema>;

export const inpaint: Restoration<Holes> = {
  name: 'inpaint',
  schema,
  options: () => ({ noiseLevel: 0 }),
  lesson(how, cuts, pictures, size, random) {
    const { channels } = pictures[0];
    const bytes = cutPatches(pictures, cuts, size);
    const [values, told] = [new Float32Array(bytes.length), new Float32Array(bytes.length)];
    const piece = channels * size * size;
    for (let start = 0; start < bytes.length; start += piece) {
      const whole = unit(bytes.subarray(start, start + piece));
      const picture: Picture = { name: '', channels, height: size, width: size, values: whole };
      const spoiled = inpaint.spoil(picture, how, random);
      values.set(smoothFilling(spoiled).values, start);
      // Nothing is to be told of what is seen.
      told.set(
        whole.map((value, at) => (Number.isNaN(spoiled.values[at]) ? value : NaN)),
        start,
      );
    }
    return { values, told: { values: told } };
  },
  spoil(picture, how, random) {
    const isMissing = missingPixels(picture.height, picture.width, how, random);
    return { ...picture, values: picture.values.map((value, at) => (isMissing[at % isMissing.length] ? NaN : value)) };
  },
  trials: (how) => [{ name: `${how.holes} holes, ${Math.round(100 * how.share)} %`, how }],
  async repair(restorer, spoiled) {
    const { values, ...picture } = await restorer.restore(smoothFilling(spoiled));
    return { ...picture, values: spoiled.values.map((value, at) => (Number.isNaN(value) ? values[at] : value)) };
  },
  simple: () => [
    { name: 'mean', repair: meanFilling },
    { name: 'smooth', repair: smoothFilling },
  ],
};

/** 1 where a pixel is missing: holes drawn until they take their share. `[height · width]`. */
export function missingPixels(height: number, width: number, { holes, share }: Holes, random: Random): Uint8Array {
  const isMissing = new Uint8Array(height * width);
  const [, ...shapes] = holeShapes;
  const shape = holes === 'mixed' ? shapes[Math.floor(random.uniform() * shapes.length)] : holes;
  if (shape === 'pixels') return isMissing.map(() => (random.uniform() < share ? 1 : 0));
  const wanted = Math.max(1, share * height * width);
  const short = Math.min(height, width);
  for (let taken = 0; taken < wanted; ) {
    const [row, column] = [random.uniform() * height, random.uniform() * width];
    if (shape === 'rectangles') {
      const [high, wide] = [0, 1].map(() =>
        Math.max(1, Math.min(short / 3, Math.sqrt(wanted)) * (0.4 + 0.6 * random.uniform())),
      );
      taken += fill(isMissing, width, [row, row + high], [column, column + wide]);
      continue;
    }
    taken += stroke(isMissing, { height, width, row, column, thickness: Math.max(1, short / 24), random });
  }
  return isMissing;
}

/** Marks a rectangle as far as it lies inside, and says how many pixels are new. */
function fill(
  isMissing: Uint8Array,
  width: number,
  rows: readonly [number, number],
  columns: readonly [number, number],
): number {
  const height = isMissing.length / width;
  let count = 0;
  for (let y = Math.max(0, Math.floor(rows[0])); y < Math.min(height, rows[1]); y++) {
    for (let x = Math.max(0, Math.floor(columns[0])); x < Math.min(width, columns[1]); x++) {
      count += 1 - isMissing[y * width + x];
      isMissing[y * width + x] = 1;
    }
  }
  return count;
}

interface Stroke {
  readonly height: number;
  readonly width: number;
  readonly row: number;
  readonly column: number;
  readonly thickness: number;
  readonly random: Random;
}

/** A scratch that wanders, a third of the picture long. */
function stroke(isMissing: Uint8Array, { height, width, thickness, random, ...start }: Stroke): number {
  let { row, column } = start;
  let angle = 2 * Math.PI * random.uniform();
  let count = 0;
  for (let step = 0; step < Math.max(height, width) / 3; step++) {
    count += fill(isMissing, width, [row, row + thickness], [column, column + thickness]);
    angle += 0.3 * random.normal();
    row += Math.sin(angle);
    column += Math.cos(angle);
  }
  return count;
}
