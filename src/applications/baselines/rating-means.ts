/** What a rating is before anything is known of tastes: the mean, and by how much this user and this item are above it. */
import { type Lists, rowsOf } from '../../data/ratings.ts';

export interface RatingMeans {
  readonly mean: number;
  /** How far each user is above the mean, and each item; 0 for one without ratings. */
  readonly users: Float64Array;
  readonly items: Float64Array;
  /** Ratings that there are: from, to. */
  readonly least: number;
  readonly most: number;
}

/** Ratings at the mean that are added to those of each user and item, so that few ratings say little. */
const PRIOR = 5;
const ROUNDS = 10;

/** Both sides in turn, each the mean of what the other leaves. Koren 2010, "Factor in the neighbors", section 2.1. */
export function fitRatingMeans(ratings: Lists, itemCount: number): RatingMeans {
  const { columns, values } = ratings;
  const rows = rowsOf(ratings);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const users = new Float64Array(ratings.starts.length - 1);
  const items = new Float64Array(itemCount);
  const improve = (side: Float64Array, of: Int32Array, other: Float64Array, ofOther: Int32Array): void => {
    const counts = new Float64Array(side.length).fill(PRIOR);
    side.fill(0);
    for (const [at, value] of values.entries()) {
      side[of[at]] += value - mean - other[ofOther[at]];
      counts[of[at]]++;
    }
    for (const at of side.keys()) side[at] /= counts[at];
  };
  for (let round = 0; round < ROUNDS; round++) {
    improve(items, columns, users, rows);
    improve(users, rows, items, columns);
  }
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [mean, mean],
  );
  return { mean, users, items, least, most };
}

/** What the means say of a user's rating of an item. */
export function meanRating(means: RatingMeans, user: number, item: number): number {
  return withinRatings(means, means.mean + means.users[user] + means.items[item]);
}

/** No rating is beyond those that there are. */
export function withinRatings({ least, most }: Pick<RatingMeans, 'least' | 'most'>, told: number): number {
  return Math.min(most, Math.max(least, told));
}

/** What the means say of a new user's level, from some ratings of theirs. */
export function userLevel({ mean, items }: RatingMeans, columns: ArrayLike<number>, values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < columns.length; at++) total += values[at] - mean - items[columns[at]];
  return total / (PRIOR + columns.length);
}
