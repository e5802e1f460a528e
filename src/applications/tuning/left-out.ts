/**
 * How often a detector takes rows of a cluster that it never saw for less surprising than rows like those it learned from.
 *
 * Anomalies that are made column by column are found best by nets that rebuild any smooth row, strange ones too; real anomalies are often a group
 * of rows that belong together but not here. For that, a net is trained anew for each cluster, on the rows outside of it.
 */
import { createRandom } from '../../base/random.ts';
import { applyScaling, fitScaling } from '../../data/columns/scaling.ts';
import type { Source } from '../../data/dataset.ts';
import { sourceCount, takeRows } from '../../data/split.ts';
import { kMeans } from '../clusters.ts';
import { fitMembers, scoreWith } from '../detector.ts';
import { areaUnderRoc } from '../roc.ts';
import type { FinalRequest } from './judgement.ts';

/** Into as many clusters rows are divided; each way counts as much as the others. */
const WAYS = [3, 5];
/** Of clusters, and of what is left without one: fewer rows tell nothing. */
const [LEAST_OUTSIDE, LEAST_INSIDE] = [5, 30];
/** One of so many rows inside is not learned from. */
const HELD_OUT = 4;
/** More rows cost more than they tell. */
const MOST_ROWS = 1000;

/** 1 − AUROC, the mean over the clusters; nothing for what is no table of rows, or where no cluster is large enough. */
export async function missedClusters({ source: whole, ...request }: FinalRequest): Promise<number | undefined> {
  if (whole.form === 'array' && whole.shape.length !== 2) return undefined;
  const random = createRandom(0).fork('left out');
  const source = takeRows(whole, random.fork('rows').permutation(sourceCount(whole)).slice(0, MOST_ROWS));
  const { values, count } = applyScaling(fitScaling(source, 'standard'), source);
  const numbers = Float32Array.from(values, (value) => (Number.isNaN(value) ? 0 : value));
  const missed: number[] = [];
  for (const clusters of WAYS) {
    if (count < clusters) continue;
    const own = kMeans(numbers, numbers.length / count, clusters, random.fork(`${clusters} clusters`));
    for (let cluster = 0; cluster < clusters; cluster++) {
      const rows = Array.from(own.keys());
      const [outside, inside] = [
        rows.filter((row) => own[row] === cluster),
        rows.filter((row) => own[row] !== cluster),
      ];
      if (outside.length >= LEAST_OUTSIDE && inside.length >= LEAST_INSIDE)
        missed.push(await missedOf(source, inside, outside, request));
    }
  }
  return missed.length === 0 ? undefined : missed.reduce((sum, share) => sum + share, 0) / missed.length;
}

async function missedOf(
  source: Source,
  inside: readonly number[],
  outside: readonly number[],
  { options, engine, clock, signal }: Omit<FinalRequest, 'source'>,
): Promise<number> {
  const [known, held] = [0, 1].map((is) => inside.filter((_, at) => Number(at % HELD_OUT === 0) === is));
  const { members } = await fitMembers({
    source: takeRows(source, known),
    engine,
    options,
    isRobust: false,
    models: 1,
    random: createRandom(0).fork('detector'),
    clock,
    signal,
  });
  const scoresOf = async (rows: readonly number[]): Promise<number[]> =>
    Array.from((await scoreWith(members, takeRows(source, rows))).scores);
  try {
    const [usual, strange] = [await scoresOf(held), await scoresOf(outside)];
    const isStrange = [...usual.map(() => false), ...strange.map(() => true)];
    return 1 - areaUnderRoc([...usual, ...strange], isStrange);
  } finally {
    await members[0].runner.dispose();
  }
}
