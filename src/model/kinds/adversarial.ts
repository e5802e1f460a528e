/**
 * The adversarial autoencoder: a discriminator learns to tell codes from draws of the prior, the encoder learns to deceive it.
 *
 *   x ── encode ── code ── decode ── x̂
 *                    └─── discriminator ── from the prior, or a code?
 *
 * Makhzani et al. 2015, section 2; the semi-supervised form, in which part of the code says the class: section 5. Both sides step
 * at once, each along the gradient of its own terms.
 */
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { searched } from '../../base/search-range.ts';
import { add, divide, maximum, multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { logSoftmax } from '../../graph/ops/chances.ts';
import { cast, oneHot } from '../../graph/ops/comparison.ts';
import { exp, floor, softplus } from '../../graph/ops/elementwise.ts';
import { logSumExp } from '../../graph/ops/reduce.ts';
import { concat, slice } from '../../graph/ops/shape.ts';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import { activations } from '../layers/activation.ts';
import { dense } from '../layers/dense.ts';
import { glorotUniform } from '../layers/initialisers.ts';
import type { Noise } from '../noise.ts';
import type { Trace } from '../trace.ts';
import type { Kind, Pass } from './kind.ts';

const options = z.strictObject({
  deceptionWeight: z
    .number()
    .min(0)
    .default(0.3)
    .describe('weight of deceiving the discriminator')
    .meta(searched('purpose', { from: 0.03, to: 3, scale: 'log' })),
  discriminator: z.array(z.int().min(1)).default([256, 256]).describe('widths of the layers of the discriminator'),
  labels: z
    .enum(['ignored', 'some'])
    .default('ignored')
    .describe('some: the last numbers of the code say the class, learned from the examples that have a label'),
  labelWeight: z.number().min(0).default(10).describe('weight of the labels, for those examples that have one'),
});

type Options = z.infer<typeof options>;

export const adversarial: Kind<Options> = {
  name: 'adversarial',
  summary: 'a discriminator makes the codes look like draws from the standard normal; new examples can be drawn',
  source: 'Makhzani et al. 2015, Adversarial autoencoders',
  diagram: ['x ── encode ── code ── decode ── x̂', '                 └── discriminator: from the prior?'].join('\n'),
  formula:
    '−log p(x | code) − w log D(code), while D minimises −log D(z) − log(1 − D(code)), z ~ N(0, 1); with labels − v log code(class)',
  use: 'Draw new examples from a code without noise in it; classify with few labels. Harder to train than `wasserstein`, which asks the same of the code.',
  options,
  check({ labels }, { latent, classes = 0 }) {
    if (labels === 'ignored' || latent > classes) return;
    throw new OptionError({
      where: '--latent',
      expected: `more numbers than the ${classes} classes, which the code says too`,
      got: `${latent}`,
      fix: `choose --latent ${classes + 10}`,
    });
  },
  make: (settings, classes = 0) => {
    const told = settings.labels === 'some' ? classes : 0;
    return {
      headsPerCode: 1,
      isStochastic: false,
      comparesBatch: told > 0,
      allowsOvercomplete: true,
      labels: told > 0 ? 'target' : undefined,
      prior: ({ noise }, shape) => draw(noise, shape, told),
      normalNumbers: (latent) => latent - told,
      codeSaysClass: told > 0,
      posterior: (head) => ({ code: told > 0 ? withClass(head, told) : head }),
      terms: (pass) => ({ ...contest(pass, settings, told), ...(told > 0 ? classification(pass, told) : {}) }),
      weights: (): Record<string, number> => ({
        deception: settings.deceptionWeight,
        ...(told > 0 ? { label: settings.labelWeight } : {}),
      }),
      apart: { prefix: 'kind.discriminator.', terms: ['discrimination'], isAdversary: true },
    };
  },
};

function contest({ code, trace, negativeLogLikelihood }: Pass, { discriminator }: Options, classes: number) {
  const drawn = draw(trace.noise, code.shape, classes);
  const [latent, style] = [code.shape[1], code.shape[1] - classes];
  // Style and class are contested apart (section 5): no gaussian is needed to see that chances are not yet those of one class.
  const parts =
    classes === 0
      ? [{ name: 'code', from: 0, to: latent }]
      : [
          { name: 'style', from: 0, to: style },
          { name: 'class', from: style, to: latent },
        ];
  const logits = parts.map(({ name, from, to }) => {
    const logitOf = (z: Tensor): Tensor =>
      discriminate(trace.in('discriminator').in(name), slice(z, 1, from, to), discriminator);
    return { ofCode: logitOf(code), ofPrior: logitOf(drawn) };
  });
  const total = (terms: readonly Tensor[]): Tensor => terms.reduce((sofar, term) => add(sofar, term));
  return {
    reconstruction: negativeLogLikelihood(code),
    // −log D(code)
    deception: total(logits.map(({ ofCode }) => softplus(negate(ofCode)))),
    // −log D(z) − log(1 − D(code)), z from the prior
    discrimination: total(logits.map(({ ofCode, ofPrior }) => add(softplus(negate(ofPrior)), softplus(ofCode)))),
  };
}

/**
 * −log of the chance that the code gives to the label; 0 where there is none. Scaled so that its mean is that of the examples with a
 * label: a few of them are not drowned by the others.
 */
function classification({ head, label, trace: { batch } }: Pass, classes: number): { readonly label: Tensor } {
  if (!label) throw new Error('internal: labels were asked for and not given');
  const logits = classLogits(head, classes);
  const isLabelled = sum(label, [1]);
  const surprise = subtract(multiply(isLabelled, logSumExp(logits)), sum(multiply(label, logits), [1]));
  return { label: multiply(surprise, divide(batch.count(label.shape[0]), maximum(batch.sum(sum(isLabelled)), 1))) };
}

/** Style as it is, and the chances of the classes: `[batch, latent]`. */
function withClass(head: Tensor, classes: number): Tensor {
  const [, latent] = head.shape;
  const chances = exp(logSoftmax(classLogits(head, classes)));
  return concat([slice(head, 1, 0, latent - classes), chances], 1);
}

function classLogits(head: Tensor, classes: number): Tensor {
  const [, latent] = head.shape;
  return slice(head, 1, latent - classes, latent);
}

/** Standard normal style, and one class at random: `[count, latent]`. */
function draw(noise: Noise, [count, latent]: Shape, classes: number): Tensor {
  if (classes === 0) return noise.normal([count, latent]);
  const chosen = cast(floor(multiply(noise.uniform([count]), classes)), 'int32');
  return concat([noise.normal([count, latent - classes]), oneHot(chosen, classes)], 1);
}

/** The logit of z coming from the prior: `[batch, latent] → [batch]`. */
function discriminate(trace: Trace, z: Tensor, widths: readonly number[]): Tensor {
  const { apply, initialise } = activations['leaky-relu'];
  let h = z;
  for (const [layer, units] of widths.entries()) h = apply(dense(trace.in(`${layer}`), h, units, initialise));
  return reshape(dense(trace.in(`${widths.length}`), h, 1, glorotUniform), [z.shape[0]]);
}
