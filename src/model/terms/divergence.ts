/** Distances of the code's distribution from the prior. */
import { add, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { exp, square } from '../../graph/ops/elementwise.ts';
import type { Tensor } from '../../graph/tensor.ts';

/** KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − log σ² − 1) for every dimension: `[batch, latent]`, in nats. */
export function klPerDimension(mean: Tensor, logVariance: Tensor): Tensor {
  return multiply(0.5, subtract(add(square(mean), exp(logVariance)), add(logVariance, 1)));
}
