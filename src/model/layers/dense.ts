/** The fully connected layer. */
import { affine } from '../../graph/ops/matmul.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Initialiser, Trace } from '../trace.ts';
import { zeros } from './initialisers.ts';

/** x W + b: `[batch, inputs] → [batch, units]`. Parameters `weight` `[inputs, units]` and `bias` `[units]`. */
export function dense(trace: Trace, x: Tensor, units: number, initialise: Initialiser): Tensor {
  const weight = trace.parameter('weight', [x.shape[1], units], initialise, 'weight');
  return affine(x, weight, trace.parameter('bias', [units], zeros, 'offset'));
}

/** The mirror of a dense layer: x Wᵀ + b with the weight of `mirrored`, `[units, inputs]`, and a bias of its own. */
export function tiedDense(trace: Trace, mirrored: Trace, x: Tensor, units: number, initialise: Initialiser): Tensor {
  const weight = mirrored.parameter('weight', [units, x.shape[1]], initialise, 'weight');
  return affine(x, weight, trace.parameter('bias', [units], zeros, 'offset'), { right: true });
}
