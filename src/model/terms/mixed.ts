/**
 * Rows of tables: every column has a likelihood of its own. Nazábal et al. 2020, "Handling incomplete heterogeneous data using VAEs",
 * section 2.2: numbers are normal, each column with its own variance; categories are categorical, from the logits of their group.
 *
 *   output ── [ numbers | group | numbers | group … ] ── each entry's nats ── Σ over what is not missing
 */
import { add, multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { logSoftmax } from '../../graph/ops/chances.ts';
import { oneHot } from '../../graph/ops/comparison.ts';
import { exp, softplus } from '../../graph/ops/elementwise.ts';
import { argMax } from '../../graph/ops/reduce.ts';
import { concat, split } from '../../graph/ops/shape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Noise } from '../noise.ts';
import { type Likelihood, normalErrors, scaledSquares, squaredErrorOf, squashed, sumObserved } from './likelihood.ts';

/** Where among the numbers of an example the one-hot group of a category column is: from the first up to, without, the last. */
export type CategoryGroup = readonly [from: number, to: number];

export interface MixedOptions {
  /** In ascending order, without overlaps; all other entries are numbers. */
  readonly categories: readonly CategoryGroup[];
  /** Whether the means of numbers are squashed into (0, 1). */
  readonly output: 'linear' | 'sigmoid';
  /** log σ² of every column of numbers, `[numbers]`; 1 is taken for σ where absent. */
  readonly logVariance?: Tensor;
}

/**
 * No column of numbers is told to more than a hundredth of its scale: one that is constant, or that follows from another column,
 * would otherwise drive its variance to 0 and the loss to minus infinity.
 */
const LEAST_LOG_VARIANCE = Math.log(1e-4);

/**
 * −log p(x | z) = Σ over numbers ½ ((x − μ)²/σ² + log σ²) − Σ over groups log softmax(l)[category], of `[batch, features]`; the
 * constant ½ log 2π of each number is left out. σ² is 10⁻⁴ + exp of `logVariance`. `mean` gives numbers, and chances for groups.
 */
export function mixed({ categories, output, logVariance }: MixedOptions): Likelihood {
  const meanOfNumbers = squashed(output);
  const mean = (logits: Tensor): Tensor => {
    const runs = runsOf(logits.shape[1], categories);
    const parts = split(logits, 1, sizesOf(runs));
    return concat(
      parts.map((part, at) => (runs[at].isCategory ? exp(logSoftmax(part)) : meanOfNumbers(part))),
      1,
    );
  };
  return {
    name: 'mixed',
    outputShape: (shape) => shape,
    mean,
    squaredError: squaredErrorOf(mean),
    negativeLogLikelihood(x, logits, missing) {
      const runs = runsOf(x.shape[1], categories);
      const [told, given] = [split(logits, 1, sizesOf(runs)), split(x, 1, sizesOf(runs))];
      const numbers = runs.filter(({ isCategory }) => !isCategory);
      const variances = logVariance && split(bounded(logVariance), 0, sizesOf(numbers));
      const entries = runs.map((run, at) =>
        run.isCategory
          ? negate(multiply(given[at], logSoftmax(told[at])))
          : multiply(
              0.5,
              scaledSquares(subtract(meanOfNumbers(told[at]), given[at]), variances?.[numbers.indexOf(run)]),
            ),
      );
      return sumObserved(concat(entries, 1), missing);
    },
    draw(logits, noise) {
      const runs = runsOf(logits.shape[1], categories);
      const numbers = runs.filter(({ isCategory }) => !isCategory);
      const variances = logVariance && split(bounded(logVariance), 0, sizesOf(numbers));
      const drawn = split(logits, 1, sizesOf(runs)).map((part, at) =>
        runs[at].isCategory
          ? drawnCategory(part, noise)
          : add(meanOfNumbers(part), normalErrors(part.shape, noise, variances?.[numbers.indexOf(runs[at])])),
      );
      return concat(drawn, 1);
    },
  };
}

/** How many entries of an example are numbers. */
export function numbersIn(features: number, categories: readonly CategoryGroup[]): number {
  return categories.reduce((left, [from, to]) => left - (to - from), features);
}

/** One of the categories of a group, one-hot. `[rows, group]`. */
function drawnCategory(logits: Tensor, noise: Noise): Tensor {
  return oneHot(argMax(add(logits, noise.gumbel(logits.shape))), logits.shape[1]);
}

/** log(e^v + least variance) */
function bounded(logVariance: Tensor): Tensor {
  return add(LEAST_LOG_VARIANCE, softplus(subtract(logVariance, LEAST_LOG_VARIANCE)));
}

/** Neighbouring entries that are treated as one: a group, or all numbers up to the next group. */
interface Run {
  readonly isCategory: boolean;
  readonly size: number;
}

function runsOf(features: number, categories: readonly CategoryGroup[]): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (const [from, to] of categories) {
    if (from > end) runs.push({ isCategory: false, size: from - end });
    runs.push({ isCategory: true, size: to - from });
    end = to;
  }
  if (features > end) runs.push({ isCategory: false, size: features - end });
  return runs;
}

function sizesOf(runs: readonly Run[]): number[] {
  return runs.map(({ size }) => size);
}
