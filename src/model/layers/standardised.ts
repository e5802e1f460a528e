/** The middle of every normalisation of single examples. */
import { add, divide, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { sqrt, square } from '../../graph/ops/elementwise.ts';
import { mean } from '../../graph/ops/reduce.ts';
import type { Tensor } from '../../graph/tensor.ts';

const EPSILON = 1e-5;

/** Axis 1 to mean 0 and variance 1. */
export function standardised(x: Tensor): Tensor {
  const kept = x.shape.map((length, axis) => (axis === 1 ? 1 : length));
  const centred = subtract(x, reshape(mean(x, [1]), kept));
  return divide(centred, reshape(sqrt(add(mean(square(centred), [1]), EPSILON)), kept));
}
