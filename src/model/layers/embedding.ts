/** Words as vectors: a row of a table for every number. */
import { gather } from '../../graph/ops/shape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Initialiser, Trace } from '../trace.ts';

/** Rows of the parameter `weight` `[count, width]` by an int32 `index` below `count`: `[…] → […, width]`. */
export function embedding(trace: Trace, index: Tensor, count: number, width: number): Tensor {
  return gather(trace.parameter('weight', [count, width], standardNormal, 'weight'), index);
}

const standardNormal: Initialiser = ([count, width], random) =>
  Float32Array.from({ length: count * width }, () => random.normal());
