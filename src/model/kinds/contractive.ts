/**
 * The contractive autoencoder: the code should hardly move when the input does, ‖∂code/∂x‖² small.
 * Rifai et al. 2011, eq. 4 – 5. For wide codes the norm is estimated without bias by random directions u of the code's space:
 * E‖uᵀJ‖² = ‖J‖² where the entries of u are ±1 (Hutchinson 1990).
 */
import * as z from 'zod';
import { searched } from '../../base/search-range.ts';
import { gradient } from '../../graph/gradient.ts';
import { add, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { cast, less } from '../../graph/ops/comparison.ts';
import { square } from '../../graph/ops/elementwise.ts';
import { slice } from '../../graph/ops/shape.ts';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import { activationNames, activations } from '../layers/activation.ts';
import type { Noise } from '../noise.ts';
import type { Kind, Pass } from './kind.ts';

/** Codes up to this width get the exact norm: one gradient for each unit. */
const EXACT_UP_TO = 16;

const options = z.strictObject({
  contractionWeight: z
    .number()
    .min(0)
    .default(0.1)
    .describe("weight of the squared norm of the encoder's Jacobian")
    .meta(searched('purpose', { from: 1e-3, to: 1, scale: 'log' })),
  jacobian: z
    .enum(['auto', 'exact', 'projected'])
    .default('auto')
    .describe(
      `the norm by one gradient for each unit of the code, or estimated (auto: exact up to ${EXACT_UP_TO} units)`,
    ),
  projections: z.int().min(1).default(2).describe('random directions that an estimate is averaged over'),
  codeActivation: z.enum(activationNames).default('sigmoid').describe('non-linearity of the code'),
});

export const contractive: Kind<z.infer<typeof options>> = {
  name: 'contractive',
  summary: 'the code hardly moves when the input does: features that ignore small changes',
  source: 'Rifai et al. 2011, Contractive auto-encoders: explicit invariance during feature extraction',
  diagram: ['x ── encode ── code ── decode ── x̂', '└── ∂code/∂x ── small'].join('\n'),
  formula: '−log p(x | code) + w ‖∂code/∂x‖²',
  use: 'Features that ignore small changes of the input without choosing a kind of noise for it.',
  options,
  make: ({ contractionWeight, jacobian, projections, codeActivation }) => ({
    headsPerCode: 1,
    isStochastic: false,
    allowsOvercomplete: true,
    asksForSlopes: true,
    posterior: (head) => ({ code: activations[codeActivation].apply(head) }),
    terms: (pass) => ({
      reconstruction: pass.negativeLogLikelihood(pass.code),
      contraction: isExact(jacobian, pass.code) ? exactNorm(pass) : projectedNorm(pass, projections),
    }),
    weights: () => ({ contraction: contractionWeight }),
  }),
};

function isExact(jacobian: 'auto' | 'exact' | 'projected', code: Tensor): boolean {
  return jacobian === 'exact' || (jacobian === 'auto' && code.shape[1] <= EXACT_UP_TO);
}

/** Σⱼ ‖∂codeⱼ/∂x‖² of each example: `[batch]`. */
function exactNorm({ code, input }: Pass): Tensor {
  const units = Array.from({ length: code.shape[1] }, (_, unit) => slice(code, 1, unit, unit + 1));
  return units.map((unit) => squaredSlope(unit, input)).reduce((total, norm) => add(total, norm));
}

/** The average over `projections` directions u of ‖∂(u · code)/∂x‖²: `[batch]`. */
function projectedNorm({ code, input, trace }: Pass, projections: number): Tensor {
  const norms = Array.from({ length: projections }, () =>
    squaredSlope(multiply(code, signs(trace.noise, code.shape)), input),
  );
  return multiply(
    norms.reduce((total, norm) => add(total, norm)),
    1 / projections,
  );
}

/** ‖∂(Σ y)/∂x‖² of each example, which no other example's y depends on: `[batch, …], [batch, …shape] → [batch]`. */
function squaredSlope(y: Tensor, x: Tensor | undefined): Tensor {
  if (!x) throw new Error('internal: a kind that asks for slopes was given nothing to differentiate by');
  const [slope] = gradient(sum(y), [x]);
  return sum(square(slope), x.shape.map((_, axis) => axis).slice(1));
}

/** −1 or 1, either with chance ½. */
function signs(noise: Noise, shape: Shape): Tensor {
  return subtract(multiply(2, cast(less(noise.uniform(shape), 0.5), 'float32')), 1);
}
