/**
 * The vector-quantised autoencoder: the code is a row of entries of a codebook, and how they follow each other is learned too.
 *
 *   x ── encode ── nearest entries ── decode ── x̂
 *                        └── prior: each entry from those before it
 *
 * van den Oord et al. 2017; the codebook as moving averages: appendix A.1; unused entries start anew at codes of the batch:
 * Dhariwal et al. 2020. The prior is a masked network (Germain et al. 2015), so that new codes can be drawn.
 */
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { searched } from '../../base/search-range.ts';
import { add, divide, maximum, multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { cast, less, oneHot, where } from '../../graph/ops/comparison.ts';
import { floor, square } from '../../graph/ops/elementwise.ts';
import { constant, stopGradient } from '../../graph/ops/input.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import { argMax } from '../../graph/ops/reduce.ts';
import { gather } from '../../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { normals, zeros } from '../layers/initialisers.ts';
import { drawChoices, negativeLogPrior } from '../terms/choice-prior.ts';
import { squaredDistances } from '../terms/divergence.ts';
import type { Trace } from '../trace.ts';
import type { Kind, Pass, Posterior } from './kind.ts';

const options = z.strictObject({
  codebookSize: z
    .int()
    .min(2)
    .default(512)
    .describe('entries of the codebook (fewer by default for small data)')
    .meta(searched('purpose', { from: 16, to: 1024, scale: 'log' })),
  entryWidth: z.int().min(1).default(4).describe('numbers in an entry, a divisor of latent (4, 3, 2 or 1 by default)'),
  commitmentWeight: z.number().min(0).default(0.25).describe('weight of the distance of codes from their entries'),
  codebookDecay: z.number().min(0).lt(1).default(0.99).describe('how slowly an entry follows the codes that chose it'),
  priorUnits: z.int().min(1).default(64).describe('hidden units for each position of the prior over entries'),
});

type Options = z.infer<typeof options>;

/** By default there are at least as many examples for each entry. */
const EXAMPLES_PER_ENTRY = 8;

/** An entry chosen less often than this share of the average starts anew. */
const DEAD_SHARE = 0.03;

export const vq: Kind<Options> = {
  name: 'vq',
  summary: 'the code is a row of entries of a learned codebook: whole numbers, with a learned prior',
  source: 'van den Oord, Vinyals & Kavukcuoglu 2017, Neural discrete representation learning',
  diagram: [
    'x ── encode ── nearest entries of a codebook ── decode ── x̂',
    '                        └── prior: each entry from those before',
  ].join('\n'),
  formula: '−log p(x | entries) + w ‖code − entries‖²; apart from it −log p(entries)',
  use: 'Codes of whole numbers: compression, tokens for another model, sharp samples through the learned prior.',
  options,
  defaults: ({ latent, examples = Infinity }) => ({
    entryWidth: [4, 3, 2, 1].find((width) => latent % width === 0),
    codebookSize: Math.max(2, Math.min(512, 2 ** Math.floor(Math.log2(examples / EXAMPLES_PER_ENTRY)))),
  }),
  check({ codebookSize, entryWidth }, { latent, examples = Infinity }) {
    if (latent % entryWidth !== 0)
      throw new OptionError({
        where: '--entry-width',
        expected: `a divisor of the code's ${latent} numbers`,
        got: `${entryWidth}`,
        fix: 'choose --latent as a multiple of --entry-width',
      });
    if (codebookSize > examples)
      throw new OptionError({
        where: '--codebook-size',
        expected: `at most as many entries as there are training examples, ${examples}`,
        got: `${codebookSize}`,
        fix: 'lower --codebook-size',
      });
  },
  make: (settings) => ({
    headsPerCode: 1,
    isStochastic: false,
    comparesBatch: true,
    estimatesGradient: ['encoder.'],
    allowsOvercomplete: true,
    codebookSize: settings.codebookSize,
    posterior: (head, trace) => quantise(head, trace, settings),
    terms: (pass) => {
      const { choice = pass.head } = pass.posterior;
      followCodes(pass, choice, settings);
      return {
        reconstruction: pass.negativeLogLikelihood(pass.code),
        commitment: sum(square(subtract(pass.head, stopGradient(pass.code))), [1]),
        prior: negativeLogPrior(pass.trace.in('prior'), choice, settings),
      };
    },
    weights: () => ({ commitment: settings.commitmentWeight }),
    apart: { prefix: 'kind.prior.', terms: ['prior'], isAdversary: false },
    prior: (trace, shape) => {
      const positions = shape[1] / settings.entryWidth;
      const choice = drawChoices(trace.in('prior'), [shape[0], positions], settings);
      return reshape(gather(codebookOf(trace, settings), reshape(choice, [sizeOf(choice.shape)])), shape);
    },
  }),
};

function codebookOf(trace: Trace, { codebookSize, entryWidth }: Options): Tensor {
  return trace.state('codebook', [codebookSize, entryWidth], normals);
}

/** The nearest entry for every position; the gradient passes as if the code had not been moved to it (straight through). */
function quantise(head: Tensor, trace: Trace, settings: Options): Posterior {
  const [batch, latent] = head.shape;
  const positions = latent / settings.entryWidth;
  const codebook = codebookOf(trace, settings);
  const rows = reshape(head, [batch * positions, settings.entryWidth]);
  const choice = argMax(negate(squaredDistances(stopGradient(rows), codebook)));
  const nearest = stopGradient(reshape(gather(codebook, choice), head.shape));
  const code = trace.purpose === 'inference' ? nearest : add(head, stopGradient(subtract(nearest, head)));
  return { code, choice: reshape(choice, [batch, positions]) };
}

/** Moves every entry towards the codes that chose it; those that hardly any chose, onto codes of this batch. */
function followCodes({ head, trace }: Pass, choice: Tensor, settings: Options): void {
  const { codebookSize, entryWidth, codebookDecay } = settings;
  const { batch } = trace;
  const codebook = codebookOf(trace, settings);
  const count = trace.state('count', [codebookSize], zeros);
  const own = sizeOf(choice.shape);
  const total = batch.count(own);
  const rows = stopGradient(reshape(head, [own, entryWidth]));
  const chosen = reshape(oneHot(choice, codebookSize), [own, codebookSize]);
  const times = reshape(batch.sum(matmul(constant(1, [1, own]), chosen)), [codebookSize]);
  const nextCount = add(multiply(count, codebookDecay), multiply(times, 1 - codebookDecay));
  const column = (row: Tensor): Tensor => reshape(row, [codebookSize, 1]);
  const weighed = add(
    multiply(multiply(codebook, column(count)), codebookDecay),
    multiply(batch.sum(matmul(chosen, rows, { left: true })), 1 - codebookDecay),
  );
  const moved = divide(weighed, maximum(column(nextCount), 1e-12));

  const average = total / codebookSize;
  const isDead = less(nextCount, DEAD_SHARE * average);
  const picked = cast(floor(multiply(trace.noise.uniform([codebookSize], 'batch'), total)), 'int32');
  trace.update('codebook', where(column(isDead), gather(batch.join(rows), picked), moved));
  trace.update('count', where(isDead, average, nextCount));
}
