/**
 * The denoising autoencoder: reconstruct the clean input from a corrupted one, and so learn what data looks like.
 * Vincent et al. 2008 (masking) and 2010, section 3.3 (gaussian, salt-and-pepper).
 */
import { z } from 'zod';
import { add, multiply } from '../../graph/ops/arithmetic.ts';
import { cast, less, where } from '../../graph/ops/comparison.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { activationNames, activations } from '../layers/activation.ts';
import type { Noise } from '../trace.ts';
import type { Kind } from './kind.ts';

const options = z.strictObject({
  noise: z.enum(['gaussian', 'masking', 'salt-and-pepper']).default('gaussian').describe('how the input is corrupted'),
  noiseLevel: z
    .number()
    .min(0)
    .default(0.3)
    .describe('standard deviation (gaussian, in scaled units) or share of the inputs hit (masking, salt-and-pepper)'),
  codeActivation: z.enum(activationNames).default('linear').describe('non-linearity of the code'),
});

type Corruption = (x: Tensor, level: number, noise: Noise) => Tensor;

const corruptions: Readonly<Record<z.infer<typeof options>['noise'], Corruption>> = {
  gaussian: (x, level, noise) => add(x, multiply(noise.normal(x.shape), level)),
  masking: (x, level, noise) => multiply(x, cast(less(level, noise.uniform(x.shape)), 'float32')),
  // One number decides both whether an input is hit (below the level) and to which side (below half of it).
  'salt-and-pepper': (x, level, noise) => {
    const chance = noise.uniform(x.shape);
    const side = cast(less(chance, level / 2), 'float32');
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
  make: ({ noise: corruption, noiseLevel, codeActivation }) => ({
    headsPerCode: 1,
    isStochastic: false,
    allowsOvercomplete: true,
    corrupt: (x, noise) => (noiseLevel === 0 ? x : corruptions[corruption](x, noiseLevel, noise)),
    posterior: (head) => ({ code: activations[codeActivation].apply(head) }),
    terms: ({ code, negativeLogLikelihood }) => ({ reconstruction: negativeLogLikelihood(code) }),
  }),
};
