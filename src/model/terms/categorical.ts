/** Tokens: at every place one of `vocabulary` whole numbers, which the decoder gives a logit for each of. */
import { subtract } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { crossEntropy, logSoftmax } from '../../graph/ops/chances.ts';
import { cast, equal } from '../../graph/ops/comparison.ts';
import { exp } from '../../graph/ops/elementwise.ts';
import { argMax } from '../../graph/ops/reduce.ts';
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
      return sumObserved(subtract(1, isRight), missing && without(missing));
    },
    negativeLogLikelihood: (x, logits, missing) => {
      const tokens = mostLikely(x);
      const places = sizeOf(tokens.shape);
      const costs = crossEntropy(reshape(logits, [places, vocabulary]), reshape(tokens, [places]));
      return sumObserved(reshape(costs, tokens.shape), missing && without(missing));
    },
  };
}

/** Where the largest number of the last axis is: int32, `[…, vocabulary] → […]`. */
export function mostLikely(logits: Tensor): Tensor {
  const shape = logits.shape.slice(0, -1);
  return reshape(argMax(reshape(logits, [sizeOf(shape), logits.shape[shape.length]])), shape);
}

/** `[…, vocabulary] → […]`: all entries of a token are missing, or none. */
function without(missing: Tensor): Tensor {
  const last = missing.shape.length - 1;
  return reshape(slice(missing, last, 0, 1), missing.shape.slice(0, last));
}
