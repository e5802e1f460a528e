/**
 * A lapped transform that is learned: blocks of a picture become vectors by one convolution as wide as two blocks, which starts as the
 * cosine transform of JPEG (Ahmed, Natarajan & Rao 1974), and are refined by residual blocks (He et al. 2015), which start as the identity.
 *
 *   x ── transform ── residual blocks ── code ── residual blocks ── transform back ── x̂
 *
 * So a fresh network is a codec already, and training makes it a better one. The code is a map: a vector for each block.
 */
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { searched } from '../../base/search-range.ts';
import { add, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { convolve, convolveTransposed } from '../../graph/ops/convolution.ts';
import { concat, slice } from '../../graph/ops/shape.ts';
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { activationNames, activations } from '../layers/activation.ts';
import { convolution, type Pair } from '../layers/convolution.ts';
import { cosineTransform } from '../layers/cosine-transform.ts';
import { dense } from '../layers/dense.ts';
import { filledWith, zeros } from '../layers/initialisers.ts';
import type { Trace } from '../trace.ts';
import type { NetworkFamily } from './network.ts';

const options = z.strictObject({
  block: z.int().min(2).max(16).default(8).describe('height and width of the blocks that become vectors of the code'),
  codeChannels: z.int().min(1).default(32).describe('numbers in the vector of a block, fewer than in the block itself'),
  refinements: z
    .int()
    .min(0)
    .default(2)
    .describe('residual blocks on either side of the code')
    .meta(searched('training', { values: [0, 1, 2, 3] })),
  units: z
    .int()
    .min(1)
    .default(64)
    .describe('channels within a residual block')
    .meta(searched('training', { from: 16, to: 128, scale: 'log' })),
  activation: z.enum(activationNames).default('gelu').describe('non-linearity within a residual block'),
});

type Options = z.infer<typeof options>;

/** Height and width of the kernels of residual blocks. */
const WINDOW = 3;

/** Of the range of a picture. */
const MIDDLE = 0.5;

export const lapped: NetworkFamily<Options> = {
  name: 'lapped',
  summary: 'a transform of overlapping blocks that starts as the cosine transform, and residual blocks',
  options,
  // What it is for, compression, asks for it.
  suits: () => false,
  map: (given) => ({
    latent: (shape) => {
      const { places } = frameOf(shape, given);
      return given.codeChannels * sizeOf(places);
    },
    reach: given.block * (3 + 2 * (WINDOW - 1) * given.refinements),
  }),
  make: (given) => {
    const channels = given.codeChannels;
    const refined = (trace: Trace, x: Tensor): Tensor => {
      const { apply, initialise } = activations[given.activation];
      let h = x;
      for (let block = 0; block < given.refinements; block++) {
        const at = trace.in(`${block}`);
        const window: Pair = [h.shape[2] === 1 ? 1 : WINDOW, WINDOW];
        const inner = apply(convolution(at.in('0'), h, { units: given.units, window, initialise }));
        h = add(h, convolution(at.in('1'), inner, { units: x.shape[1], window, initialise: zeros }));
      }
      return h;
    };
    return {
      codeChannels: channels,
      encode(trace, x, _, heads) {
        const { depth, size, window, sliding } = frameOf(x.shape.slice(1), given);
        const encoder = trace.in('encoder');
        const start = cosineTransform(window, sliding.stride);
        const kernel = encoder.parameter('weight', [channels, depth, ...window], start, 'weight');
        const offset = encoder.parameter('bias', [channels], zeros, 'offset');
        // Beyond the edge there is nothing but the middle of the range.
        const picture = subtract(reshape(x, [x.shape[0], depth, ...size]), MIDDLE);
        const map = convolve(picture, kernel, sliding, offset);
        const code = refined(encoder, map);
        const parts = Array.from({ length: heads - 1 }, (_, head) =>
          convolution(encoder.in(`head${head + 1}`), code, { units: channels, window: [1, 1], initialise: zeros }),
        );
        return concat(
          [code, ...parts].map((part) => reshape(part, [x.shape[0], sizeOf(part.shape.slice(1))])),
          1,
        );
      },
      decode(trace, code, shape) {
        const { depth, size, places, window, sliding } = frameOf(shape, given);
        const decoder = trace.in('decoder');
        const [rows, width] = code.shape;
        const latent = channels * sizeOf(places);
        let map = reshape(slice(code, 1, 0, latent), [rows, channels, ...places]);
        if (width > latent) {
          // What comes after the code's own numbers, classes, is the same at every place.
          const told = dense(decoder.in('told'), slice(code, 1, latent, width), channels, zeros);
          map = add(map, reshape(told, [rows, channels, 1, 1]));
        }
        const start = cosineTransform(window, sliding.stride);
        const kernel = decoder.parameter('weight', [channels, depth, ...window], start, 'weight');
        const offset = decoder.parameter('bias', [depth], filledWith(MIDDLE), 'offset');
        return reshape(convolveTransposed(refined(decoder, map), kernel, size, sliding, offset), [rows, ...shape]);
      },
    };
  },
};

interface Frame {
  /** Channels of the data. */
  readonly depth: number;
  /** Height and width of the data. */
  readonly size: Pair;
  /** Blocks down and across. */
  readonly places: Pair;
  /** Of the transform. */
  readonly window: Pair;
  readonly sliding: { readonly stride: Pair; readonly padding: readonly [number, number, number, number] };
}

/** Series are pictures of height 1. @throws OptionError for data of too many axes, or smaller than what is kept of it. */
function frameOf(shape: Shape, { block, codeChannels }: Options): Frame {
  if (shape.length > 3)
    throw new OptionError({
      where: '--network lapped',
      expected: 'data of shape [channels, height, width], [height, width] or [length]',
      got: `[${shape}]`,
      fix: 'use --network dense, or store the data with fewer axes',
    });
  const [depth, height, width] = [...new Array<number>(3 - shape.length).fill(1), ...shape];
  const stride: Pair = [height === 1 ? 1 : block, block];
  if (codeChannels > depth * sizeOf(stride))
    throw new OptionError({
      where: '--code-channels',
      expected: `at most ${depth * sizeOf(stride)}, the numbers in a block`,
      got: `${codeChannels}`,
      fix: 'lower it, or raise --block',
    });
  const places: Pair = [Math.ceil(height / stride[0]), Math.ceil(width / stride[1])];
  // Half a block around each block; the last ones reach as far beyond the edge as whole blocks do.
  const before = stride.map((side) => Math.floor(side / 2) * Math.min(1, side - 1));
  const window = stride.map((side) => (side === 1 ? 1 : 2 * side));
  const after = [0, 1].map(
    (axis) => (places[axis] - 1) * stride[axis] + window[axis] - before[axis] - [height, width][axis],
  );
  return {
    depth,
    size: [height, width],
    places,
    window: [window[0], window[1]],
    sliding: { stride, padding: [before[0], before[1], after[0], after[1]] },
  };
}
