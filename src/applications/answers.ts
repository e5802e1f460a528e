/** Answers by name: of users that are known, of users that are not, and of lists of items. */
import { DataError } from '../base/errors.ts';
import { suggestion } from '../base/options.ts';
import { type Lists, listsOf } from '../data/ratings.ts';
import {
  bestOf,
  type Recommendation,
  type Recommender,
  ratingOf,
  scoresOf,
  scoresOfList,
  seenBy,
  similarItems,
} from './recommend.ts';
import { popularityOf } from './recommendation-error.ts';

export interface NamedRecommendation {
  readonly item: string;
  readonly score: number;
}

/** What a user gets, best first. */
export interface Answer {
  readonly user: string;
  /** Whether the recommender has ratings of the user; others are told what most like. */
  readonly isKnown: boolean;
  readonly items: readonly NamedRecommendation[];
}

/** The best items for users by name, in turn. */
export async function* answersFor(
  recommender: Recommender,
  users: readonly string[],
  top: number,
): AsyncGenerator<Answer> {
  const { ratings } = recommender;
  const numbers = new Map(ratings.users.map((name, at) => [name, at]));
  const known = users.flatMap((name) => numbers.get(name) ?? []);
  const scored = scoresOf(recommender, Int32Array.from(known));
  for (const user of users) {
    const next = numbers.has(user) ? await scored.next() : undefined;
    const found =
      next?.value === undefined
        ? bestOf(popularScores(recommender), top, [])
        : bestOf(next.value.scores, top, seenBy(recommender, next.value.user));
    yield { user, isKnown: next !== undefined, items: withNames(recommender, rated(recommender, found)) };
  }
}

/**
 * The best items for somebody who is not known but for a list of items: names, or `name=rating`; without a rating the best one is taken.
 *
 * @throws DataError for an item that is not known.
 */
export async function answerForItems(
  recommender: Recommender,
  items: readonly string[],
  top: number,
): Promise<readonly NamedRecommendation[]> {
  const list = listFrom(recommender, items);
  const found = bestOf(await scoresOfList(recommender, list), top, list.columns);
  return withNames(recommender, rated(recommender, found));
}

/** @throws DataError for an item that is not known. */
export async function similarTo(
  recommender: Recommender,
  item: string,
  top: number,
): Promise<readonly NamedRecommendation[]> {
  return withNames(recommender, await similarItems(recommender, itemNumber(recommender, item), top));
}

function rated(recommender: Recommender, found: readonly Recommendation[]): Recommendation[] {
  return found.map(({ item, score }) => ({ item, score: ratingOf(recommender, score) }));
}

function withNames({ ratings }: Recommender, found: readonly Recommendation[]): NamedRecommendation[] {
  return found.map(({ item, score }) => ({ item: ratings.items[item], score }));
}

/** What most like: the mean ratings, or how many took each item. */
function popularScores({ ratings, means }: Recommender): Float32Array {
  return Float32Array.from(means ? means.items.map((above) => means.mean + above) : popularityOf(ratings));
}

function listFrom(recommender: Recommender, words: readonly string[]): Lists {
  const { ratings, means } = recommender;
  const rated = new Map<number, number>();
  for (const word of words) {
    const [, name, rating] = /^(.*)=([^=]*)$/.exec(word) ?? [];
    const isRated = name !== undefined && !ratings.items.includes(word) && ratings.items.includes(name);
    rated.set(itemNumber(recommender, isRated ? name : word), isRated ? ratingIn(word, rating) : (means?.most ?? 1));
  }
  const items = [...rated.keys()];
  return listsOf(
    1,
    items.map(() => 0),
    items,
    [...rated.values()],
  );
}

function ratingIn(word: string, text: string): number {
  const rating = Number(text);
  if (text.trim() !== '' && Number.isFinite(rating)) return rating;
  throw new DataError({
    where: `item ${JSON.stringify(word)}`,
    expected: 'a number behind the =',
    got: JSON.stringify(text),
    fix: 'write item=rating, or the item alone',
  });
}

function itemNumber({ ratings }: Recommender, name: string): number {
  const number = ratings.items.indexOf(name);
  if (number >= 0) return number;
  throw new DataError({
    where: `item ${JSON.stringify(name)}`,
    expected: `one of the ${ratings.items.length.toLocaleString('en')} items of ${ratings.name}`,
    got: 'one that nobody has rated',
    fix: suggestion(name, ratings.items),
  });
}

/**
 * What is expected of pairs of user and item, in their order. Of a user or an item that is not known the others' mean is told; where
 * things are taken or not, 0.
 */
export async function expectedOf(
  recommender: Recommender,
  pairs: readonly (readonly [user: string, item: string])[],
): Promise<Float64Array> {
  const { ratings, means } = recommender;
  const users = new Map(ratings.users.map((name, at) => [name, at]));
  const items = new Map(ratings.items.map((name, at) => [name, at]));
  const found = Float64Array.from(pairs, ([user, item]) => {
    const [userAt, itemAt] = [users.get(user), items.get(item)];
    if (!means) return 0;
    const told =
      means.mean + (userAt === undefined ? 0 : means.users[userAt]) + (itemAt === undefined ? 0 : means.items[itemAt]);
    return ratingOf(recommender, told);
  });
  const asked = new Map<number, { readonly at: number; readonly item: number }[]>();
  for (const [at, [user, name]] of pairs.entries()) {
    const [number, item] = [users.get(user), items.get(name)];
    if (number !== undefined && item !== undefined) asked.set(number, [...(asked.get(number) ?? []), { at, item }]);
  }
  for await (const { user, scores } of scoresOf(recommender, Int32Array.from(asked.keys())))
    for (const { at, item } of asked.get(user) ?? []) found[at] = ratingOf(recommender, scores[item]);
  return found;
}
