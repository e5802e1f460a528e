/** Layer normalisation (Ba, Kiros & Hinton 2016). */
import { add, multiply } from '../../graph/ops/arithmetic.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';
import { ones, zeros } from './initialisers.ts';
import { standardised } from './standardised.ts';

/** Each row of `[batch, width]` to mean 0 and variance 1, then a learned `gain` and `bias` per column. */
export function layerNorm(trace: Trace, x: Tensor): Tensor {
  const width = x.shape[1];
  const gain = trace.parameter('gain', [width], ones, 'offset');
  return add(multiply(standardised(x), gain), trace.parameter('bias', [width], zeros, 'offset'));
}
