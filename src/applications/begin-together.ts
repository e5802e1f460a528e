/** The beginning of a training over ranks: on all of them, or none. */
import { type Fact, partOf, type RankGroup } from '../training/ranks.ts';
import { type Begun, beginLearning, type LearnRequest } from './begin-learning.ts';

/**
 * Everything before the first step.
 *
 * @param data What the data is called, for messages.
 * @throws DataError, OptionError where the ranks are not about to do the same; what `beginLearning` throws on any of them.
 */
export async function beginTogether(
  request: Omit<LearnRequest, 'ranks'>,
  group: RankGroup,
  data: string,
): Promise<Begun> {
  const { ranks } = group;
  const begun = await group.together(async () => {
    const made = await beginLearning({ ...request, ranks });
    partOf(Math.min(made.training.batchSize, made.examples), ranks);
    return made;
  });
  const { fingerprint, heldOut, examples, parts, model } = begun;
  await group.agree([
    // Scaled values may be the same of other data.
    sameData(data, [fingerprint, heldOut, examples, parts.train.scaling]),
    {
      name: 'model',
      value: JSON.stringify(model.parameters.map(({ name, shape }) => [name, shape])),
      fix: 'start all ranks with the same command and data',
    },
  ]);
  return begun;
}

/** What has to be the same of the data on all ranks. */
export function sameData(data: string, what: unknown): Fact {
  return { name: 'data', value: JSON.stringify(what), fix: `put the same ${data} on every machine`, isData: true };
}
