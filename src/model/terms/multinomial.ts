/** Counts: which of many things were taken, out of a budget of them that the code does not tell. */
import { multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { logSoftmax } from '../../graph/ops/chances.ts';
import { where } from '../../graph/ops/comparison.ts';
import { exp, square } from '../../graph/ops/elementwise.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { type Likelihood, sumObserved } from './likelihood.ts';

/**
 * −Σ x log softmax(l) over all entries of an example: Liang et al. 2018, eq. 2, without the constant that depends on x alone. `mean`
 * gives the chances softmax(l), which add up to 1; the squared error is that of Σ x times them.
 */
export function multinomial(): Likelihood {
  return {
    name: 'multinomial',
    outputShape: (shape) => shape,
    mean: (logits) => exp(logChances(logits)),
    squaredError: (x, logits, missing) => {
      const counts = flat(observed(x, missing));
      const total = reshape(sum(counts, [1]), [counts.shape[0], 1]);
      return sumObserved(
        reshape(square(subtract(counts, multiply(total, flat(exp(logChances(logits)))))), x.shape),
        missing,
      );
    },
    negativeLogLikelihood: (x, logits, missing) =>
      negate(sum(flat(multiply(observed(x, missing), logChances(logits))), [1])),
  };
}

/** log softmax over all entries of each example. Same shape. */
function logChances(logits: Tensor): Tensor {
  return reshape(logSoftmax(flat(logits)), logits.shape);
}

/** What is missing counts as nothing taken. */
function observed(x: Tensor, missing: Tensor | undefined): Tensor {
  return missing ? where(missing, 0, x) : x;
}

/** `[batch, …] → [batch, entries]` */
function flat(x: Tensor): Tensor {
  return reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
}
