/** The best of many, and how good a list of them is. */

/** Places of the `count` largest scores, largest first; equal ones in order; places in `leftOut` are not looked at. */
export function largestOf(
  scores: ArrayLike<number>,
  count: number,
  leftOut: ReadonlySet<number> = new Set(),
): number[] {
  const best: number[] = [];
  for (let place = 0; place < scores.length; place++) {
    const score = scores[place];
    if (best.length === count && !(score > scores[best[count - 1]])) continue;
    if (leftOut.has(place) || Number.isNaN(score)) continue;
    let at = best.length;
    while (at > 0 && score > scores[best[at - 1]]) at--;
    best.splice(at, 0, place);
    if (best.length > count) best.pop();
  }
  return best;
}

export interface ListQuality {
  /** Normalised discounted cumulative gain, 0 … 1: relevant items count more the higher they stand. Järvelin & Kekäläinen 2002. */
  readonly ndcg: number;
  /** Share of the relevant items that are in the list; of as many as fit into it (Liang et al. 2018, section 4.2). */
  readonly recall: number;
}

/** Of a list of at most `count`, for one user with at least one relevant item. */
export function qualityOf(list: readonly number[], relevant: ReadonlySet<number>, count: number): ListQuality {
  const fitting = Math.min(count, relevant.size);
  let [gain, best, hits] = [0, 0, 0];
  for (const [at, item] of list.entries())
    if (relevant.has(item)) {
      gain += 1 / Math.log2(at + 2);
      hits++;
    }
  for (let at = 0; at < fitting; at++) best += 1 / Math.log2(at + 2);
  return { ndcg: gain / best, recall: hits / fitting };
}
