/** Distances of the code's distribution from the prior. */
import { add, divide, maximum, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { exp, square } from '../../graph/ops/elementwise.ts';
import { constant } from '../../graph/ops/input.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { WholeBatch } from '../whole-batch.ts';

/** KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − log σ² − 1) for every dimension: `[batch, latent]`, in nats. */
export function klPerDimension(mean: Tensor, logVariance: Tensor): Tensor {
  return multiply(0.5, subtract(add(square(mean), exp(logVariance)), add(logVariance, 1)));
}

/** Widths of the kernels, as multiples of the prior's. */
const WIDTHS = [0.1, 0.2, 0.5, 1, 2, 5, 10];

/**
 * The squared maximum mean discrepancy between two samples `[n, d]`, without bias (so it can be a little below 0), under a sum of
 * inverse multiquadratic kernels c / (c + ‖a − b‖²), c = 2 d · width, as for a standard normal prior: a scalar.
 * Gretton et al. 2012, lemma 6; kernels of Tolstikhin et al. 2018, section 4. Ranks with a part of the rows each sum over their own pairs.
 */
export function maximumMeanDiscrepancy(a: Tensor, b: Tensor, batch: WholeBatch): Tensor {
  const [rows, d] = a.shape;
  const n = batch.count(rows);
  // One example alone has no distance from another.
  if (n === 1) return constant(0);
  const total = (x: Tensor, y: Tensor): Tensor => batch.sum(kernelSum(x, batch.join(y), d));
  // The n examples at distance 0 from themselves count 1 for each kernel and are taken away.
  const within = (x: Tensor): Tensor => subtract(total(x, x), n * WIDTHS.length);
  const inside = multiply(add(within(a), within(b)), 1 / (n * (n - 1)));
  return subtract(inside, multiply(total(a, b), 2 / n ** 2));
}

/** Σᵢⱼ k(aᵢ, bⱼ): `[n, d], [m, d]` → a scalar. */
function kernelSum(a: Tensor, b: Tensor, d: number): Tensor {
  const distances = squaredDistances(a, b);
  return WIDTHS.map((width) => sum(divide(2 * d * width, add(maximum(distances, 0), 2 * d * width)))).reduce(
    (total, k) => add(total, k),
  );
}

/** ‖aᵢ − bⱼ‖² for all pairs of rows: `[n, d], [m, d] → [n, m]`. Rounding may leave a little below 0. */
export function squaredDistances(a: Tensor, b: Tensor): Tensor {
  const ofA = reshape(sum(square(a), [1]), [a.shape[0], 1]);
  const ofB = sum(square(b), [1]);
  return add(subtract(ofA, multiply(2, matmul(a, b, { right: true }))), ofB);
}
