/** The fully connected layer. */
import { affine } from '../../graph/ops/matmul.ts';
import { concat } from '../../graph/ops/shape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Initialiser, Trace } from '../trace.ts';
import { glorotUniform, zeros } from './initialisers.ts';

/** x W + b: `[batch, inputs] → [batch, units]`. Parameters `weight` `[inputs, units]` and `bias` `[units]`. */
export function dense(trace: Trace, x: Tensor, units: number, initialise: Initialiser): Tensor {
  const weight = trace.parameter('weight', [x.shape[1], units], initialise, 'weight');
  return affine(x, weight, trace.parameter('bias', [units], zeros, 'offset'));
}

/**
 * The code layer: `heads` dense layers of `latent` units side by side, `[batch, inputs] → [batch, heads · latent]`. Each head has
 * a weight of its own, so that a tied decoder can mirror the first.
 */
export function codeHeads(trace: Trace, x: Tensor, latent: number, heads: number): Tensor {
  const parts = Array.from({ length: heads }, (_, head) =>
    dense(head === 0 ? trace : trace.in(`head${head}`), x, latent, glorotUniform),
  );
  return concat(parts, 1);
}

/** What the names of the heads' parameters begin with, where those of the layer do with `name`. */
export function headNames(name: string, heads: number): string[] {
  return Array.from({ length: heads }, (_, head) => (head === 0 ? name : `${name}.head${head}`));
}

/** The mirror of a dense layer: x Wᵀ + b with the weight of `mirrored`, `[units, inputs]`, and a bias of its own. */
export function tiedDense(trace: Trace, mirrored: Trace, x: Tensor, units: number, initialise: Initialiser): Tensor {
  const weight = mirrored.parameter('weight', [units, x.shape[1]], initialise, 'weight');
  return affine(x, weight, trace.parameter('bias', [units], zeros, 'offset'), { right: true });
}
