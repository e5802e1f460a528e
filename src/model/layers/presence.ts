/** What a network may be told of gaps. */
import { reshape } from '../../graph/ops/broadcast.ts';
import { where } from '../../graph/ops/comparison.ts';
import { constant } from '../../graph/ops/input.ts';
import type { Shape, Tensor } from '../../graph/tensor.ts';

/** 1 where a number is there, 0 where it is missing: `shape`, which `missing` is brought to; all ones where nothing can be. */
export function presence(shape: Shape, missing: Tensor | undefined): Tensor {
  return missing ? where(reshape(missing, shape), 0, constant(1, shape)) : constant(1, shape);
}
