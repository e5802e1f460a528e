/** Dropout (Srivastava et al. 2014), inverted form: at inference it does nothing. */
import { multiply } from '../../graph/ops/arithmetic.ts';
import { cast, less } from '../../graph/ops/comparison.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';

/** Sets each element to 0 with probability `rate` and scales the others by 1/(1 − rate); in training only. */
export function dropout(trace: Trace, x: Tensor, rate: number): Tensor {
  if (rate === 0 || trace.purpose !== 'training') return x;
  const kept = cast(less(trace.noise.uniform(x.shape), 1 - rate), 'float32');
  return multiply(x, multiply(kept, 1 / (1 - rate)));
}
