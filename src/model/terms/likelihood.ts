/** What the decoder's numbers mean: the distribution of the data given the code. All from logits, per example, in nats. */

import { add, maximum, minimum, multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { cast, less, where } from '../../graph/ops/comparison.ts';
import { exp, log, sigmoid, softplus, square } from '../../graph/ops/elementwise.ts';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import type { Noise } from '../noise.ts';

export interface Likelihood {
  readonly name: string;
  /** Shape of what the decoder must give for an example of the data's `shape`. */
  outputShape(shape: Shape): Shape;
  /**
   * −log p(x | z): `[batch, …]` (tokens one-hot) and the decoder's output, `[batch, …outputShape]` → `[batch]`. Entries where
   * `missing` (bool, the shape of x) holds are not counted; x must be finite there all the same.
   */
  negativeLogLikelihood(x: Tensor, output: Tensor, missing?: Tensor): Tensor;
  /** The output whose mean that is, `[…, …shape]`, as far as there is one: chances are kept away from 0 and 1. */
  outputOf?(mean: Tensor): Tensor;
  /** The output as if it were data, for decoders that read what they gave before; the mean where absent. */
  shown?(output: Tensor): Tensor;
  /** The reconstruction: the mean of the distribution, of tokens the most likely one. `[batch, …outputShape] → [batch, …shape]`. */
  mean(output: Tensor): Tensor;
  /**
   * Σ (x − mean)², without what is missing: shapes as for the loss. Of tokens, how many are told wrongly, which is half of that sum over
   * their one-hot forms.
   */
  squaredError(x: Tensor, output: Tensor, missing?: Tensor): Tensor;
  /** x drawn from the distribution: `[batch, …outputShape] → [batch, …shape]`; a category one-hot. Absent for tokens. */
  draw?(output: Tensor, noise: Noise): Tensor;
}

/** `squaredError` of numbers and chances. */
export function squaredErrorOf(mean: (output: Tensor) => Tensor): Likelihood['squaredError'] {
  return (x, output, missing) => sumObserved(square(subtract(x, mean(output))), missing);
}

/**
 * Squared error as the normal distribution of variance 1 around the output: ½ Σ (x − x̂)²; with `logVariance` (log σ², a scalar),
 * ½ Σ (x − x̂)²/σ² + log σ² (Rybkin et al. 2021, eq. 3). The constant ½ D log 2π is left out. With `sigmoid` the mean is squashed into
 * (0, 1) first.
 */
export function gaussian(output: 'linear' | 'sigmoid', logVariance?: Tensor): Likelihood {
  const mean = squashed(output);
  return {
    name: 'gaussian',
    outputShape: (shape) => shape,
    mean,
    outputOf: output === 'sigmoid' ? logit : (same) => same,
    squaredError: squaredErrorOf(mean),
    negativeLogLikelihood: (x, logits, missing) =>
      multiply(0.5, sumObserved(scaledSquares(subtract(mean(logits), x), logVariance), missing)),
    draw: (logits, noise) => add(mean(logits), normalErrors(logits.shape, noise, logVariance)),
  };
}

/** log(p / (1 − p)) of chances p, those below 0.001 and above 0.999 taken for these. */
function logit(chances: Tensor): Tensor {
  const p = minimum(maximum(chances, 1e-3), 1 - 1e-3);
  return subtract(log(p), log(subtract(1, p)));
}

/** What a decoder's output says the mean is. */
export function squashed(output: 'linear' | 'sigmoid'): (logits: Tensor) => Tensor {
  return output === 'sigmoid' ? sigmoid : (logits) => logits;
}

/** e²/σ² + log σ² of errors e, or e² where no variance is given: same shape. */
export function scaledSquares(errors: Tensor, logVariance?: Tensor): Tensor {
  const squares = square(errors);
  return logVariance ? add(multiply(squares, exp(negate(logVariance))), logVariance) : squares;
}

/** Draws from N(0, σ²), of variance 1 where none is given. */
export function normalErrors(shape: Shape, noise: Noise, logVariance?: Tensor): Tensor {
  const errors = noise.normal(shape);
  return logVariance ? multiply(errors, exp(multiply(0.5, logVariance))) : errors;
}

/** Cross-entropy: log(1 + eˡ) − x l for logits l and x in [0, 1]. */
export function bernoulli(): Likelihood {
  return {
    name: 'bernoulli',
    outputShape: (shape) => shape,
    mean: sigmoid,
    outputOf: logit,
    squaredError: squaredErrorOf(sigmoid),
    negativeLogLikelihood: (x, logits, missing) =>
      sumObserved(subtract(softplus(logits), multiply(x, logits)), missing),
    draw: (logits, noise) => cast(less(noise.uniform(logits.shape), sigmoid(logits)), 'float32'),
  };
}

/** `[batch, …] → [batch]`, without what is missing. */
export function sumObserved(values: Tensor, missing: Tensor | undefined): Tensor {
  const axes = values.shape.map((_, axis) => axis).slice(1);
  return sum(missing ? where(missing, 0, values) : values, axes);
}
