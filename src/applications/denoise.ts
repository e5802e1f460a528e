/**
 * `denoise`: pictures without the noise of their making, by a residual convolutional denoiser (Zhang et al. 2017, "Beyond a gaussian
 * denoiser") on features of half the size (Zhang, Zuo & Zhang 2018, "FFDNet"); one model may serve a range of levels.
 */
import * as z from 'zod';
import type { Random } from '../base/random.ts';
import type { Picture } from '../data/picture.ts';
import { medianFilter } from './baselines/median-filter.ts';
import { nonLocalMeans } from './baselines/non-local-means.ts';
import type { Restoration, Trial } from './restoration.ts';

const noises = ['gaussian', 'poisson', 'salt-and-pepper'] as const;

const schema = z
  .strictObject({
    noise: z.enum(noises),
    /**
     * Of the levels that the model is for: the deviation where white is 1 (gaussian; poisson, at white), or the share of the values
     * that are hit (salt-and-pepper).
     */
    from: z.number().min(0),
    to: z.number().gt(0).max(4),
  })
  .refine(({ from, to }) => from <= to, 'levels from the lowest to the highest');

export type Noise = z.infer<typeof schema>;

/** Levels that papers measure at. */
const USUAL = [15 / 255, 25 / 255, 50 / 255];

export const denoise: Restoration<Noise> = {
  name: 'denoise',
  schema,
  options: ({ noise, from, to }) => ({ noise, noiseLevel: to, ...(from < to ? { noiseLevelFrom: from } : {}) }),
  spoil: noisy,
  trials(how) {
    if (how.from === how.to) return [{ name: levelWords(how.noise, how.to), how }];
    const levels = USUAL.filter((level) => how.noise === 'gaussian' && level >= how.from && level <= how.to);
    const measured = levels.length > 0 ? levels : [(how.from + how.to) / 2, how.to];
    return measured.map(
      (level): Trial<Noise> => ({ name: levelWords(how.noise, level), how: { ...how, from: level, to: level } }),
    );
  },
  repair: (restorer, spoiled) => restorer.restore(spoiled),
  seen(how, { values }, clean) {
    const error = values.reduce((sum, value, at) => sum + (value - clean.values[at]) ** 2, 0);
    // Poisson: the variance is the square of the level times the brightness.
    const light = how.noise === 'poisson' ? clean.values.reduce((sum, value) => sum + value, 0) : values.length;
    const level = Math.sqrt(error / light);
    return how.noise === 'salt-and-pepper' || !(level > 0) || !Number.isFinite(level)
      ? how
      : { ...how, from: level, to: level };
  },
  simple: ({ noise, to }) => [
    { name: 'as it is', repair: (spoiled) => spoiled },
    { name: 'median', repair: (spoiled) => medianFilter(spoiled) },
    ...(noise === 'salt-and-pepper'
      ? []
      : [
          {
            name: 'non-local means',
            repair: (spoiled: Picture) => nonLocalMeans(spoiled, deviationIn(spoiled, noise, to)),
          },
        ]),
  ],
};

/** A level in the words of the noise: `sigma 25` of 255, `peak 30` photons at white, `10 % of the pixels`. */
export function levelWords(noise: Noise['noise'], level: number): string {
  if (noise === 'gaussian') return `sigma ${Number((255 * level).toFixed(2))}`;
  if (noise === 'poisson') return `peak ${Number((1 / level ** 2).toFixed(2))}`;
  return `${Number((100 * level).toFixed(2))} % of the pixels`;
}

/** A good picture with noise at a level drawn from those that `how` says. */
function noisy(picture: Picture, { noise, from, to }: Noise, random: Random): Picture {
  const level = from + (to - from) * random.uniform();
  return { ...picture, values: picture.values.map((value) => noisyValue(value, noise, level, random)) };
}

function noisyValue(value: number, noise: Noise['noise'], level: number, random: Random): number {
  switch (noise) {
    case 'gaussian':
      return value + level * random.normal();
    case 'poisson':
      return counted(value / level ** 2, random) * level ** 2;
    case 'salt-and-pepper': {
      const chance = random.uniform();
      if (chance >= level) return value;
      return chance < level / 2 ? 1 : 0;
    }
    default:
      return noise satisfies never;
  }
}

/** Above this a count is as good as normal. */
const MANY = 50;

/** A draw from the Poisson distribution (Knuth 1969). */
function counted(mean: number, random: Random): number {
  if (mean > MANY) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}

/** One deviation for the whole picture: counts vary with the brightness, of which the mean is taken. */
function deviationIn({ values }: Picture, noise: Noise['noise'], level: number): number {
  if (noise === 'gaussian') return level;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return level * Math.sqrt(Math.max(0, mean));
}
