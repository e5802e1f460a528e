/** A look at a model, also in the middle of its training: originals above what it makes of them, and what its code is doing. */
import { codebookUse, klOf, type Learning, takeExamples, undoScaling, varianceOf } from 'autoencoder/browser';
import { scaled } from './row-errors.ts';
import { type Shown, show } from './shown.ts';

export interface Look {
  /** Whole epochs that the model learned for. */
  readonly epoch: number;
  readonly originals: Shown;
  readonly rebuilt: Shown;
  readonly code: CodeFacts;
}

export interface CodeFacts {
  /** Counts of the numbers of all codes between `from` and `to`, in equal steps. */
  readonly histogram: { readonly from: number; readonly to: number; readonly counts: readonly number[] };
  /** Of each number of the code, over examples. */
  readonly variances: readonly number[];
  /** Numbers that hardly change from example to example. */
  readonly dead: number;
  /** Nats that each number takes from the prior, where the code is a distribution. */
  readonly divergences?: readonly number[];
  /** Of codes made of entries of a codebook: how often each was chosen. */
  readonly codebookUse?: readonly number[];
}

const SHOWN = 12;
const MEASURED = 512;
const BINS = 40;
/** Of the largest variance. */
const DEAD = 0.001;

/** `parameters` are those after so many epochs. */
export async function lookAt(
  { model, parts, runner }: Learning,
  parameters: ReadonlyMap<string, Float32Array>,
  epoch: number,
): Promise<Look> {
  const { validation } = parts;
  const some = takeExamples(validation, first(SHOWN, validation.count));
  const { reconstruction } = await runner.reconstruct(parameters, some);
  const measured = takeExamples(validation, first(MEASURED, validation.count));
  const { code, logVariance, choice } = await runner.encode(parameters, measured);
  const { latent } = model.blueprint;
  const variances = [...varianceOf(code, latent)];
  const largest = Math.max(...variances);
  return {
    epoch,
    originals: show(undoScaling(some.scaling, scaled(some.values), some.count, 'originals')),
    rebuilt: show(undoScaling(some.scaling, reconstruction, some.count, 'rebuilt')),
    code: {
      histogram: histogramOf(code),
      variances,
      dead: variances.filter((variance) => variance <= DEAD * largest).length,
      ...(logVariance ? { divergences: [...klOf(code, logVariance, latent)] } : {}),
      codebookUse: codebookUse({ choice }, model),
    },
  };
}

function first(most: number, count: number): Int32Array {
  return Int32Array.from({ length: Math.min(most, count) }, (_, at) => at);
}

function histogramOf(values: Float32Array): CodeFacts['histogram'] {
  let [from, to] = [Infinity, -Infinity];
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  const counts = new Array<number>(BINS).fill(0);
  const step = (to - from) / BINS || 1;
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - from) / step))]++;
  return { from, to, counts };
}
