/**
 * The variational autoencoder: the code is a distribution, kept near the standard normal, so that new examples can be drawn.
 * Kingma & Welling 2014, eq. 10; beta: Higgins et al. 2017; KL warm-up: Sønderby et al. 2016; free bits: Kingma et al. 2016, eq. 15;
 * importance-weighted bound: Burda et al. 2016, eq. 8, with the gradient of Tucker et al. 2019, eq. 8; conditional form: Sohn et al.
 * 2015, eq. 4.
 */
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { searched } from '../../base/search-range.ts';
import { add, maximum, multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { broadcastTo, reshape, sum } from '../../graph/ops/broadcast.ts';
import { logSoftmax } from '../../graph/ops/chances.ts';
import { exp, square } from '../../graph/ops/elementwise.ts';
import { stopGradient, withGradient } from '../../graph/ops/input.ts';
import { logSumExp } from '../../graph/ops/reduce.ts';
import { slice, transpose } from '../../graph/ops/shape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Noise } from '../noise.ts';
import { klPerDimension } from '../terms/divergence.ts';
import type { Kind, Pass, Posterior } from './kind.ts';

const options = z.strictObject({
  beta: z
    .number()
    .min(0)
    .default(1)
    .describe('weight β of the divergence from the prior')
    .meta(searched('purpose', { from: 0.1, to: 10, scale: 'log' })),
  klWarmup: z.number().min(0).default(0).describe('epochs over which β grows from 0 to its value'),
  freeBits: z.number().min(0).default(0).describe('nats per code dimension that cost nothing'),
  importanceSamples: z
    .int()
    .min(1)
    .default(1)
    .describe('codes k drawn for each example; above 1 the loss is the importance-weighted bound, which has no β'),
  labels: z
    .enum(['ignored', 'given'])
    .default('ignored')
    .describe('given: encoder and decoder are told the class, so that a chosen class can be drawn'),
});

export const variational: Kind<z.infer<typeof options>> = {
  name: 'variational',
  summary: 'the code is a distribution near the standard normal; new examples can be drawn',
  source: 'Kingma & Welling 2014, Auto-encoding variational Bayes',
  diagram: ['x ── encode ── μ, σ ── draw z ── decode ── x̂', '                └── near N(0, 1)'].join('\n'),
  formula: '−log p(x | z) + β KL(N(μ, σ²) ‖ N(0, 1)); with k draws: −log (1/k) Σᵢ p(x, zᵢ)/q(zᵢ | x)',
  use: 'Draw new examples, of a chosen class too; a likelihood for anomalies; a code in which nearby points mean similar things.',
  options,
  check({ importanceSamples, beta, klWarmup, freeBits }) {
    if (importanceSamples === 1 || (beta === 1 && klWarmup === 0 && freeBits === 0)) return;
    throw new OptionError({
      where: '--importance-samples',
      expected:
        'no --beta, --kl-warmup or --free-bits beside it: the importance-weighted bound has no divergence of its own',
      got: `${importanceSamples} samples with one of them`,
      fix: 'leave them out, or draw 1 sample',
    });
  },
  make: ({ beta, klWarmup, freeBits, importanceSamples, labels }) => ({
    headsPerCode: 2,
    isStochastic: true,
    estimatesGradient: importanceSamples > 1 ? ['encoder.'] : [],
    comparesBatch: freeBits > 0,
    allowsOvercomplete: true,
    prior: ({ noise }, shape) => noise.normal(shape),
    normalNumbers: (latent) => latent,
    labels: labels === 'given' ? 'told' : undefined,
    posterior: (head) => {
      const latent = head.shape[1] / 2;
      return { code: slice(head, 1, 0, latent), logVariance: slice(head, 1, latent, 2 * latent) };
    },
    sample,
    terms: (pass): Record<string, Tensor> =>
      importanceSamples > 1
        ? { bound: importanceWeightedBound(pass, importanceSamples) }
        : {
            reconstruction: pass.negativeLogLikelihood(pass.code),
            kl: divergence(pass, freeBits),
          },
    weights: ({ epoch }): Record<string, number> =>
      importanceSamples > 1 ? {} : { kl: beta * (klWarmup > 0 ? Math.min(1, epoch / klWarmup) : 1) },
  }),
};

/** z = μ + σ ⊙ ε */
function sample({ code, logVariance }: Posterior, noise: Noise): Tensor {
  return logVariance ? add(code, multiply(exp(multiply(0.5, logVariance)), noise.normal(code.shape))) : code;
}

/** KL(q(z|x) ‖ N(0, 1)) per example: `[batch]`; with free bits, dimensions below the allowance (on the batch's average) count as it. */
function divergence({ posterior, trace }: Pass, freeBits: number): Tensor {
  const { code, logVariance } = posterior;
  const perDimension = klPerDimension(code, logVariance ?? code);
  if (freeBits === 0) return sum(perDimension, [1]);
  return broadcastTo(sum(maximum(trace.batch.mean(perDimension, [0]), freeBits)), [code.shape[0]]);
}

/**
 * −log (1/k) Σ p(x, zᵢ) / q(zᵢ|x) over k draws of z: `[batch]`.
 *
 * Its slope by the encoder is the doubly reparameterised one (Tucker et al. 2019, eq. 8), which has the same mean and spreads less:
 * what q says is a constant, and each draw passes its slope on times its share of the weights.
 */
function importanceWeightedBound({ posterior, trace, negativeLogLikelihood }: Pass, k: number): Tensor {
  const { code, logVariance = code } = posterior;
  const [batch, latent] = code.shape;
  const noise = reshape(trace.noise.normal([k * batch, latent]), [k, batch, latent]);
  const drawn = add(code, multiply(exp(multiply(0.5, logVariance)), noise));
  const draws = withGradient(drawn, (upstream) => multiply(upstream, reshape(stopGradient(shares), [k, batch, 1])));
  const [mu, rho] = [stopGradient(code), stopGradient(logVariance)];
  const standardised = multiply(subtract(draws, mu), exp(multiply(-0.5, rho)));
  // log p(z) − log q(z|x); the constants of the two normal densities cancel. [k, batch]
  const logRatio = multiply(0.5, sum(subtract(add(square(standardised), rho), square(draws)), [2]));
  const logLikelihood = negate(reshape(negativeLogLikelihood(reshape(draws, [k * batch, latent])), [k, batch]));
  const logWeights = transpose(add(logLikelihood, logRatio), [1, 0]);
  const shares = transpose(exp(logSoftmax(logWeights)), [1, 0]);
  return subtract(Math.log(k), logSumExp(logWeights));
}
