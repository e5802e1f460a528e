/**
 * How far two detectors agree on which examples surprise: Spearman's rank correlation of their scores of held-out rows.
 *
 * No measure without labels says whether another view of the rows is a better one. But the further it is from the view of the default model, the more
 * there is to lose: docs/decisions/0026-tuning.md has the figures.
 */

/** A model that agrees less with the default one is not taken for better: chosen on tables that no published figure here is of. */
export const LEAST_AGREEMENT = 0.75;

/** Examples whose ranks are kept of a split; more say nothing new. */
const MOST_RANKED = 300;

/** Places 0 … n − 1 of the first scores in ascending order. */
export function ranksOf(scores: ArrayLike<number>): number[] {
  const own = Array.from(scores).slice(0, MOST_RANKED);
  const ranks = new Array<number>(own.length);
  for (const [place, at] of [...own.keys()].sort((a, b) => own[a] - own[b]).entries()) ranks[at] = place;
  return ranks;
}

/** −1 … 1: the mean over splits, of those that both have ranks of; nothing where there are none, or of one example only. */
export function agreement(
  splits: readonly (readonly number[])[],
  others: readonly (readonly number[])[],
): number | undefined {
  const found = splits.flatMap((ranks, split) => {
    const { [split]: other } = others;
    return other && other.length === ranks.length && ranks.length > 1 ? [correlation(ranks, other)] : [];
  });
  return found.length === 0 ? undefined : found.reduce((sum, value) => sum + value, 0) / found.length;
}

function correlation(ranks: readonly number[], other: readonly number[]): number {
  const count = ranks.length;
  const apart = ranks.reduce((sum, rank, at) => sum + (rank - other[at]) ** 2, 0);
  return 1 - (6 * apart) / (count * (count ** 2 - 1));
}
