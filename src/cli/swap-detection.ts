/** Swapped pictures told from real ones, for a command: by what is seen, and by what they say of themselves. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type SwapDetector, swapChances } from '../applications/swap-detector.ts';
import type { TrainedModel } from '../applications/trained.ts';
import type { ArraySource } from '../data/dataset.ts';
import { imageFiles } from '../data/formats/images.ts';
import { bytesOf, unit, unstriped } from '../data/picture.ts';
import { saysSynthetic } from '../data/picture-files.ts';

export interface Detected {
  readonly picture: string;
  /** That it is swapped, by what is seen; a band of stripes (`--mark both`) is not looked at. */
  readonly chance: number;
  /** Whether it says so itself: in its metadata, or to the eye. */
  readonly marked: boolean;
}

/** Of each picture of `source`, which was read from `place`. */
export async function detected(
  trained: TrainedModel,
  detector: SwapDetector,
  source: ArraySource & { readonly values: Uint8Array },
  place: string,
): Promise<Detected[]> {
  const [count, channels, height, width] = source.shape;
  const size = channels * height * width;
  const values = source.values.slice();
  const marked = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const own = unit(values.subarray(at * size, (at + 1) * size));
      const bare = unstriped({ name: '', channels: channels === 1 ? 1 : 3, height, width, values: own });
      if (bare) values.set(bytesOf(bare.values), at * size);
      const path = [place, join(place, source.names?.[at] ?? '')].find((word) => imageFiles.test(word));
      return bare !== undefined || (path !== undefined && existsSync(path) && (await saysSynthetic(path)));
    }),
  );
  const chances = await swapChances(trained, detector, values);
  return Array.from(chances, (chance, at) => ({ picture: fileName(source, at), chance, marked: marked[at] }));
}

/** A picture by the name of its file, or by its number from 1. */
export function fileName({ names }: Pick<ArraySource, 'names'>, at: number): string {
  return names?.[at] ?? String(at + 1).padStart(4, '0');
}
