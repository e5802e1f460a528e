/**
 * Convolutional layers that halve height and width stage by stage, mirrored in the decoder, which restores exactly the sizes that
 * the encoder went through. Series are pictures of height 1.
 *
 *   x ── stage 0 ── stage 1 ── … ── hidden ── code ── hidden ── … ── stage 1 ── stage 0 ── x̂
 *
 * The code is one vector that sees the whole picture, by dense layers; or a map, a vector for every place that is left after the
 * stages, by convolutions alone. A network of the second sort takes pictures of any size.
 */
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { searched } from '../../base/search-range.ts';
import { add } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { averagePool, maxPool } from '../../graph/ops/pooling.ts';
import { concat, slice } from '../../graph/ops/shape.ts';
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { activations } from '../layers/activation.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { asMap, mapHeads } from '../layers/code-map.ts';
import { convolution, type Pair, transposedConvolution, upsampledConvolution } from '../layers/convolution.ts';
import { codeHeads, dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { channelNorm, groupNorm } from '../layers/group-norm.ts';
import { glorotUniform, zeros } from '../layers/initialisers.ts';
import { presence } from '../layers/presence.ts';
import { fromDepth, toDepth } from '../layers/rearrange.ts';
import type { Trace } from '../trace.ts';
import { hiddenActivation, hiddenDropout } from './hidden-options.ts';
import type { NetworkFamily } from './network.ts';

const options = z.strictObject({
  channels: z
    .array(z.int().min(1))
    .min(1)
    .default([32, 64])
    .describe('channels of the stages, input side first; each stage halves height and width')
    .meta(
      searched('training', {
        values: [
          [16, 32],
          [32, 64],
          [64, 128],
          [16, 32, 64],
          [32, 64, 128],
        ],
      }),
    ),
  kernel: z.int().min(2).max(15).default(3).describe('height and width of the kernels'),
  down: z
    .enum(['stride', 'max-pool', 'average-pool'])
    .default('stride')
    .describe('how a stage of the encoder halves the size'),
  up: z.enum(['transposed', 'upsample']).default('transposed').describe('how a stage of the decoder doubles it'),
  residual: z
    .int()
    .min(0)
    .default(0)
    .describe('residual blocks of two convolutions in each stage')
    .meta(searched('training', { values: [0, 1] })),
  hidden: z.array(z.int().min(1)).default([]).describe('widths of dense layers between the last stage and the code'),
  codeChannels: z
    .int()
    .min(0)
    .default(0)
    .describe('makes the code a map of that many channels, and --latent follows; 0: the code is one vector'),
  skip: z
    .enum(['none', 'input'])
    .default('none')
    .describe(
      'input: a code that is a map holds the pixels among its channels, and the decoder says what is to be changed of them (to repair pictures; with --output linear)',
    ),
  gaps: z
    .enum(['zero', 'told'])
    .default('zero')
    .describe('what the encoder sees of missing inputs: zero; told: also, as channels of their own, which are there'),
  activation: hiddenActivation,
  norm: z
    .enum(['none', 'batch', 'group', 'layer'])
    .default('none')
    .describe('normalisation before the activation of a convolution')
    .meta(searched('training', { values: ['none', 'batch', 'group'] })),
  dropout: hiddenDropout,
  axes: z
    .enum(['height-width', 'channels-length'])
    .default('height-width')
    .describe('what data of two axes is: a picture, or a series of several channels'),
});

type Options = z.infer<typeof options>;

/** Most groups of channels that group normalisation makes. */
const MOST_GROUPS = 8;

/** Numbers in a picture of 32×32. */
const SMALL_PICTURE = 1024;

export const convolutional: NetworkFamily<Options> = {
  name: 'convolutional',
  summary: 'convolutions for pictures and series, mirrored in the decoder',
  options,
  // A dense net learns small pictures as well, and many times faster.
  suits: ({ shape }) => shape.length === 3 && sizeOf(shape) > SMALL_PICTURE,
  map: (given) => {
    const { channels, codeChannels } = given;
    if (codeChannels === 0) return undefined;
    return {
      latent: (shape) => codeChannels * sizeOf(frameOf(shape, given).sizes[channels.length]),
      reach: reachOf(given),
    };
  },
  make: (given) => {
    const { channels, hidden, codeChannels, gaps, skip } = given;
    const isMap = codeChannels > 0;
    const { initialise } = activations[given.activation];
    const finish = (trace: Trace, x: Tensor): Tensor =>
      dropout(trace, activations[given.activation].apply(x), given.dropout);

    /** Blocks that start as the identity. He et al. 2015; the start from Goyal et al. 2017, section 5.1. */
    const residualBlocks = (trace: Trace, x: Tensor, window: Pair): Tensor => {
      let h = x;
      for (let block = 0; block < given.residual; block++) {
        const [first, second] = [trace.in(`residual${block}.0`), trace.in(`residual${block}.1`)];
        const like = { units: x.shape[1], window };
        const inner = finish(first, normalised(first, convolution(first, h, { ...like, initialise }), given.norm));
        h = finish(trace, add(h, convolution(second, inner, { ...like, initialise: zeros })));
      }
      return h;
    };

    /** A layer of `units` between the stages and the code: it sees all places, or those around each. */
    const inner = (trace: Trace, x: Tensor, units: number, window: Pair): Tensor =>
      isMap ? convolution(trace, x, { units, window, initialise }) : dense(trace, x, units, initialise);

    return {
      ...(isMap ? { codeChannels } : { dictionary: 'decoder.0.weight' }),
      encode(trace, x, latent, heads, missing) {
        const { depth, sizes, window, factor, pixels } = frameOf(x.shape.slice(1), given);
        const encoder = trace.in('encoder');
        const pictures = [x.shape[0], depth, ...sizes[0]];
        let h = reshape(x, pictures);
        if (gaps === 'told') h = concat([h, presence(pictures, missing)], 1);
        for (const [stage, units] of channels.entries()) {
          const at = encoder.in(`${stage}`);
          const stride: Pair = given.down === 'stride' ? factor : [1, 1];
          h = finish(at, normalised(at, convolution(at, h, { units, window, stride, initialise }), given.norm));
          if (given.down === 'max-pool') h = maxPool(h, factor);
          if (given.down === 'average-pool') h = averagePool(h, factor);
          h = residualBlocks(at, h, window);
        }
        if (!isMap) h = reshape(h, [x.shape[0], sizeOf(h.shape.slice(1))]);
        for (const [layer, units] of hidden.entries()) {
          const at = encoder.in(`${channels.length + layer}`);
          h = finish(at, inner(at, h, units, window));
        }
        const head = encoder.in(`${channels.length + hidden.length}`);
        if (!isMap) return codeHeads(head, h, latent, heads);
        const kept = skip === 'input' ? toDepth(reshape(x, pictures), pixels) : undefined;
        return mapHeads(head, h, { channels: codeChannels, heads, window, kept });
      },
      decode(trace, code, shape) {
        const { depth, sizes, window, factor, pixels } = frameOf(shape, given);
        const decoder = trace.in('decoder');
        const places = sizes[channels.length];
        const deepest = [channels[channels.length - 1], ...places];
        const widths = [...hidden.toReversed(), isMap ? deepest[0] : sizeOf(deepest)];
        let h = isMap ? asMap(code, codeChannels, places) : code;
        let kept: Tensor | undefined;
        if (skip === 'input') {
          const width = depth * sizeOf(pixels);
          kept = fromDepth(slice(h, 1, 0, width), sizes[0], pixels);
          h = slice(h, 1, width, h.shape[1]);
        }
        for (const [layer, units] of widths.entries()) {
          const at = decoder.in(`${layer}`);
          h = finish(at, inner(at, h, units, window));
        }
        h = reshape(h, [code.shape[0], ...deepest]);
        for (let stage = channels.length - 1; stage >= 0; stage--) {
          const at = decoder.in(`${widths.length + channels.length - 1 - stage}`);
          const isLast = stage === 0;
          const units = isLast ? depth : channels[stage - 1];
          const start = isLast ? (kept ? zeros : glorotUniform) : initialise;
          h = residualBlocks(at, h, window);
          const enlarge = given.up === 'transposed' ? transposedConvolution : upsampledConvolution;
          h = enlarge(at, h, sizes[stage], { units, window, stride: factor, initialise: start });
          if (!isLast) h = finish(at, normalised(at, h, given.norm));
        }
        return reshape(kept ? add(h, kept) : h, [code.shape[0], ...shape]);
      },
    };
  },
};

/** Half a kernel for every layer on the way to the code and back, in pixels of the picture. */
function reachOf({ channels, kernel, residual, hidden }: Options): number {
  const half = Math.floor(kernel / 2);
  const ofStage = (stage: number): number => half * 2 ** stage + (2 * residual + 1) * half * 2 ** (stage + 1);
  const inner = 2 * (hidden.length + 1) * half * 2 ** channels.length;
  return channels.reduce((sum, _, stage) => sum + ofStage(stage) + 2 * residual * half * 2 ** (stage + 1), inner);
}

interface Frame {
  /** Channels of the data. */
  readonly depth: number;
  /** Height and width before each stage and after the last. */
  readonly sizes: readonly Pair[];
  readonly window: Pair;
  /** What a stage divides height and width by. */
  readonly factor: Pair;
  /** What all of them do. */
  readonly pixels: Pair;
}

/** @throws OptionError for data that has too many axes, or nothing left to halve before the last stage. */
function frameOf(shape: Shape, { channels, kernel, axes, codeChannels, skip }: Options): Frame {
  const isSeries = shape.length === 1 || (shape.length === 2 && axes === 'channels-length');
  if (shape.length > 3)
    throw new OptionError({
      where: '--network convolutional',
      expected: 'data of shape [channels, height, width], [height, width] or [length]',
      got: `[${shape}]`,
      fix: 'use --network dense, or store the data with fewer axes',
    });
  const width = shape[shape.length - 1];
  const [depth, height] = isSeries
    ? [shape.length === 2 ? shape[0] : 1, 1]
    : [shape.length === 3 ? shape[0] : 1, shape[shape.length - 2]];
  const sizes: Pair[] = [[height, width]];
  for (const [stage] of channels.entries()) {
    const [high, wide] = sizes[stage];
    // A map has a place even for one pixel.
    if (high === 1 && wide === 1 && codeChannels === 0)
      throw new OptionError({
        where: `--network convolutional, encoder.${stage}`,
        expected: `data to halve: a ${isSeries ? 'length' : 'height or width'} of at least ${2 ** (channels.length - 1) + 1} for ${channels.length} stages`,
        got: `${isSeries ? width : `${height}×${width}`}, of which 1 is left after ${stage} stage${stage === 1 ? '' : 's'}`,
        fix: stage === 0 ? 'use --network dense' : `use --channels ${channels.slice(0, stage).join(',')}`,
      });
    sizes.push([Math.ceil(high / 2), Math.ceil(wide / 2)]);
  }
  const whole = 2 ** channels.length;
  const frame: Frame = {
    depth,
    sizes,
    window: isSeries ? [1, kernel] : [kernel, kernel],
    factor: isSeries ? [1, 2] : [2, 2],
    pixels: isSeries ? [1, whole] : [whole, whole],
  };
  requireRoom(frame, codeChannels, skip);
  return frame;
}

/** @throws OptionError for a code that pixels are to be kept in and that has no channels left to learn. */
function requireRoom({ depth, pixels }: Frame, codeChannels: number, skip: Options['skip']): void {
  const kept = depth * sizeOf(pixels);
  if (skip === 'none' || codeChannels > kept) return;
  throw new OptionError({
    where: '--skip input',
    expected: `a code that is a map, of more channels than the ${kept} that the pixels take`,
    got: codeChannels === 0 ? 'a code that is one vector' : `${codeChannels}`,
    fix: `use --code-channels ${kept + 16}, or leave --skip out`,
  });
}

function normalised(trace: Trace, x: Tensor, norm: Options['norm']): Tensor {
  const at = trace.in('norm');
  switch (norm) {
    case 'none':
      return x;
    case 'batch':
      return batchNorm(at, x);
    case 'group':
      return groupNorm(at, x, greatestDivisor(x.shape[1], MOST_GROUPS));
    case 'layer':
      return channelNorm(at, x);
    default:
      return norm satisfies never;
  }
}

/** The largest divisor of `count` up to `most`. */
function greatestDivisor(count: number, most: number): number {
  let divisor = Math.min(count, most);
  while (count % divisor !== 0) divisor--;
  return divisor;
}
