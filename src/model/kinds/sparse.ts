/**
 * The sparse autoencoder: only few units of a (possibly over-complete) code are active for one example.
 * L1: Ranzato et al. 2007, Le et al. 2011. KL to a target activity: Ng 2011, CS294A lecture notes, section 3.
 */
import * as z from 'zod';
import { searched } from '../../base/search-range.ts';
import { add, maximum, minimum, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { broadcastTo, sum } from '../../graph/ops/broadcast.ts';
import { abs, log, relu, sigmoid } from '../../graph/ops/elementwise.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';
import type { Kind } from './kind.ts';

const options = z.strictObject({
  sparsity: z
    .enum(['l1', 'kl'])
    .default('l1')
    .describe(
      'penalty on the code: its absolute sum (rectified units), or distance of its mean activity from a target (sigmoid units)',
    ),
  sparsityWeight: z
    .number()
    .min(0)
    .default(0.05)
    .describe('weight of the sparsity term')
    .meta(searched('purpose', { from: 1e-3, to: 1, scale: 'log' })),
  sparsityTarget: z.number().gt(0).lt(1).default(0.05).describe('mean activity that kl aims at'),
});

export const sparse: Kind<z.infer<typeof options>> = {
  name: 'sparse',
  summary: 'only few units of the code are active; it may be wider than the data',
  source: 'Ng 2011, CS294A lecture notes: Sparse autoencoder',
  diagram: 'x ── encode ── rectify ── wide code, mostly 0 ── decode ── x̂',
  formula: '−log p(x | code) + w Σⱼ |codeⱼ|, or + w Σⱼ KL(ρ ‖ mean activity of unit j)',
  use: 'Features that can be named one by one; a dictionary of parts. The penalty is a soft choice of how many speak; `topk` is a hard one.',
  options,
  make: ({ sparsity, sparsityWeight, sparsityTarget }) => ({
    headsPerCode: 1,
    isStochastic: false,
    comparesBatch: sparsity === 'kl',
    allowsOvercomplete: true,
    posterior: (head) => ({ code: sparsity === 'l1' ? relu(head) : sigmoid(head) }),
    terms: ({ code, trace, negativeLogLikelihood }) => ({
      reconstruction: negativeLogLikelihood(code),
      sparsity: sparsity === 'l1' ? sum(abs(code), [1]) : activityDivergence(trace, code, sparsityTarget),
    }),
    weights: () => ({ sparsity: sparsityWeight }),
  }),
};

/** Σⱼ KL(ρ ‖ ρ̂ⱼ) with ρ̂ⱼ the mean activity of unit j over the batch; the same for every example: `[batch]`. */
function activityDivergence({ batch }: Trace, code: Tensor, target: number): Tensor {
  // Activities of exactly 0 or 1 have an infinite divergence: keep a float32 epsilon away.
  const activity = minimum(maximum(batch.mean(code, [0]), 1e-6), 1 - 1e-6);
  const entropy = target * Math.log(target) + (1 - target) * Math.log(1 - target);
  const crossed = add(multiply(target, log(activity)), multiply(1 - target, log(subtract(1, activity))));
  return broadcastTo(sum(subtract(entropy, crossed)), [code.shape[0]]);
}
