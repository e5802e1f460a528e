/**
 * The Wasserstein autoencoder: the codes of a batch, taken together, should look like draws from the prior.
 * Tolstikhin et al. 2018, algorithm 2 (the form with the maximum mean discrepancy).
 */
import * as z from 'zod';
import { searched } from '../../base/search-range.ts';
import { broadcastTo } from '../../graph/ops/broadcast.ts';
import { maximumMeanDiscrepancy } from '../terms/divergence.ts';
import type { Kind } from './kind.ts';

const options = z.strictObject({
  discrepancyWeight: z
    .number()
    .min(0)
    .default(100)
    .describe('weight of the discrepancy between codes and prior')
    .meta(searched('purpose', { from: 10, to: 1000, scale: 'log' })),
});

export const wasserstein: Kind<z.infer<typeof options>> = {
  name: 'wasserstein',
  summary: 'the codes of a batch look like draws from the standard normal; new examples can be drawn',
  source: 'Tolstikhin et al. 2018, Wasserstein auto-encoders',
  diagram: ['x ── encode ── code ── decode ── x̂', '                 └── a batch of them: like draws of N(0, 1)?'].join(
    '\n',
  ),
  formula: '−log p(x | code) + w MMD²(codes, draws of N(0, 1))',
  use: 'Draw new examples with sharper reconstructions than a variational model; no adversary to balance. Wants batches of 100 and more.',
  options,
  make: ({ discrepancyWeight }) => ({
    headsPerCode: 1,
    isStochastic: false,
    comparesBatch: true,
    allowsOvercomplete: true,
    prior: ({ noise }, shape) => noise.normal(shape),
    normalNumbers: (latent) => latent,
    posterior: (head) => ({ code: head }),
    terms: ({ code, trace, negativeLogLikelihood }) => ({
      reconstruction: negativeLogLikelihood(code),
      discrepancy: broadcastTo(maximumMeanDiscrepancy(code, trace.noise.normal(code.shape), trace.batch), [
        code.shape[0],
      ]),
    }),
    weights: () => ({ discrepancy: discrepancyWeight }),
  }),
};
