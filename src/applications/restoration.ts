/** What the uses that repair pictures have in common, each of them being one way that pictures are spoiled. */
import type * as z from 'zod';
import { InterruptedError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Picture } from '../data/picture.ts';
import type { Cut } from './patches.ts';
import { type PictureQuality, psnr, ssim } from './picture-quality.ts';
import type { Lesson, Restorer } from './restorer.ts';

/** A way of repairing that learns nothing. */
export interface SimpleRepair {
  readonly name: string;
  repair(spoiled: Picture): Picture;
}

/** One use. `How` says how pictures are spoiled: what its model is trained for, and is kept beside it. */
export interface Restoration<How> {
  readonly name: string;
  readonly schema: z.ZodType<How>;
  /** Options of the model and of its training that follow, and differ from those of other uses. */
  options(how: How): Readonly<Record<string, unknown>>;
  /** A good picture cut to a size that can be spoiled; any can where absent. */
  trim?(picture: Picture, how: How): Picture;
  /** What is learned from pieces of (trimmed) pictures; absent where the kind's own corruption is all. */
  lesson?(how: How, cuts: readonly Cut[], pictures: readonly Picture[], size: number, random: Random): Lesson;
  /** A good (trimmed) picture as it would come to be repaired: NaN is missing. */
  spoil(picture: Picture, how: How, random: Random): Picture;
  /** What `spoil` has to do, one after the other, to see how well a model does over all that it is for. */
  trials(how: How): readonly Trial<How>[];
  /** By the model. */
  repair(restorer: Restorer, spoiled: Picture, how: How): Promise<Picture>;
  simple(how: How): readonly SimpleRepair[];
  /** How a picture was spoiled, as the good one tells: for the simple ways, which have to be told. */
  seen?(how: How, spoiled: Picture, clean: Picture): How;
  /** Pixels at the edge that are not measured. */
  border?(how: How): number;
}

export interface Trial<How> {
  /** Said of it, where there are several. */
  readonly name: string;
  readonly how: How;
}

/** How near the repaired pictures are to the good ones, in the mean; of pictures with holes, in the holes. */
export interface TrialResult {
  readonly name: string;
  readonly model: PictureQuality;
  /** By the names of the simple ways. */
  readonly baselines: Readonly<Record<string, PictureQuality>>;
  readonly pictures: readonly PictureResult[];
}

export interface PictureResult {
  readonly name: string;
  readonly model: PictureQuality;
  readonly baselines: Readonly<Record<string, PictureQuality>>;
}

/** A picture before and after. */
export interface Repaired {
  readonly clean?: Picture;
  readonly spoiled: Picture;
  readonly repaired: Picture;
  /** By the best of the simple ways. */
  readonly simple?: { readonly name: string; readonly picture: Picture };
}

export interface MeasureRequest<How> {
  readonly use: Restoration<How>;
  readonly restorer: Restorer;
  readonly how: How;
  /** Good ones. */
  readonly pictures: readonly Picture[];
  readonly random: Random;
  /** What the model is measured beside; the simple ways when absent. */
  readonly beside?: 'simple ways' | 'nothing';
  /** Told how many are done. */
  readonly step?: (done: number, of: number) => void;
  /** Told each picture of each trial. */
  readonly each?: (repaired: Repaired, result: PictureResult, trial: string) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

/** Spoils good pictures, repairs them, and says how near that comes, beside the simple ways. */
export async function measureRestoration<How>(request: MeasureRequest<How>): Promise<TrialResult[]> {
  const { use, restorer, pictures, random, beside = 'simple ways', step, each, signal } = request;
  const trials = use.trials(request.how);
  const results: TrialResult[] = [];
  let done = 0;
  for (const { name, how } of trials) {
    const simple = beside === 'nothing' ? [] : use.simple(how);
    const border = use.border?.(how) ?? 0;
    const rows: PictureResult[] = [];
    for (const picture of pictures) {
      const clean = use.trim?.(picture, how) ?? picture;
      if (signal?.aborted) throw new InterruptedError(`${use.name}: interrupted while measuring`);
      step?.(done++, trials.length * pictures.length);
      const spoiled = use.spoil(clean, how, random.fork(`${name} ${clean.name}`));
      const repaired = await use.repair(restorer, spoiled, how);
      const others = simple.map((way) => ({ name: way.name, picture: way.repair(spoiled) }));
      const quality = (picture: Picture): PictureQuality => qualityIn(picture, clean, spoiled, border);
      const row: PictureResult = {
        name: clean.name,
        model: quality(repaired),
        baselines: Object.fromEntries(others.map((other) => [other.name, quality(other.picture)])),
      };
      rows.push(row);
      const [best] = others.toSorted((a, b) => row.baselines[b.name].psnr - row.baselines[a.name].psnr);
      await each?.({ clean, spoiled, repaired, simple: best }, row, name);
    }
    results.push(trialResult(name, rows));
  }
  return results;
}

/** Means over pictures, of which there is at least one. */
export function trialResult(name: string, pictures: readonly PictureResult[]): TrialResult {
  const ways = Object.keys(pictures[0].baselines);
  return {
    name,
    model: meanOf(pictures.map(({ model }) => model)),
    baselines: Object.fromEntries(ways.map((way) => [way, meanOf(pictures.map(({ baselines }) => baselines[way]))])),
    pictures,
  };
}

/** In the holes where there are any; the similarity of structure always of the whole. */
export function qualityIn(picture: Picture, clean: Picture, spoiled: Picture, border = 0): PictureQuality {
  const hasHoles = spoiled.values.some(Number.isNaN);
  const counted = (at: number): boolean => Number.isNaN(spoiled.values[at]);
  return {
    psnr: hasHoles ? psnr(picture, clean, 0, counted) : psnr(picture, clean, border),
    ssim: ssim(picture, clean, border),
  };
}

function meanOf(qualities: readonly PictureQuality[]): PictureQuality {
  const mean = (of: (quality: PictureQuality) => number): number =>
    qualities.reduce((sum, quality) => sum + of(quality), 0) / qualities.length;
  return { psnr: mean(({ psnr: own }) => own), ssim: mean(({ ssim: own }) => own) };
}
