/** Pixels to channels and back: nothing is lost, and nothing learned. */
import { convolve, convolveTransposed } from '../../graph/ops/convolution.ts';
import { constant } from '../../graph/ops/input.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Pair } from './convolution.ts';

/**
 * The pixels of every square of `factor` pixels a side as channels of one place, zeros where it leaves the picture:
 * `[batch, channels, h, w] → [batch, channels · factor², ⌈h/factor⌉, ⌈w/factor⌉]`.
 */
export function toDepth(x: Tensor, factor: Pair): Tensor {
  return convolve(x, identity(x.shape[1], factor), slidingOver([x.shape[2], x.shape[3]], factor));
}

/** The way back, to pictures of `size`. */
export function fromDepth(x: Tensor, size: Pair, factor: Pair): Tensor {
  const channels = x.shape[1] / (factor[0] * factor[1]);
  return convolveTransposed(x, identity(channels, factor), size, slidingOver(size, factor));
}

function slidingOver(size: Pair, factor: Pair) {
  const beyond = (axis: 0 | 1): number => Math.ceil(size[axis] / factor[axis]) * factor[axis] - size[axis];
  return { stride: factor, padding: [0, 0, beyond(0), beyond(1)] as const };
}

/** Ones where a channel of the result is a pixel of the square: `[channels · factor², channels, …factor]`. */
function identity(channels: number, factor: Pair): Tensor {
  const count = channels * factor[0] * factor[1];
  const ones = Float32Array.from({ length: count * count }, (_, at) => (at % (count + 1) === 0 ? 1 : 0));
  return constant(ones, [count, channels, ...factor]);
}
