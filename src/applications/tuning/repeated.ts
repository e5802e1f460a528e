/**
 * The measurement of a trial again, on other rows and from other weights.
 *
 * The best of many trials is the best in part by luck, with the rows that happened to be held out and the weights it happened to begin from. Of a
 * luck there is nothing left when both are drawn anew; a gain is seen again.
 */
import { createRandom } from '../../base/random.ts';
import { finish } from '../../training/events.ts';
import { learn } from '../learn.ts';
import { makeRecipe } from '../recipe.ts';
import type { FinalRequest, Judged, Judgement } from './judgement.ts';

/** A model that is no better than another passes all of them once in sixteen times, if it came so far by luck. */
const TIMES = 4;

/** What `measure` says of models with the same options, in parts by the name of the repetition: the same splits and seeds for each trial of a search. */
export async function measuredAgain(
  { source, options, engine, clock, signal }: FinalRequest,
  measure: (judged: Judged) => Promise<Judgement>,
): Promise<Required<Pick<Judgement, 'parts' | 'ranks'>>> {
  const parts: Record<string, number> = {};
  const ranks: (readonly number[])[] = [];
  const random = createRandom(Number(options.seed ?? 0)).fork('again');
  for (let time = 1; time <= TIMES; time++) {
    const seed = random.fork(`${time}`).integer(2 ** 31);
    const recipe = makeRecipe({ ...options, seed });
    const learned = await finish(learn({ source: { train: source }, recipe, engine, clock, signal }));
    try {
      const judgement = await measure({ ...learned, engine });
      parts[`split ${time} of ${TIMES} others`] = judgement.value;
      ranks.push(...(judgement.ranks ?? []));
    } finally {
      await learned.runner.dispose();
    }
  }
  return { parts, ranks };
}
