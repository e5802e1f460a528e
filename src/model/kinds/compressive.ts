/**
 * The compressive autoencoder: the code is to be rounded and written down, and what that takes is a term of the loss. Theis et al. 2017,
 * eq. 8; rounding as noise and the learned density: Ballé et al. 2017, eqs. 9 to 13; one model for several rates by a step for each
 * channel: Cui et al. 2021, eq. 2.
 */
import * as z from 'zod';
import { add, divide, maximum, multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { broadcastTo, reshape, sum } from '../../graph/ops/broadcast.ts';
import { logSoftmax } from '../../graph/ops/chances.ts';
import { cast, oneHot } from '../../graph/ops/comparison.ts';
import { exp, floor, log, softplus } from '../../graph/ops/elementwise.ts';
import { constant, stopGradient } from '../../graph/ops/input.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import { logSumExp } from '../../graph/ops/reduce.ts';
import { slice } from '../../graph/ops/shape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { filledWith, normals } from '../layers/initialisers.ts';
import type { Initialiser, Trace } from '../trace.ts';
import type { Kind, Pass } from './kind.ts';

/** Of the logistic densities that a channel's density is a mixture of. */
const PEAKS = 3;

const options = z.strictObject({
  fidelity: z
    .array(z.number().gt(0))
    .min(1)
    .max(8)
    .default([60, 120, 240, 480, 960, 1920, 3840, 7680])
    .describe('weight of the reconstruction beside the rate, for each quality from the lowest'),
  rounding: z
    .enum(['noise', 'straight-through'])
    .default('straight-through')
    .describe('what the decoder sees in training: the code with noise as wide as a step, or rounded'),
});

type Options = z.infer<typeof options>;

export const compressive: Kind<Options> = {
  name: 'compressive',
  summary: 'the code is rounded to learned steps, and the bits that it takes are part of the loss',
  source: 'Ballé, Laparra & Simoncelli 2017, End-to-end optimized image compression',
  diagram: [
    'x ── encode ── round to the steps of a quality ── decode ── x̂',
    '                        └── rate: −log of its chance under a learned density',
  ].join('\n'),
  formula: 'fidelity · (−log p(x | rounded code)) − log P(rounded code)',
  use: 'Compress: pictures into files of a few kilobytes, at a quality of choice.',
  options,
  make: (settings) => ({
    headsPerCode: 1,
    isStochastic: true,
    weighsReconstruction: true,
    allowsOvercomplete: true,
    estimatesGradient: settings.rounding === 'straight-through' ? ['encoder.', 'kind.logSteps'] : [],
    steps: (trace, channels) => stepsOf(trace, channels, settings),
    posterior: (head, trace, channels) => {
      // What users see is what would be written at the best quality.
      const { fidelity } = settings;
      const finest = slice(stepsOf(trace, channels, settings), 0, fidelity.length - 1, fidelity.length);
      const step = spread(broadcastTo(finest, [head.shape[0], channels]), head);
      return trace.purpose === 'inference' ? { code: rounded(head, step), unrounded: head } : { code: head };
    },
    terms: (pass) => {
      const { head, trace, codeChannels: channels } = pass;
      const { fidelity, rounding } = settings;
      const rows = head.shape[0];
      const chosen = drawQualities(trace, rows, fidelity.length);
      const step = spread(matmul(chosen, stepsOf(trace, channels, settings)), head);
      const noisy = add(head, multiply(step, subtract(trace.noise.uniform(head.shape), 0.5)));
      // As noise, the error of rounding is a share of the step: so the step learns what it costs.
      const inSteps = stopGradient(divide(head, step));
      const seen = rounding === 'noise' ? noisy : add(head, multiply(step, subtract(nearest(inSteps), inSteps)));
      const perQuality = (values: readonly number[]): Tensor =>
        reshape(matmul(chosen, constant(values, [values.length, 1])), [rows]);
      const share = perQuality(sharesOf(fidelity));
      return {
        reconstruction: multiply(multiply(share, perQuality(fidelity)), pass.negativeLogLikelihood(seen)),
        rate: multiply(share, rateOf(pass, noisy, step)),
      };
    },
  }),
};

/**
 * A quality for each example, one-hot `[batch, qualities]`: drawn so that a batch has all of them alike, as far as it is large enough.
 */
function drawQualities(trace: Trace, rows: number, count: number): Tensor {
  const places = add(cast(trace.batch.places(rows), 'float32'), trace.noise.uniform([rows]));
  // Which example has which is left to chance, too.
  const turned = floor(
    add(multiply(places, count / trace.batch.count(rows)), multiply(trace.noise.uniform([1], 'batch'), count)),
  );
  const drawn = subtract(turned, multiply(floor(divide(turned, count)), count));
  return oneHot(cast(drawn, 'int32'), count);
}

/** `[qualities, channels]`: at first what is best where steps are small, an error of step²/12 for each number (Gersho & Gray 1992, eq. 5.6.5). */
function stepsOf(trace: Trace, channels: number, { fidelity }: Options): Tensor {
  const first: Initialiser = () =>
    Float32Array.from(fidelity.flatMap((weight) => new Array<number>(channels).fill(Math.log(12 / weight) / 2)));
  return exp(trace.parameter('logSteps', [fidelity.length, channels], first, 'offset'));
}

/** What is said of each channel, `[batch, channels]`, for each number of the code. */
function spread(x: Tensor, { shape: [batch, latent] }: Tensor): Tensor {
  const channels = x.shape[1];
  const places = latent / channels;
  return reshape(broadcastTo(reshape(x, [batch, channels, 1]), [batch, channels, places]), [batch, latent]);
}

/** The nearest multiple of `step`. */
function rounded(x: Tensor, step: Tensor): Tensor {
  return multiply(step, nearest(divide(x, step)));
}

/** The nearest whole number. */
function nearest(x: Tensor): Tensor {
  return floor(add(x, 0.5));
}

/**
 * How much a quality has of the loss, 1 on average: without, the best would have nearly all of it. The loss of a quality grows with its
 * fidelity, about as the root of it.
 */
function sharesOf(fidelity: readonly number[]): readonly number[] {
  const shares = fidelity.map((weight) => 1 / Math.sqrt(weight));
  const average = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return shares.map((share) => share / average);
}

/**
 * −log of the chance that the code falls within half a step of `code`, under a mixture of logistic densities for each channel, in nats:
 * `[batch]`. A density's share is σ(a) − σ(b) = σ(a) σ(−b) (1 − e^(b−a)), which is stable far out.
 */
function rateOf({ trace, codeChannels: channels }: Pass, code: Tensor, step: Tensor): Tensor {
  const density = trace.in('density');
  const of = (name: string, start: Initialiser): Tensor => density.parameter(name, [channels, PEAKS], start, 'offset');
  const [rows, latent] = code.shape;
  const places = latent / channels;
  const whole = [rows, channels, places, PEAKS];
  const each = (x: Tensor): Tensor => reshape(x, [rows, channels, places, 1]);
  const byPeak = (x: Tensor): Tensor => reshape(x, [1, channels, 1, PEAKS]);

  const narrowness = byPeak(exp(negate(of('logWidth', filledWith(Math.log(0.2))))));
  const middle = multiply(subtract(each(code), byPeak(multiply(of('place', normals), 0.1))), narrowness);
  const half = multiply(each(multiply(step, 0.5)), narrowness);
  const [upper, lower] = [add(middle, half), subtract(middle, half)];
  const within = log(maximum(subtract(1, exp(multiply(-2, half))), 1e-9));
  const share = subtract(subtract(within, softplus(negate(upper))), softplus(lower));
  const chances = logSoftmax(of('share', filledWith(0)));
  const perPeak = add(share, broadcastTo(byPeak(chances), whole));
  const perNumber = reshape(logSumExp(reshape(perPeak, [rows * latent, PEAKS])), [rows, latent]);
  return negate(sum(perNumber, [1]));
}
