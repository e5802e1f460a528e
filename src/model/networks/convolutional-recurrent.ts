/**
 * Convolutions for each frame of a clip, and recurrent layers whose state is a map over the frames: the encoder's last state is the code,
 * which the decoder starts from. Shi et al. 2015, "Convolutional LSTM network: a machine learning approach for precipitation nowcasting".
 *
 *   frame₁ ── frame₂ ── … ── frame_T ── state ── code (a map) ── state ── framê₁ ── framê₂ ── … ── framê_T
 */
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { searched } from '../../base/search-range.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { tanh } from '../../graph/ops/elementwise.ts';
import { constant } from '../../graph/ops/input.ts';
import { scan } from '../../graph/ops/scan.ts';
import { transpose } from '../../graph/ops/shape.ts';
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { activations } from '../layers/activation.ts';
import { asMap, mapHeads } from '../layers/code-map.ts';
import { convolution, type Pair, transposedConvolution } from '../layers/convolution.ts';
import { dropout } from '../layers/dropout.ts';
import { gru } from '../layers/gru.ts';
import { glorotUniform } from '../layers/initialisers.ts';
import { lstm } from '../layers/lstm.ts';
import { incoming, recurrence } from '../layers/recurrence.ts';
import type { Trace } from '../trace.ts';
import { hiddenActivation, hiddenDropout } from './hidden-options.ts';
import type { NetworkFamily } from './network.ts';

const cells = { lstm, gru };

const options = z.strictObject({
  channels: z
    .array(z.int().min(1))
    .min(1)
    .default([16, 32])
    .describe('channels of the stages of a frame, input side first; each stage halves height and width')
    .meta(
      searched('training', {
        values: [
          [8, 16],
          [16, 32],
          [32, 64],
        ],
      }),
    ),
  kernel: z.int().min(2).max(15).default(3).describe('height and width of the kernels'),
  cell: z.enum(['lstm', 'gru']).default('gru').describe('what happens in a step of time'),
  units: z
    .int()
    .min(1)
    .default(48)
    .describe('width of the state at every place')
    .meta(searched('training', { from: 16, to: 96, scale: 'log' })),
  codeChannels: z.int().min(1).default(16).describe('channels of the code, which is a map; --latent follows'),
  activation: hiddenActivation,
  dropout: hiddenDropout,
});

type Options = z.infer<typeof options>;

const FACTOR: Pair = [2, 2];

export const convolutionalRecurrent: NetworkFamily<Options> = {
  name: 'convolutional-recurrent',
  summary: 'convolutions within frames, LSTM or GRU from frame to frame',
  options,
  suits: ({ shape }) => shape.length === 4,
  map: ({ channels, codeChannels, kernel }) => ({
    latent: (shape) => codeChannels * sizeOf(clipOf(shape, channels).sizes[channels.length]),
    // From one frame to the next it reaches a pixel of the smallest map further.
    reach: 2 ** channels.length * (kernel + 8),
  }),
  make: (given) => {
    const { channels, codeChannels, units } = given;
    const cell = cells[given.cell];
    const window: Pair = [given.kernel, given.kernel];
    const { initialise, apply } = activations[given.activation];
    const finish = (trace: Trace, x: Tensor): Tensor => dropout(trace, apply(x), given.dropout);

    return {
      codeChannels,
      encode(trace, x, _latent, heads) {
        const [batch, ...shape] = x.shape;
        const { time, depth, sizes } = clipOf(shape, channels);
        const encoder = trace.in('encoder');
        const frames = transpose(reshape(x, [batch, time, depth, ...sizes[0]]), [1, 0, 2, 3, 4]);
        let h = reshape(frames, [time * batch, depth, ...sizes[0]]);
        for (const [stage, width] of channels.entries()) {
          const at = encoder.in(`${stage}`);
          h = finish(at, convolution(at, h, { units: width, window, stride: FACTOR, initialise }));
        }
        const series = reshape(h, [time, batch, ...h.shape.slice(1)]);
        const { last } = recurrence(encoder.in('state'), cell, series, { units });
        return mapHeads(encoder.in('head'), dropout(encoder, last, given.dropout), {
          channels: codeChannels,
          heads,
          window,
        });
      },
      decode(trace, code, shape) {
        const { time, depth, sizes } = clipOf(shape, channels);
        const decoder = trace.in('decoder');
        const [batch] = code.shape;
        const map = asMap(code, codeChannels, sizes[channels.length]);
        const start = Array.from({ length: cell.states }, (_, at) => {
          const state = convolution(decoder.in(`start${at}`), map, { units, window, initialise: glorotUniform });
          return at === 0 ? tanh(state) : state;
        });
        const fromCode = incoming(decoder.in('state'), cell, map, units);
        const { outputs } = scan({ carried: start, scanned: [constant(0, [time])] }, (state) => {
          const next = cell.step(decoder.in('state'), state, fromCode);
          return { carried: next, outputs: [next[0]] };
        });
        let h = reshape(outputs[0], [time * batch, units, ...sizes[channels.length]]);
        h = dropout(decoder, h, given.dropout);
        for (let stage = channels.length - 1; stage >= 0; stage--) {
          const at = decoder.in(`${channels.length - 1 - stage}`);
          const isLast = stage === 0;
          const own = { units: isLast ? depth : channels[stage - 1], window, stride: FACTOR };
          h = transposedConvolution(at, h, sizes[stage], { ...own, initialise: isLast ? glorotUniform : initialise });
          if (!isLast) h = finish(at, h);
        }
        const frames = transpose(reshape(h, [time, batch, depth, ...sizes[0]]), [1, 0, 2, 3, 4]);
        return reshape(frames, [batch, ...shape]);
      },
    };
  },
};

interface Clip {
  readonly time: number;
  /** Channels of a frame. */
  readonly depth: number;
  /** Height and width before each stage and after the last. */
  readonly sizes: readonly Pair[];
}

/** @throws OptionError for data that are no clips. */
function clipOf(shape: Shape, channels: readonly number[]): Clip {
  const [time, depth, height, width] = shape;
  if (shape.length !== 4)
    throw new OptionError({
      where: '--network convolutional-recurrent',
      expected: 'clips of shape [time, channels, height, width]',
      got: `[${shape}]`,
      fix: 'use --network convolutional for pictures, --network recurrent for series',
    });
  const sizes: Pair[] = [[height, width]];
  for (const [stage] of channels.entries()) {
    const [high, wide] = sizes[stage];
    sizes.push([Math.ceil(high / 2), Math.ceil(wide / 2)]);
  }
  return { time, depth, sizes };
}
