/** How often a model takes anomalies that were made from held-out examples for less surprising than such examples are. */
import { createRandom } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import { takeExamples } from '../../data/split.ts';
import { calibrate, surprisesOf } from '../surprise.ts';
import { ranksOf } from './agreement.ts';
import type { Judged, Judgement } from './judgement.ts';
import { EXTENTS, type Extent, makeAnomalies, SORTS } from './made-anomalies.ts';

/** Normal examples that made ones are told from. */
const MOST_JUDGED = 2000;

/** One less the AUROC, by sort and extent of the anomalies, and by tenths of the examples; and the order of these. */
export async function missedAnomalies({ parts, ...trained }: Judged): Promise<Judgement> {
  const normal = firstRows(parts.validation, MOST_JUDGED);
  const calibration = await calibrate(trained, firstRows(parts.train, MOST_JUDGED));
  const scoresOf = async (data: Dataset): Promise<Float64Array> => {
    const { columns, code } = await surprisesOf(trained, calibration, data);
    const width = columns.length / Math.max(1, data.count);
    return Float64Array.from(code, (ofCode, row) =>
      columns.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, ofCode),
    );
  };
  const usual = await scoresOf(normal);
  const byName: Record<string, number> = {};
  const byRow = new Float64Array(normal.count);
  const names = SORTS.flatMap((sort) => (Object.keys(EXTENTS) as Extent[]).map((extent) => ({ sort, extent })));
  for (const { sort, extent } of names) {
    const name = `${sort}, ${extent} columns`;
    const made = await scoresOf(makeAnomalies(normal, sort, extent, createRandom(0).fork(name)));
    const missed = missedShares(usual, made);
    byName[name] = meanOf(missed);
    for (let row = 0; row < byRow.length; row++) byRow[row] += missed[row] / names.length;
  }
  const tenths = Array.from({ length: Math.min(10, byRow.length) }, (_, at) =>
    meanOf(byRow.filter((__, row) => row % 10 === at)),
  );
  return { value: meanOf(byRow), parts: byName, tenths, ranks: [ranksOf(usual)] };
}

/**
 * Of each row, half the share of examples that surprise more than the anomaly made from it, and half the share of anomalies that surprise less
 * than it does itself; a tie is half of one. Their mean is 1 − AUROC, and what they differ by is how sure that is (DeLong et al. 1988).
 */
export function missedShares(usual: Float64Array, made: Float64Array): Float64Array {
  const [inOrder, madeInOrder] = [usual.toSorted(), made.toSorted()];
  return Float64Array.from(usual, (score, row) => {
    const below = placeIn(madeInOrder, score);
    const above = usual.length - placeIn(inOrder, made[row]);
    return (below / made.length + above / usual.length) / 2;
  });
}

/** How many of `sorted` are below `value`, with half of those that equal it. */
function placeIn(sorted: Float64Array, value: number): number {
  const firstWhere = (isBeyond: (other: number) => boolean): number => {
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBeyond(sorted[middle])) to = middle;
      else from = middle + 1;
    }
    return from;
  };
  return (firstWhere((other) => other >= value) + firstWhere((other) => other > value)) / 2;
}

function meanOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at];
  return total / Math.max(1, values.length);
}

function firstRows(data: Dataset, most: number): Dataset {
  if (data.count <= most) return data;
  const rows = Int32Array.from({ length: most }, (_, row) => row);
  return takeExamples(data, rows);
}
