/** Layer normalisation (Ba, Kiros & Hinton 2016). */

import { add, divide, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { broadcastTo, reshape } from '../../graph/ops/broadcast.ts';
import { sqrt, square } from '../../graph/ops/elementwise.ts';
import { mean } from '../../graph/ops/reduce.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';
import { ones, zeros } from './initialisers.ts';

/** Each row of `[batch, width]` to mean 0 and variance 1, then a learned `gain` and `bias` per column. */
export function layerNorm(trace: Trace, x: Tensor): Tensor {
  const [batch, width] = x.shape;
  const column = (row: Tensor): Tensor => broadcastTo(reshape(row, [batch, 1]), x.shape);
  const centred = subtract(x, column(mean(x, [1])));
  const deviation = sqrt(add(mean(square(centred), [1]), 1e-5));
  const gain = trace.parameter('gain', [width], ones, 'offset');
  return add(multiply(divide(centred, column(deviation)), gain), trace.parameter('bias', [width], zeros, 'offset'));
}
