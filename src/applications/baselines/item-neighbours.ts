/**
 * Items liked by those who liked this one: similarities of items by their users, and what a user's items say of the others.
 * Sarwar et al. 2001, "Item-based collaborative filtering"; similarities by few users are shrunk (Bell & Koren 2007).
 */
import { type Lists, transposed } from '../../data/ratings.ts';

/** The most similar items of each item, most similar first. */
export interface ItemNeighbours {
  /** How many of each. */
  readonly kept: number;
  /** `[items, kept]`, −1 where there are no more. */
  readonly items: Int32Array;
  readonly similarities: Float32Array;
}

/**
 * Cosine of the columns of `ratings` (of ratings: less what the means say of them), times n/(n + shrinkage) for n users that have both.
 * Work goes with the squares of the users' list lengths; memory with items × `kept`.
 */
export function itemNeighbours(ratings: Lists, itemCount: number, kept: number, shrinkage: number): ItemNeighbours {
  const byItem = transposed(ratings, itemCount);
  const norms = new Float64Array(itemCount);
  for (const [at, item] of ratings.columns.entries()) norms[item] += ratings.values[at] ** 2;
  const items = new Int32Array(itemCount * kept).fill(-1);
  const similarities = new Float32Array(itemCount * kept);
  const products = new Float64Array(itemCount);
  const common = new Float64Array(itemCount);
  for (let item = 0; item < itemCount; item++) {
    const met: number[] = [];
    for (let entry = byItem.starts[item]; entry < byItem.starts[item + 1]; entry++) {
      const user = byItem.columns[entry];
      for (let at = ratings.starts[user]; at < ratings.starts[user + 1]; at++) {
        const other = ratings.columns[at];
        if (common[other]++ === 0) met.push(other);
        products[other] += byItem.values[entry] * ratings.values[at];
      }
    }
    const likeness = (other: number): number =>
      (products[other] / Math.sqrt(norms[item] * norms[other] || 1)) * (common[other] / (common[other] + shrinkage));
    const found = met
      .filter((other) => other !== item && products[other] > 0)
      .map((other) => ({ other, similarity: likeness(other) }))
      .sort((a, b) => b.similarity - a.similarity || a.other - b.other)
      .slice(0, kept);
    for (const [at, { other, similarity }] of found.entries()) {
      items[item * kept + at] = other;
      similarities[item * kept + at] = similarity;
    }
    for (const other of met) {
      products[other] = 0;
      common[other] = 0;
    }
  }
  return { kept, items, similarities };
}

/** How a user's list speaks for every item: Σ of the similarities of what is in it, among the first `k` neighbours of each. */
export function neighbourScores(
  { kept, items, similarities }: ItemNeighbours,
  k: number,
  columns: Int32Array,
): Float32Array {
  const scores = new Float32Array(items.length / kept);
  const has = new Uint8Array(scores.length);
  for (const item of columns) has[item] = 1;
  for (let item = 0; item < scores.length; item++)
    for (let at = item * kept; at < item * kept + k && items[at] >= 0; at++)
      if (has[items[at]] === 1) scores[item] += similarities[at];
  return scores;
}

/** What the user's values of the `k` nearest items that they have say of `item`: their mean by similarity, 0 where there are none. */
export function neighbourMean(
  { kept, items, similarities }: ItemNeighbours,
  k: number,
  item: number,
  values: ReadonlyMap<number, number>,
): number {
  let [total, weight, used] = [0, 0, 0];
  for (let at = item * kept; at < (item + 1) * kept && used < k; at++) {
    const value = values.get(items[at]);
    if (value === undefined) continue;
    total += similarities[at] * value;
    weight += similarities[at];
    used++;
  }
  return weight > 0 ? total / weight : 0;
}
