/** Batch normalisation (Ioffe & Szegedy 2015). */
import { add, divide, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { sqrt, square } from '../../graph/ops/elementwise.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';
import { ones, zeros } from './initialisers.ts';

const EPSILON = 1e-5;

/** How much of the running statistics a step replaces. */
const RENEWED = 0.1;

/**
 * Each channel of `[batch, channels, height, width]` to mean 0 and variance 1, then a learned `gain` and `bias`. In training, mean
 * and variance are the batch's, and the states `mean` and `variance` follow them (algorithm 2); else they are those states.
 */
export function batchNorm(trace: Trace, x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape;
  const planes = (row: Tensor): Tensor => reshape(row, [channels, 1, 1]);
  const running = {
    mean: trace.state('mean', [channels], zeros),
    variance: trace.state('variance', [channels], ones),
  };
  const isTraining = trace.purpose === 'training';
  const center = isTraining ? trace.batch.mean(x, [0, 2, 3]) : running.mean;
  const centred = subtract(x, planes(center));
  const variance = isTraining ? trace.batch.mean(square(centred), [0, 2, 3]) : running.variance;
  if (isTraining) {
    const count = trace.batch.count(batch) * height * width;
    const follow = (name: 'mean' | 'variance', now: Tensor): void =>
      trace.update(name, add(multiply(running[name], 1 - RENEWED), multiply(now, RENEWED)));
    follow('mean', center);
    // The variance of all data is larger than that of a sample around its own mean.
    follow('variance', multiply(variance, count / Math.max(1, count - 1)));
  }
  const gain = trace.parameter('gain', [channels], ones, 'offset');
  const scale = divide(gain, sqrt(add(variance, EPSILON)));
  return add(multiply(centred, planes(scale)), planes(trace.parameter('bias', [channels], zeros, 'offset')));
}
