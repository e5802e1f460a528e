/**
 * `generate --like`: new examples near given ones, each with the label of the one that it comes from.
 *
 *   example ── encode ── code, and how surely ── a draw from around it ── decode
 */
import { OptionError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import { takeExamples } from '../data/split.ts';
import { type Drawn, decodeDrawn } from './draw.ts';
import { varianceOf } from './learn.ts';
import type { TrainedModel } from './trained.ts';

export interface AugmentRequest {
  /** New examples in all; the given ones take turns. */
  readonly count: number;
  /**
   * How far from an example's code, as a multiple of the posterior's deviation; where codes are no distributions, of the deviation that the
   * codes of all the examples have. `usualSpread` when absent.
   */
  readonly spread?: number;
  readonly random: Random;
}

/** What was made, and of which example each: rows of the data. */
export interface Augmented extends Drawn {
  readonly from: Int32Array;
}

/** As the posterior draws; elsewhere a step that changes an example and leaves it what it is. */
function usualSpread({ kind }: TrainedModel['model']): number {
  return kind.sample ? 1 : 0.25;
}

/** @throws OptionError for codes of entries of a codebook, near which there is nothing; DataError for data that has no labels where the model is told them. */
export async function drawNear(
  trained: TrainedModel,
  data: Dataset,
  { count, spread = usualSpread(trained.model), random }: AugmentRequest,
): Promise<Augmented> {
  const { model, runner, parameters } = trained;
  const { latent } = model.blueprint;
  if (model.kind.codebookSize !== undefined)
    throw new OptionError({
      where: '--like',
      expected: 'a model whose codes can be moved a little, e.g. variational',
      got: `${model.blueprint.kind.name}, whose codes are entries of a codebook`,
      fix: 'train with --kind variational',
    });
  const known = await runner.encode(parameters, data);
  const { logVariance } = known;
  const deviations = varianceOf(known.code, latent).map(Math.sqrt);
  const from = Int32Array.from({ length: count }, (_, at) => at % data.count);
  const noise = random.fork('codes');
  const codes = Float32Array.from({ length: count * latent }, (_, at) => {
    const place = from[Math.floor(at / latent)] * latent + (at % latent);
    const deviation = logVariance ? Math.exp(0.5 * logVariance[place]) : deviations[at % latent];
    return known.code[place] + spread * deviation * noise.normal();
  });
  const { labels } = takeExamples(data, from);
  const told = model.blueprint.classes > 0 ? labels?.values : undefined;
  const values = await decodeDrawn(trained, codes, random.fork('around'), told);
  return { count, codes, values, from, ...(labels ? { labels } : {}) };
}
