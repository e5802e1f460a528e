/** How parameters follow gradients: each optimiser is element-wise graph, so it runs over whole groups of parameters at once. */
import * as z from 'zod';
import { searched } from '../base/search-range.ts';
import { add, divide, multiply, subtract } from '../graph/ops/arithmetic.ts';
import { sqrt, square } from '../graph/ops/elementwise.ts';
import type { Tensor } from '../graph/tensor.ts';

/** One group of parameters (or a piece of it) at one step; everything has the same shape. */
export interface Update {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** The optimiser's memory, e.g. moments. */
  readonly slots: readonly Tensor[];
  /** The numbers from `scalars` for this step. */
  readonly scalars: Readonly<Record<string, Tensor>>;
  /** Whether weight decay applies to this group. */
  readonly decays: boolean;
}

export interface Optimiser {
  readonly slotCount: number;
  /** Names of what `scalars` gives. */
  readonly scalarNames: readonly string[];
  /** What changes from step to step (the first is step 1). */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  update(at: Update): { readonly parameter: Tensor; readonly slots: readonly Tensor[] };
}

export const optimiserSchema = z.strictObject({
  optimizer: z.enum(['adam', 'adamw', 'sgd']).default('adam').describe('how parameters follow gradients'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('momentum of sgd'),
  weightDecay: z
    .number()
    .min(0)
    .default(0)
    .describe('pull of weights towards 0: added to the gradient (adam, sgd) or to the step (adamw)')
    .meta(searched('training', { values: [0, 1e-6, 1e-5, 1e-4] })),
});

export function makeOptimiser(options: z.infer<typeof optimiserSchema>): Optimiser {
  switch (options.optimizer) {
    case 'adam':
      return adam(options.weightDecay, 'gradient');
    case 'adamw':
      return adam(options.weightDecay, 'step');
    case 'sgd':
      return sgd(options.momentum, options.weightDecay);
    default:
      return options.optimizer satisfies never;
  }
}

/**
 * Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019).
 *
 * The moments are kept as M = m/(1 − β₁) and V = v/(1 − β₂), which saves two passes over memory; with
 * r = α √(1 − β₂ᵗ)/(1 − β₁ᵗ) · (1 − β₁)/√(1 − β₂) and e = ε √(1 − β₂ᵗ)/√(1 − β₂) the step −r M/(√V + e) is exactly theirs.
 */
function adam(weightDecay: number, decayOf: 'gradient' | 'step'): Optimiser {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  return {
    slotCount: 2,
    scalarNames: ['rate', 'floor', 'keep'],
    scalars(step, learningRate) {
      const correction = Math.sqrt(1 - beta2 ** step) / Math.sqrt(1 - beta2);
      return {
        rate: (learningRate * correction * (1 - beta1)) / (1 - beta1 ** step),
        floor: epsilon * correction,
        keep: 1 - learningRate * weightDecay,
      };
    },
    update({ parameter, gradient, slots: [m, v], scalars: { rate, floor, keep }, decays }) {
      const isDecayed = decays && weightDecay > 0;
      const g = isDecayed && decayOf === 'gradient' ? add(gradient, multiply(parameter, weightDecay)) : gradient;
      const first = add(multiply(m, beta1), g);
      const second = add(multiply(v, beta2), square(g));
      const step = multiply(divide(first, add(sqrt(second), floor)), rate);
      const kept = isDecayed && decayOf === 'step' ? multiply(parameter, keep) : parameter;
      return { parameter: subtract(kept, step), slots: [first, second] };
    },
  };
}

/** Stochastic gradient descent with (heavy-ball) momentum: u ← μ u + g, θ ← θ − α u. Polyak 1964. */
function sgd(momentum: number, weightDecay: number): Optimiser {
  return {
    slotCount: momentum > 0 ? 1 : 0,
    scalarNames: ['rate'],
    scalars: (_, learningRate) => ({ rate: learningRate }),
    update({ parameter, gradient, slots, scalars: { rate }, decays }) {
      const g = decays && weightDecay > 0 ? add(gradient, multiply(parameter, weightDecay)) : gradient;
      const direction = slots.length > 0 ? add(multiply(slots[0], momentum), g) : g;
      return { parameter: subtract(parameter, multiply(direction, rate)), slots: slots.length > 0 ? [direction] : [] };
    },
  };
}
