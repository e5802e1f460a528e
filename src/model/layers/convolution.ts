/** Convolutional layers on `[batch, channels, height, width]`; series are pictures of height 1 with windows of height 1. */
import { reshape } from '../../graph/ops/broadcast.ts';
import { convolve, convolveTransposed } from '../../graph/ops/convolution.ts';
import { constant } from '../../graph/ops/input.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { samePadding } from '../../graph/window.ts';
import type { Initialiser, Trace } from '../trace.ts';
import { zeros } from './initialisers.ts';

/** Height and width. */
export type Pair = readonly [number, number];

export interface ConvolutionOptions {
  /** Channels of the result. */
  readonly units: number;
  /** Height and width of the kernel; no less than the stride. */
  readonly window: Pair;
  readonly stride?: Pair;
  readonly initialise: Initialiser;
  /** How the bias of `convolution` starts; zeros when absent. */
  readonly bias?: Initialiser;
}

/**
 * Convolution with zeros around, so that stride s gives ⌈size / s⌉: `[batch, channels, h, w] → [batch, units, ⌈h/s⌉, ⌈w/s⌉]`.
 * Parameters `weight` `[units, channels, …window]` and `bias` `[units]`.
 */
export function convolution(trace: Trace, x: Tensor, options: ConvolutionOptions): Tensor {
  const { units, window, stride = [1, 1], initialise, bias = zeros } = options;
  const taps = sizeOf(window);
  const fans: Fans = { inputs: x.shape[1] * taps, outputs: (units * taps) / sizeOf(stride) };
  const weight = trace.parameter('weight', [units, x.shape[1], ...window], startOf(initialise, fans), 'weight');
  const sliding = { stride, padding: samePadding(window) };
  return convolve(x, weight, sliding, trace.parameter('bias', [units], bias, 'offset'));
}

/**
 * The mirror of `convolution`: `[batch, channels, ⌈h/s⌉, ⌈w/s⌉] → [batch, units, h, w]` for `size` `[h, w]`.
 * Parameters `weight` `[channels, units, …window]` and `bias` `[units]`.
 */
export function transposedConvolution(trace: Trace, x: Tensor, size: Pair, options: ConvolutionOptions): Tensor {
  const { units, window, stride = [1, 1], initialise } = options;
  const taps = sizeOf(window);
  // Of the kernel's elements, one in s · s falls on a given number of the result.
  const fans: Fans = { inputs: (x.shape[1] * taps) / sizeOf(stride), outputs: units * taps };
  const weight = trace.parameter('weight', [x.shape[1], units, ...window], startOf(initialise, fans), 'weight');
  const sliding = { stride, padding: samePadding(window) };
  return convolveTransposed(x, weight, size, sliding, trace.parameter('bias', [units], zeros, 'offset'));
}

/**
 * Every number repeated over a window as large as the stride, then a convolution with stride 1 (Odena et al. 2016), cut to `size`:
 * `[batch, channels, ⌈h/s⌉, ⌈w/s⌉] → [batch, units, h, w]`. Parameters `weight` `[channels, units, …window]` and `bias` `[units]`.
 *
 * Both are one transposed convolution whose kernel is the weight, repeated: for 3×3 and a stride of 2, 4 products for each number
 * instead of 9, and nothing enlarged in memory.
 */
export function upsampledConvolution(trace: Trace, x: Tensor, size: Pair, options: ConvolutionOptions): Tensor {
  const { units, window, stride = [1, 1], initialise } = options;
  const channels = x.shape[1];
  const fans: Fans = { inputs: channels * sizeOf(window), outputs: units * sizeOf(window) };
  const weight = trace.parameter('weight', [channels, units, ...window], startOf(initialise, fans), 'weight');
  const wide: Pair = [window[0] + stride[0] - 1, window[1] + stride[1] - 1];
  const planes = reshape(weight, [channels * units, 1, ...window]);
  const repeated = convolveTransposed(planes, constant(1, [1, 1, ...stride]), wide);
  const [top, left] = samePadding(window);
  // What is left of the last window beyond the cut.
  const rest = ([0, 1] as const).map(
    (axis) => wide[axis] - [top, left][axis] - (size[axis] % stride[axis] || stride[axis]),
  );
  const kernel = reshape(repeated, [channels, units, ...wide]);
  const sliding = { stride, padding: [top, left, rest[0], rest[1]] as const };
  return convolveTransposed(x, kernel, size, sliding, trace.parameter('bias', [units], zeros, 'offset'));
}

/** How many numbers one number of the result is made of, and how many one number of the input goes into. */
interface Fans {
  readonly inputs: number;
  readonly outputs: number;
}

/** The start of a dense layer with these fans, for a kernel of any shape: its numbers are drawn one like the other. */
function startOf(initialise: Initialiser, { inputs, outputs }: Fans): Initialiser {
  return (shape, random) => initialise([inputs, outputs], random).slice(0, sizeOf(shape));
}
