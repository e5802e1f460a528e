/** Normalisation of pictures one by one, so that examples of a batch do not depend on each other. */
import { add, multiply } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';
import { ones, zeros } from './initialisers.ts';
import { standardised } from './standardised.ts';

/**
 * Each group of neighbouring channels of `[batch, channels, height, width]` to mean 0 and variance 1 in each example, then a learned
 * `gain` and `bias` per channel. `groups` divides the channels. Wu & He 2018.
 */
export function groupNorm(trace: Trace, x: Tensor, groups: number): Tensor {
  const rows = [x.shape[0] * groups, (x.shape[1] / groups) * x.shape[2] * x.shape[3]];
  return rescaled(trace, reshape(standardised(reshape(x, rows)), x.shape));
}

/** The channels at each place of `[batch, channels, height, width]` to mean 0 and variance 1, then a learned `gain` and `bias` per channel. */
export function channelNorm(trace: Trace, x: Tensor): Tensor {
  return rescaled(trace, standardised(x));
}

function rescaled(trace: Trace, x: Tensor): Tensor {
  const channels = x.shape[1];
  const gain = reshape(trace.parameter('gain', [channels], ones, 'offset'), [channels, 1, 1]);
  const bias = reshape(trace.parameter('bias', [channels], zeros, 'offset'), [channels, 1, 1]);
  return add(multiply(x, gain), bias);
}
