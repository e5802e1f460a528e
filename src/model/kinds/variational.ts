/**
 * The variational autoencoder: the code is a distribution, kept near the standard normal, so that new examples can be drawn.
 * Kingma & Welling 2014, eq. 10; beta: Higgins et al. 2017; KL warm-up: Sønderby et al. 2016; free bits: Kingma et al. 2016, eq. 15.
 */
import { z } from 'zod';
import { add, maximum, multiply } from '../../graph/ops/arithmetic.ts';
import { broadcastTo, sum } from '../../graph/ops/broadcast.ts';
import { exp } from '../../graph/ops/elementwise.ts';
import { mean } from '../../graph/ops/reduce.ts';
import { slice } from '../../graph/ops/shape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { klPerDimension } from '../terms/divergence.ts';
import type { Kind, Posterior } from './kind.ts';

const options = z.strictObject({
  beta: z.number().min(0).default(1).describe('weight β of the divergence from the prior'),
  klWarmup: z.number().min(0).default(0).describe('epochs over which β grows from 0 to its value'),
  freeBits: z.number().min(0).default(0).describe('nats per code dimension that cost nothing'),
});

export const variational: Kind<z.infer<typeof options>> = {
  name: 'variational',
  summary: 'the code is a distribution near the standard normal; new examples can be drawn',
  source: 'Kingma & Welling 2014, Auto-encoding variational Bayes',
  options,
  make: ({ beta, klWarmup, freeBits }) => ({
    headsPerCode: 2,
    isStochastic: true,
    allowsOvercomplete: true,
    prior: 'standard-normal',
    posterior: (head) => {
      const latent = head.shape[1] / 2;
      return { code: slice(head, 1, 0, latent), logVariance: slice(head, 1, latent, 2 * latent) };
    },
    // z = μ + σ ⊙ ε
    sample: ({ code, logVariance }, noise) =>
      logVariance ? add(code, multiply(exp(multiply(0.5, logVariance)), noise.normal(code.shape))) : code,
    terms: ({ code, posterior, negativeLogLikelihood }) => ({
      reconstruction: negativeLogLikelihood(code),
      kl: divergence(posterior, freeBits),
    }),
    weights: ({ epoch }) => ({ kl: beta * (klWarmup > 0 ? Math.min(1, epoch / klWarmup) : 1) }),
  }),
};

/** KL(q(z|x) ‖ N(0, 1)) per example: `[batch]`; with free bits, dimensions below the allowance (on the batch's average) count as it. */
function divergence({ code, logVariance }: Posterior, freeBits: number): Tensor {
  const perDimension = klPerDimension(code, logVariance ?? code);
  if (freeBits === 0) return sum(perDimension, [1]);
  return broadcastTo(sum(maximum(mean(perDimension, [0]), freeBits)), [code.shape[0]]);
}
