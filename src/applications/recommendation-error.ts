/** How well what was set aside is told: by the models, by means or popularity, and by nearest neighbours of items. */
import type { Random } from '../base/random.ts';
import { type Lists, mapped, type Ratings, splitLists } from '../data/ratings.ts';
import { itemNeighbours, neighbourMean, neighbourScores } from './baselines/item-neighbours.ts';
import { fitRatingMeans, meanRating, withinRatings } from './baselines/rating-means.ts';
import { type ListQuality, largestOf, qualityOf } from './ranking.ts';
import { type Recommender, ratingOf, scoresOf } from './recommend.ts';

/** Of ratings: root mean squared error. Of what is taken: how good lists of the best are, averaged over users. */
export interface RatingFigures {
  readonly rmse?: number;
  readonly ndcg?: number;
  readonly recall?: number;
}

export interface RecommendationErrors {
  /** Ratings, or users, that were asked about. */
  readonly measured: number;
  /** Items in a list. */
  readonly top: number;
  readonly model: RatingFigures;
  /** The means of user and item, or the items that most have taken. */
  readonly popularity: RatingFigures;
  /** Absent where users have so many items that comparing all pairs takes too long. */
  readonly neighbours?: RatingFigures;
}

/** Pairs of items of one user, over all users, that are still compared. */
const MOST_PAIRS = 3e9;
const SHRINKAGES = [0, 20, 100];
const NEIGHBOURS = [10, 20, 40, 80, 160];
/** Share of the ratings that neighbours are chosen by. */
const CHOOSING = 0.1;

interface Request {
  /** With the ratings that it may use. */
  readonly recommender: Recommender;
  readonly held: Lists;
  readonly top: number;
  readonly random: Random;
}

export async function recommendationErrors({ recommender, held, top, random }: Request): Promise<RecommendationErrors> {
  const { ratings } = recommender;
  if (ratings.form === 'ratings') {
    const model = await ratingError(recommender, held);
    const means = fitRatingMeans(ratings, ratings.items.length);
    return {
      measured: held.values.length,
      top,
      model: { rmse: model },
      popularity: { rmse: errorOf(held, (user, item) => meanRating(means, user, item)) },
      ...(isTooMuch(ratings) ? {} : { neighbours: { rmse: bestNeighbours(ratings, held, random, ratingNeighbours) } }),
    };
  }
  const asked = usersWith(held);
  const lists = new Map<number, readonly number[]>();
  for await (const { user, scores } of scoresOf(recommender, asked))
    lists.set(user, listOf(ratings, user, scores, top));
  const popularity = popularityOf(ratings);
  const neighbours = isTooMuch(ratings)
    ? undefined
    : bestNeighbours(ratings, held, random, (on, other) => takenNeighbours(on, other, top));
  return {
    measured: asked.length,
    top,
    model: averageQuality(held, top, (user) => lists.get(user) ?? []),
    popularity: averageQuality(held, top, (user) => listOf(ratings, user, popularity, top)),
    ...(neighbours ? { neighbours } : {}),
  };
}

/** How many users took each item. */
export function popularityOf({ columns, values, items }: Ratings): Float64Array {
  const counts = new Float64Array(items.length);
  for (const [at, item] of columns.entries()) if (values[at] > 0) counts[item]++;
  return counts;
}

/** Users by number that have something above 0 in these lists. */
function usersWith({ starts, values }: Lists): Int32Array {
  const users: number[] = [];
  for (let user = 0; user + 1 < starts.length; user++)
    if (values.subarray(starts[user], starts[user + 1]).some((value) => value > 0)) users.push(user);
  return Int32Array.from(users);
}

function listOf({ starts, columns }: Lists, user: number, scores: ArrayLike<number>, top: number): number[] {
  return largestOf(scores, top, new Set(columns.subarray(starts[user], starts[user + 1])));
}

function averageQuality(held: Lists, top: number, listFor: (user: number) => readonly number[]): ListQuality {
  const users = usersWith(held);
  let [ndcg, recall] = [0, 0];
  for (const user of users) {
    const relevant = new Set<number>();
    for (let at = held.starts[user]; at < held.starts[user + 1]; at++)
      if (held.values[at] > 0) relevant.add(held.columns[at]);
    const quality = qualityOf(listFor(user), relevant, top);
    ndcg += quality.ndcg / users.length;
    recall += quality.recall / users.length;
  }
  return { ndcg, recall };
}

/** Root mean squared error of what `tell` says of the ratings that were set aside. */
function errorOf({ starts, columns, values }: Lists, tell: (user: number, item: number) => number): number {
  let total = 0;
  for (let user = 0; user + 1 < starts.length; user++)
    for (let at = starts[user]; at < starts[user + 1]; at++) total += (values[at] - tell(user, columns[at])) ** 2;
  return Math.sqrt(total / values.length);
}

async function ratingError(recommender: Recommender, held: Lists): Promise<number> {
  const { starts, columns, values } = held;
  let total = 0;
  for await (const { user, scores } of scoresOf(recommender, usersWith(mapped(held, () => 1))))
    for (let at = starts[user]; at < starts[user + 1]; at++)
      total += (values[at] - ratingOf(recommender, scores[columns[at]])) ** 2;
  return Math.sqrt(total / values.length);
}

function isTooMuch({ starts }: Lists): boolean {
  let pairs = 0;
  for (let user = 0; user + 1 < starts.length; user++) pairs += (starts[user + 1] - starts[user]) ** 2;
  return pairs > MOST_PAIRS;
}

/** What neighbours with one setting make of `held`, by how many there are of them: a figure that is the better the smaller. */
type Tried<Figure> = (known: Ratings, held: Lists) => (shrinkage: number) => (k: number) => Figure;

/** Number of neighbours and shrinkage chosen on a part of the ratings, then told by all of them. */
function bestNeighbours<Figure extends number | ListQuality>(
  ratings: Ratings,
  held: Lists,
  random: Random,
  tried: Tried<Figure>,
): Figure {
  const choosing = splitLists(ratings, CHOOSING, random.fork('neighbours'));
  const known = { ...ratings, ...choosing.kept };
  const tryWith = tried(known, choosing.held);
  const worth = (figure: number | ListQuality): number => (typeof figure === 'number' ? figure : -figure.ndcg);
  let best = { worth: Number.POSITIVE_INFINITY, shrinkage: 0, k: NEIGHBOURS[0] };
  for (const shrinkage of SHRINKAGES) {
    const withThese = tryWith(shrinkage);
    for (const k of NEIGHBOURS) {
      const value = worth(withThese(k));
      if (value < best.worth) best = { worth: value, shrinkage, k };
    }
  }
  return tried(ratings, held)(best.shrinkage)(best.k);
}

const MOST_NEIGHBOURS = NEIGHBOURS[NEIGHBOURS.length - 1];

function ratingNeighbours(known: Ratings, held: Lists): (shrinkage: number) => (k: number) => number {
  const items = known.items.length;
  const means = fitRatingMeans(known, items);
  const rest = mapped(known, (user, item, rating) => rating - means.mean - means.users[user] - means.items[item]);
  return (shrinkage) => {
    const neighbours = itemNeighbours(rest, items, Math.min(items, 4 * MOST_NEIGHBOURS), shrinkage);
    return (k) => {
      let [of, values] = [-1, new Map<number, number>()];
      return errorOf(held, (user, item) => {
        if (user !== of) {
          const [from, to] = [rest.starts[user], rest.starts[user + 1]];
          const own = Array.from(
            rest.columns.subarray(from, to),
            (place, at) => [place, rest.values[from + at]] as const,
          );
          [of, values] = [user, new Map(own)];
        }
        const told = means.mean + means.users[user] + means.items[item] + neighbourMean(neighbours, k, item, values);
        return withinRatings(means, told);
      });
    };
  };
}

function takenNeighbours(known: Ratings, held: Lists, top: number): (shrinkage: number) => (k: number) => ListQuality {
  const items = known.items.length;
  return (shrinkage) => {
    const neighbours = itemNeighbours(known, items, Math.min(items, MOST_NEIGHBOURS), shrinkage);
    return (k) =>
      averageQuality(held, top, (user) => {
        const own = known.columns.subarray(known.starts[user], known.starts[user + 1]);
        return listOf(known, user, neighbourScores(neighbours, Math.min(k, neighbours.kept), own), top);
      });
  };
}
