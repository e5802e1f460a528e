/** The mean of the data, found while training. */
import { add, divide, minimum, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';
import { zeros } from './initialisers.ts';

/** Batches that the mean is over, so many of the last. */
const REMEMBERED = 1000;

/** The mean of the batches before this one, `[1, …shape]`; `observed`, `[batch, …shape]`, joins it after the step. States `mean`, `batches`. */
export function runningMean(trace: Trace, observed: Tensor): Tensor {
  const before = startedMean(trace, observed);
  const batches = trace.state('batches', [1], zeros);
  const count = minimum(add(batches, 1), REMEMBERED);
  const now = reshape(trace.batch.mean(observed, [0]), before.shape);
  trace.update('mean', add(before, divide(subtract(now, before), count)));
  trace.update('batches', count);
  return before;
}

/** The same mean where nothing is to be learnt of `like`, `[batch, …shape]`, but its shape. */
export function startedMean(trace: Trace, like: Tensor): Tensor {
  return trace.state('mean', [1, ...like.shape.slice(1)], zeros);
}
