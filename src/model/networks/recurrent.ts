/**
 * Recurrent layers for series: the encoder's last state is the code's head, the code starts and feeds the decoder.
 * Srivastava et al. 2015, "Unsupervised Learning of Video Representations using LSTMs", section 2.
 *
 *   x₁ ── x₂ ── … ── x_T ── state ── code ── state ── x̂₁ ── x̂₂ ── … ── x̂_T
 */
import * as z from 'zod';
import { searched } from '../../base/search-range.ts';
import { add, multiply } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { cast, less } from '../../graph/ops/comparison.ts';
import { tanh } from '../../graph/ops/elementwise.ts';
import { constant } from '../../graph/ops/input.ts';
import { affine, matmul } from '../../graph/ops/matmul.ts';
import { scan } from '../../graph/ops/scan.ts';
import { concat, slice, transpose } from '../../graph/ops/shape.ts';
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { codeHeads, dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { gru } from '../layers/gru.ts';
import { glorotUniform, zeros } from '../layers/initialisers.ts';
import { lstm } from '../layers/lstm.ts';
import { type Cell, incoming, recurrence } from '../layers/recurrence.ts';
import type { Trace } from '../trace.ts';
import { hiddenDropout } from './hidden-options.ts';
import type { Feedback, NetworkFamily } from './network.ts';

const cells = { lstm, gru };

const options = z.strictObject({
  cell: z
    .enum(['lstm', 'gru'])
    .default('lstm')
    .describe('what happens in a step of time')
    .meta(searched('training', { values: ['lstm', 'gru'] })),
  units: z
    .int()
    .min(1)
    .default(64)
    .describe('width of the state')
    .meta(searched('training', { from: 16, to: 256, scale: 'log' })),
  layers: z
    .int()
    .min(1)
    .default(1)
    .describe('recurrent layers above each other, in encoder and decoder')
    .meta(searched('training', { values: [1, 2] })),
  direction: z
    .enum(['forward', 'bidirectional'])
    .default('forward')
    .describe('whether the encoder reads from the start, or from both ends'),
  decoding: z
    .enum(['repeated-code', 'free-running', 'teacher-forcing'])
    .default('repeated-code')
    .describe(
      'what the decoder sees at each step: the code, also its own output of the step before, or in training the true one',
    ),
  outputOrder: z
    .enum(['forward', 'reversed'])
    .default('forward')
    .describe('reversed: the decoder begins with the last step, which the encoder saw last'),
  dropout: hiddenDropout,
  stepDropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe(
      'of teacher-forcing: share of the true steps that the decoder is not shown, so that it has to ask the code',
    ),
});

type Options = z.infer<typeof options>;

export const recurrent: NetworkFamily<Options> = {
  name: 'recurrent',
  summary: 'LSTM or GRU for series, mirrored in the decoder',
  options,
  // Steps of several channels; two axes of bytes are a picture.
  suits: ({ shape, isBytes }) => shape.length === 2 && !isBytes,
  make: (given) => ({
    encode(trace, x, latent, heads, missing) {
      const encoder = trace.in('encoder');
      const mask = missing && seenSteps(missing);
      let h = inTime(x);
      let ends: Tensor[] = [];
      for (let layer = 0; layer < given.layers; layer++) {
        const passes = (
          given.direction === 'bidirectional' ? (['forward', 'reversed'] as const) : (['forward'] as const)
        ).map((order) =>
          recurrence(
            encoder.in(`${layer}.${order}`),
            cells[given.cell],
            dropped(trace, h, layer === 0 ? 0 : given.dropout),
            { units: given.units, order, mask },
          ),
        );
        h = concat(
          passes.map(({ outputs }) => outputs),
          2,
        );
        ends = passes.map(({ last }) => last);
      }
      return codeHeads(encoder.in('head'), dropout(encoder, concat(ends, 1), given.dropout), latent, heads);
    },
    decode: (trace, code, shape, { target, ...feedback } = { shown: (output) => output }) => {
      const series = given.decoding === 'teacher-forcing' && target ? inTime(target) : undefined;
      const steps = decoded(trace.in('decoder'), code, stepsOf(shape), given, { ...feedback, target: series });
      return inShape(steps, shape);
    },
  }),
};

/** The decoder's loop: all layers of a step, then the next step. `[batch, latent] → [time, batch, channels]`. */
function decoded(
  trace: Trace,
  code: Tensor,
  { time, channels }: Steps,
  given: Options,
  { target, shown: asData, beside = [] }: Feedback,
): Tensor {
  const cell = cells[given.cell];
  const { units, layers } = given;
  const [batch] = code.shape;
  const layerTraces = Array.from({ length: layers }, (_, layer) => trace.in(`${layer}`));
  const start = layerTraces.flatMap((at) => startOf(at, cell, code, units));
  const fromCode = incoming(layerTraces[0], cell, code, units);
  const kept = layerTraces.map((at) => dropout(at, constant(1, [batch, units]), given.dropout));
  const weight = trace.parameter('output.weight', [units, channels], glorotUniform, 'weight');
  const bias = trace.parameter('output.bias', [channels], zeros, 'offset');
  const isFedBack = given.decoding !== 'repeated-code';
  const feedback = isFedBack
    ? trace.parameter('feedback', [channels, cell.gates * units], glorotUniform, 'weight')
    : undefined;

  const stepOf = (state: readonly Tensor[], first: Tensor): readonly Tensor[] =>
    layerTraces.reduce<{ states: readonly Tensor[]; below: Tensor }>(
      ({ states, below }, at, layer) => {
        const own = state.slice(layer * cell.states, (layer + 1) * cell.states);
        const next = cell.step(at, own, layer === 0 ? below : incoming(at, cell, below, units));
        return { states: [...states, ...next], below: multiply(next[0], kept[layer]) };
      },
      { states: [], below: first },
    ).states;
  const top = (state: readonly Tensor[]): Tensor => multiply(state[(layers - 1) * cell.states], kept[layers - 1]);
  const order = given.outputOrder;

  if (feedback && !target) {
    const { outputs } = scan(
      { carried: [...start, constant(0, [batch, channels])], scanned: [constant(0, [time]), ...beside], order },
      (state, [, ...now]) => {
        const next = stepOf(state.slice(0, -1), add(fromCode, matmul(state[state.length - 1], feedback)));
        const output = affine(top(next), weight, bias);
        return { carried: [...next, asData(output, now)], outputs: [output] };
      },
    );
    return outputs[0];
  }
  // Nothing that a step gives is read by the next, so the output is one product after the loop.
  const ofTarget =
    feedback &&
    target &&
    multiply(matmul(reshape(target, [time * batch, channels]), feedback), remembered(trace, [time * batch, 1], given));
  const fromTarget = ofTarget && previous(reshape(ofTarget, [time, batch, cell.gates * units]), order);
  const { outputs } = scan(
    { carried: start, scanned: [fromTarget ?? constant(0, [time])], order },
    (state, [shown]) => {
      const next = stepOf(state, fromTarget ? add(fromCode, shown) : fromCode);
      return { carried: next, outputs: [top(next)] };
    },
  );
  return reshape(affine(reshape(outputs[0], [time * batch, units]), weight, bias), [time, batch, channels]);
}

/** A layer's state before the first step: what it gives is in −1 … 1, as always. */
function startOf(trace: Trace, cell: Cell, code: Tensor, units: number): Tensor[] {
  return Array.from({ length: cell.states }, (_, at) => {
    const state = dense(trace.in(`start${at}`), code, units, glorotUniform);
    return at === 0 ? tanh(state) : state;
  });
}

/** The series one step late, in the order that it is gone through. */
function previous(series: Tensor, order: Options['outputOrder']): Tensor {
  const [time, ...rest] = series.shape;
  const nothing = constant(0, [1, ...rest]);
  if (time === 1) return nothing;
  return order === 'forward'
    ? concat([nothing, slice(series, 0, 0, time - 1)], 0)
    : concat([slice(series, 0, 1, time), nothing], 0);
}

/** 1 for steps that the decoder is shown, 0 for those that it is not ("word dropout": Bowman et al. 2016, section 3.1.2). */
function remembered(trace: Trace, shape: Shape, { stepDropout }: Options): Tensor {
  if (stepDropout === 0 || trace.purpose !== 'training') return constant(1, shape);
  return cast(less(stepDropout, trace.noise.uniform(shape)), 'float32');
}

/** Drops the same units at every step (Gal & Ghahramani 2016): other ones each time would drown what the state remembers. */
function dropped(trace: Trace, series: Tensor, rate: number): Tensor {
  const [, batch, width] = series.shape;
  return multiply(series, dropout(trace, constant(1, [batch, width]), rate));
}

/** Which steps have anything that is not missing: bool, `[batch, …shape] → [batch, time]`. */
function seenSteps(missing: Tensor): Tensor {
  const series = inTime(cast(missing, 'float32'));
  return transpose(less(sum(series, [2]), series.shape[2]), [1, 0]);
}

interface Steps {
  readonly time: number;
  readonly channels: number;
}

/** `[time]`, `[time, channels]`, or a picture `[channels, height, width]` row by row. */
function stepsOf(shape: Shape): Steps {
  const time = shape.length === 3 ? shape[1] : shape[0];
  return { time, channels: sizeOf(shape) / time };
}

/** `[batch, …shape] → [time, batch, channels]`. */
function inTime(x: Tensor): Tensor {
  const [batch, ...shape] = x.shape;
  const { time, channels } = stepsOf(shape);
  if (shape.length === 3) return reshape(transpose(x, [2, 0, 1, 3]), [time, batch, channels]);
  return transpose(reshape(x, [batch, time, channels]), [1, 0, 2]);
}

/** `[time, batch, channels] → [batch, …shape]`. */
function inShape(series: Tensor, shape: Shape): Tensor {
  const [time, batch] = series.shape;
  if (shape.length === 3) return transpose(reshape(series, [time, batch, shape[0], shape[2]]), [1, 2, 0, 3]);
  return reshape(transpose(series, [1, 0, 2]), [batch, ...shape]);
}
