/**
 * The k-sparse autoencoder: of the code's units only the k largest speak for one example, the others are 0.
 *
 *   x − mean ── encode ── head ── k largest ── rectify ── decode ── + mean
 *                           └──── largest among the dead units ── added to the code, to rebuild what it leaves over
 *
 * Makhzani & Frey 2013, with α k units in use; auxiliary loss for units that never speak, decoder rows of unit norm, and a
 * code that tells how an example differs from the mean: Gao et al. 2024, section 2 and A.2 (there the mean is a parameter).
 */
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { searched } from '../../base/search-range.ts';
import { add, divide, multiply } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { cast, greater, less, where } from '../../graph/ops/comparison.ts';
import { relu, sqrt, square } from '../../graph/ops/elementwise.ts';
import { stopGradient } from '../../graph/ops/input.ts';
import { kthLargest, max } from '../../graph/ops/reduce.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { zeros } from '../layers/initialisers.ts';
import type { Trace } from '../trace.ts';
import type { Kind, Pass } from './kind.ts';

const options = z.strictObject({
  active: z
    .int()
    .min(1)
    .default(8)
    .describe('units k that speak for one example (a quarter of the code by default)')
    .meta(searched('purpose', { from: 1, to: 32, scale: 'log' })),
  activeInUse: z
    .int()
    .min(0)
    .default(0)
    .describe('units that speak once the model is trained: more are better features (0: as many as in training)'),
  auxiliaryWeight: z
    .number()
    .min(0)
    .default(1 / 32)
    .describe('weight of the loss that revives dead units'),
  deadAfter: z.int().min(1).default(200).describe('steps without speaking after which a unit counts as dead'),
});

export const topk: Kind<z.infer<typeof options>> = {
  name: 'topk',
  summary: 'only the k largest units of the code speak for an example; it may be wider than the data',
  source: 'Makhzani & Frey 2013, k-Sparse autoencoders',
  diagram: 'x − mean ── encode ── k largest of a wide code ── decode ── + mean ── x̂',
  formula: '−log p(x | top k of code) + w −log p(x | the same and the largest dead units)',
  use: 'A dictionary of parts with exactly k of them in every example; no penalty to tune. Take it before `sparse` for very wide codes.',
  options,
  defaults: ({ latent }) => ({ active: Math.ceil(latent / 4) }),
  check({ active, activeInUse }, { latent }) {
    for (const [flag, units] of Object.entries({ '--active': active, '--active-in-use': activeInUse }))
      if (units > latent)
        throw new OptionError({
          where: flag,
          expected: `at most as many units as the code has, ${latent}`,
          got: `${units}`,
          fix: `lower ${flag}, or raise --latent`,
        });
  },
  make: ({ active, activeInUse, auxiliaryWeight, deadAfter }) => ({
    headsPerCode: 1,
    isStochastic: false,
    allowsOvercomplete: true,
    // Else a few units would do nothing but tell the mean, and speak for nearly every example.
    isCentred: true,
    posterior: (head, { purpose }) => ({
      code: relu(largest(head, purpose === 'inference' && activeInUse > 0 ? activeInUse : active)),
    }),
    terms: (pass) => ({
      reconstruction: pass.negativeLogLikelihood(pass.code),
      ...(auxiliaryWeight > 0 ? { auxiliary: auxiliaryLoss(pass, active, deadAfter) } : {}),
    }),
    weights: () => ({ auxiliary: auxiliaryWeight }),
    project: unitRows,
  }),
};

/** The k largest numbers of every row, the rest 0. */
function largest(x: Tensor, k: number): Tensor {
  if (k === x.shape[1]) return x;
  return multiply(x, cast(greater(x, kthLargest(x, k + 1)), 'float32'));
}

/** −log p(x | code + the largest dead units), where any unit is dead; only the dead units learn from it, and the decoder. */
function auxiliaryLoss({ head, code, trace, negativeLogLikelihood }: Pass, active: number, deadAfter: number): Tensor {
  const isDead = greater(idleSteps(trace, code), deadAfter);
  const share = cast(isDead, 'float32');
  const strongest = largest(where(isDead, head, -1e30), Math.min(2 * active, code.shape[1]));
  const loss = negativeLogLikelihood(add(stopGradient(code), multiply(strongest, share)));
  return multiply(loss, max(share, [0]));
}

/** Steps since each unit last spoke for any example: `[latent]`. */
function idleSteps(trace: Trace, code: Tensor): Tensor {
  const idle = trace.state('idle', [code.shape[1]], zeros);
  // Nothing in a code is below 0: the sum over ranks is 0 where it is on all of them.
  const isSilent = cast(less(trace.batch.sum(max(code, [0])), 1e-30), 'float32');
  trace.update('idle', multiply(add(idle, 1), isSilent));
  return idle;
}

/** Every row at length 1: the code alone says how strongly a unit speaks. */
function unitRows(weight: Tensor): Tensor {
  const length = sqrt(add(sum(square(weight), [1]), 1e-12));
  return divide(weight, reshape(length, [weight.shape[0], 1]));
}
