/** What a model's losses are over some examples. */
import type { Random } from '../base/random.ts';
import { type Examples, observedCount } from '../model/examples.ts';
import type { Parameters } from '../model/file/model-file.ts';
import type { Model } from '../model/model.ts';
import type { Runner } from '../model/runner.ts';

/** Averages of every term, their weighted total `loss`, and `mse` per feature, over some examples. */
export async function averageLosses(
  { runner, model }: { readonly runner: Runner; readonly model: Model },
  examples: Examples,
  parameters: Parameters,
  random: Random,
  progress: { readonly share: number; readonly epoch: number },
): Promise<Record<string, number>> {
  const { squaredError, ...terms } = await runner.losses(parameters, examples, random);
  const weights = model.kind.weights?.(progress) ?? {};
  const averages: Record<string, number> = { loss: 0 };
  for (const [name, values] of Object.entries(terms)) {
    averages[name] = sumOf(values) / examples.count;
    if (isInLoss(model, name)) averages.loss += averages[name] * (weights[name] ?? 1);
  }
  averages.mse = sumOf(squaredError) / observedCount(examples);
  return averages;
}

/** The terms of what is trained apart are not part of the loss that the model is judged by. */
export function isInLoss({ kind: { apart } }: Model, term: string): boolean {
  return !apart?.terms.includes(term);
}

function sumOf(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
