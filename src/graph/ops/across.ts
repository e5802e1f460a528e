/**
 * Sums over the ranks of a training: processes that run the same graph, each on its own rows of a batch.
 *
 * What the ranks differentiate is the sum of their losses. All of them read y = Σ x, so x has a part in the loss of each:
 * ∂(Σ losses)/∂x is the sum over the ranks of what comes back to y.
 */
import { makeTensor, type Tensor } from '../tensor.ts';
import { constant } from './input.ts';
import { concat } from './shape.ts';

/** Σ of x over the ranks, the same on all of them; x itself where there is one. Over several, it is made between two runs of the engine: see `cutAcross`. */
export function sumAcross(x: Tensor): Tensor {
  return makeTensor(
    {
      name: 'sumAcross',
      isAcross: true,
      gradient: (_, [upstream]) => [upstream && sumAcross(upstream)],
      lower: ([name]) => [name],
      evaluate: ([values]) => [values],
    },
    [x],
    x.shape,
  );
}

/**
 * The rows of all ranks one after the other, `[rows, …] → [count, …]`, of which this one's begin at `from`: a sum in which each has
 * zeros for the rows of the others.
 */
export function joinAcross(x: Tensor, from: number, count: number): Tensor {
  const [rows, ...row] = x.shape;
  const zeros = (length: number): Tensor[] => (length === 0 ? [] : [constant(0, [length, ...row])]);
  return sumAcross(concat([...zeros(from), x, ...zeros(count - from - rows)], 0));
}
