/**
 * The denoising autoencoder: reconstruct the clean input from a corrupted one, and so learn what data looks like.
 * Vincent et al. 2008 (masking) and 2010, section 3.3 (gaussian, salt-and-pepper).
 */
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { searched } from '../../base/search-range.ts';
import { add, divide, maximum, multiply } from '../../graph/ops/arithmetic.ts';
import { cast, less, where } from '../../graph/ops/comparison.ts';
import { sqrt } from '../../graph/ops/elementwise.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { activationNames, activations } from '../layers/activation.ts';
import type { Noise } from '../noise.ts';
import type { Kind } from './kind.ts';

const options = z.strictObject({
  noise: z
    .enum(['gaussian', 'poisson', 'masking', 'salt-and-pepper'])
    .default('gaussian')
    .describe('how the input is corrupted'),
  noiseLevel: z
    .number()
    .min(0)
    .default(0.3)
    .describe(
      'standard deviation (gaussian, in scaled units; poisson, where the input is 1) or share of the inputs hit (masking, salt-and-pepper)',
    )
    .meta(searched('purpose', { from: 0.05, to: 1, scale: 'log' })),
  noiseLevelFrom: z
    .number()
    .min(0)
    .optional()
    .describe('every example gets a level of its own between this and the noise level (default: all the same)'),
  codeActivation: z.enum(activationNames).default('linear').describe('non-linearity of the code'),
});

/** The level is one number, or one for each example, `[batch, 1, …]`. */
type Corruption = (x: Tensor, level: Tensor | number, noise: Noise) => Tensor;

const corruptions: Readonly<Record<z.infer<typeof options>['noise'], Corruption>> = {
  gaussian: (x, level, noise) => add(x, multiply(noise.normal(x.shape), level)),
  // Counts of 1/level² at an input of 1, as normal numbers of the same variance: close for 10 and more.
  poisson: (x, level, noise) => add(x, multiply(noise.normal(x.shape), multiply(sqrt(maximum(x, 0)), level))),
  masking: (x, level, noise) => multiply(x, cast(less(level, noise.uniform(x.shape)), 'float32')),
  // One number decides both whether an input is hit (below the level) and to which side (below half of it).
  'salt-and-pepper': (x, level, noise) => {
    const chance = noise.uniform(x.shape);
    const side = cast(less(chance, divide(level, 2)), 'float32');
    return where(less(chance, level), side, x);
  },
};

export const denoising: Kind<z.infer<typeof options>> = {
  name: 'denoising',
  summary: 'reconstruct the clean input from a corrupted one',
  source: 'Vincent et al. 2008, Extracting and composing robust features with denoising autoencoders',
  diagram: ['x ── corrupt ── encode ── code ── decode ── x̂', '└──────────── compared with ────────────┘'].join('\n'),
  formula: '−log p(x | code(x + noise))',
  use: 'Clean up noisy measurements and pictures; features that do not hang on single inputs; codes wider than the data.',
  options,
  check({ noiseLevel, noiseLevelFrom = 0 }) {
    if (noiseLevelFrom > noiseLevel)
      throw new OptionError({
        where: '--noise-level-from',
        expected: `at most the noise level, ${noiseLevel}`,
        got: `${noiseLevelFrom}`,
        fix: 'lower it, or raise --noise-level',
      });
  },
  make: ({ noise: corruption, noiseLevel, noiseLevelFrom = noiseLevel, codeActivation }) => ({
    headsPerCode: 1,
    isStochastic: false,
    allowsOvercomplete: true,
    corrupt(x, noise) {
      if (noiseLevel === 0) return x;
      if (noiseLevelFrom === noiseLevel) return corruptions[corruption](x, noiseLevel, noise);
      const share = noise.uniform([x.shape[0], ...x.shape.slice(1).map(() => 1)]);
      const level = add(noiseLevelFrom, multiply(share, noiseLevel - noiseLevelFrom));
      return corruptions[corruption](x, level, noise);
    },
    posterior: (head) => ({ code: activations[codeActivation].apply(head) }),
    terms: ({ code, negativeLogLikelihood }) => ({ reconstruction: negativeLogLikelihood(code) }),
  }),
};
