/**
 * The adversarial autoencoder: a discriminator learns to tell codes from draws of the prior, the encoder learns to deceive it.
 *
 *   x ── encode ── code ── decode ── x̂
 *                    └─── discriminator ── from the prior, or a code?
 *
 * Makhzani et al. 2015, section 2. Both sides step at once, each along the gradient of its own terms.
 */
import { z } from 'zod';
import { add, negate } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { softplus } from '../../graph/ops/elementwise.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { activations } from '../layers/activation.ts';
import { dense } from '../layers/dense.ts';
import { glorotUniform } from '../layers/initialisers.ts';
import type { Trace } from '../trace.ts';
import type { Kind } from './kind.ts';

const options = z.strictObject({
  deceptionWeight: z.number().min(0).default(5).describe('weight of deceiving the discriminator'),
  discriminator: z.array(z.int().min(1)).default([256, 256]).describe('widths of the layers of the discriminator'),
});

export const adversarial: Kind<z.infer<typeof options>> = {
  name: 'adversarial',
  summary: 'a discriminator makes the codes look like draws from the standard normal; new examples can be drawn',
  source: 'Makhzani et al. 2015, Adversarial autoencoders',
  diagram: ['x ── encode ── code ── decode ── x̂', '                 └── discriminator: from the prior?'].join('\n'),
  formula: '−log p(x | code) − w log D(code), while D minimises −log D(z) − log(1 − D(code)), z ~ N(0, 1)',
  use: 'Draw new examples from a code without noise in it. Harder to train than `wasserstein`, which asks the same of the code.',
  options,
  make: ({ deceptionWeight, discriminator }) => ({
    headsPerCode: 1,
    isStochastic: false,
    allowsOvercomplete: true,
    prior: ({ noise }, shape) => noise.normal(shape),
    posterior: (head) => ({ code: head }),
    terms: ({ code, trace, negativeLogLikelihood }) => {
      const logitOf = (z: Tensor): Tensor => discriminate(trace.in('discriminator'), z, discriminator);
      const ofCode = logitOf(code);
      return {
        reconstruction: negativeLogLikelihood(code),
        // −log D(code)
        deception: softplus(negate(ofCode)),
        // −log D(z) − log(1 − D(code)), z from the prior
        discrimination: add(softplus(negate(logitOf(trace.noise.normal(code.shape)))), softplus(ofCode)),
      };
    },
    weights: () => ({ deception: deceptionWeight }),
    apart: { prefix: 'kind.discriminator.', terms: ['discrimination'], isAdversary: true },
  }),
};

/** The logit of z coming from the prior: `[batch, latent] → [batch]`. */
function discriminate(trace: Trace, z: Tensor, widths: readonly number[]): Tensor {
  const { apply, initialise } = activations['leaky-relu'];
  let h = z;
  for (const [layer, units] of widths.entries()) h = apply(dense(trace.in(`${layer}`), h, units, initialise));
  return reshape(dense(trace.in(`${widths.length}`), h, 1, glorotUniform), [z.shape[0]]);
}
