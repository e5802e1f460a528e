/** Tokens: at every place one of `vocabulary` whole numbers, which the decoder gives a logit for each of. */
import { multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { cast, equal } from '../../graph/ops/comparison.ts';
import { exp } from '../../graph/ops/elementwise.ts';
import { argMax, logSoftmax } from '../../graph/ops/reduce.ts';
import { slice } from '../../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { type Likelihood, sumObserved } from './likelihood.ts';

/**
 * −Σ log softmax(l)[token] of logits `[batch, …shape, vocabulary]` and tokens, one-hot of the same shape. A token has no mean: `mean`
 * gives the most likely one, `[batch, …shape]`, and an error is a token that is not it.
 */
export function categorical(vocabulary: number): Likelihood {
  return {
    name: 'categorical',
    outputShape: (shape) => [...shape, vocabulary],
    mean: (logits) => cast(mostLikely(logits), 'float32'),
    // The chances of all tokens, where data has one of them.
    shown: (logits) => exp(logSoftmax(logits)),
    squaredError: (x, logits, missing) => {
      const isRight = cast(equal(mostLikely(x), mostLikely(logits)), 'float32');
      // All entries of a token are missing, or none.
      return sumObserved(subtract(1, isRight), missing && without(missing));
    },
    negativeLogLikelihood: (x, logits, missing) => sumObserved(negate(multiply(x, logSoftmax(logits))), missing),
  };
}

/** Where the largest number of the last axis is: int32, `[…, vocabulary] → […]`. */
export function mostLikely(logits: Tensor): Tensor {
  const shape = logits.shape.slice(0, -1);
  return reshape(argMax(reshape(logits, [sizeOf(shape), logits.shape[shape.length]])), shape);
}

/** `[…, vocabulary] → […]`, for what is the same along the last axis. */
function without(missing: Tensor): Tensor {
  const last = missing.shape.length - 1;
  return reshape(slice(missing, last, 0, 1), missing.shape.slice(0, last));
}
