/**
 * `recommend`: what a user may like of what they have not seen, from what they have, and items like an item.
 *
 *   everyone's lists ── rows of items ── model ─┐
 *   a newcomer's list ── row of a user ── model ─┴─ + what the means say ── scores of all items ── seen ones left out ── best
 *
 * Of what is taken, the model of rows of users tells both.
 */
import type { Lists, Ratings } from '../data/ratings.ts';
import { mapped, takeLists, transposed } from '../data/ratings.ts';
import { type RatingMeans, userLevel, withinRatings } from './baselines/rating-means.ts';
import { largestOf } from './ranking.ts';
import type { TrainedModel } from './trained.ts';

/** A model of rows of users over items, or of items over users. */
export interface Member extends TrainedModel {
  readonly side: 'users' | 'items';
}

export interface Recommender {
  readonly members: readonly Member[];
  /** What is known of its users. */
  readonly ratings: Ratings;
  /** What the models are told and tell less of; absent where things are taken or not. */
  readonly means?: RatingMeans;
}

export interface Recommendation {
  /** Number of the item. */
  readonly item: number;
  /** The rating that is expected; where items are taken or not, the chance that the next one taken is this. */
  readonly score: number;
}

/** Scores that are held at a time, at most: of whole rows there are never more. */
const MOST_SCORES = 2 ** 24;

/** Scores of all items for each of these users, in turn: users by number, `[items]` each; ratings also beyond the best and the worst one. */
export async function* scoresOf(
  recommender: Recommender,
  users: Int32Array,
): AsyncGenerator<{ readonly user: number; readonly scores: Float32Array }> {
  const { ratings, means, members } = recommender;
  const width = ratings.items.length;
  const inputs = inputsOf(recommender);
  const byItem = members.some(({ side }) => side === 'items') ? transposed(inputs, width) : undefined;
  const member = memberFor(recommender, byItem ? 'items' : 'users');
  const block = Math.max(1, Math.floor(MOST_SCORES / width));
  for (let start = 0; start < users.length; start += block) {
    const chosen = users.subarray(start, start + block);
    const told = byItem ? await ofChosen(member, byItem, chosen) : await rebuilt(member, takeLists(inputs, chosen));
    for (const [at, user] of chosen.entries())
      yield {
        user,
        scores: finished(told.subarray(at * width, (at + 1) * width), recommender, means?.users[user] ?? 0),
      };
  }
}

/** Scores of all items for somebody who has this list of items, known by no model. */
export async function scoresOfList(recommender: Recommender, list: Lists): Promise<Float32Array> {
  const { means } = recommender;
  const level = means ? userLevel(means, list.columns, list.values) : 0;
  const input = means ? mapped(list, (_, item, value) => value - means.mean - means.items[item] - level) : list;
  // What a model of items knows of a user is in its weights: only models of users can be asked about another one.
  return finished(await rebuilt(memberFor(recommender, 'users'), input), recommender, level);
}

/** The best items by these scores, without those in `seen`. */
export function bestOf(scores: Float32Array, count: number, seen: ArrayLike<number>): Recommendation[] {
  return largestOf(scores, count, new Set(Array.from(seen))).map((item) => ({ item, score: scores[item] }));
}

/** Numbers of the items that a user has ratings of. */
export function seenBy({ ratings }: Recommender, user: number): Int32Array {
  return ratings.columns.subarray(ratings.starts[user], ratings.starts[user + 1]);
}

/** Items whose codes point the same way, −1 … 1, most similar first. */
export async function similarItems(recommender: Recommender, item: number, count: number): Promise<Recommendation[]> {
  const { ratings, members } = recommender;
  const items = ratings.items.length;
  const member = members.find(({ side }) => side === 'items') ?? members[0];
  const lists = member.side === 'items' ? transposed(inputsOf(recommender), items) : eachAlone(items);
  const { code } = await member.runner.encode(member.parameters, examplesOf(lists));
  const width = code.length / items;
  const centre = new Float64Array(width);
  for (const [at, value] of code.entries()) centre[at % width] += value / items;
  const direction = (row: number): Float64Array => {
    const vector = Float64Array.from(centre, (mean, at) => code[row * width + at] - mean);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / (length || 1));
  };
  const own = direction(item);
  const likeness = Float32Array.from({ length: items }, (_, row) =>
    direction(row).reduce((sum, value, at) => sum + value * own[at], 0),
  );
  return bestOf(likeness, count, [item]);
}

/** Ratings less what the means say of them; what was taken as it is. */
export function inputsOf({ ratings, means }: Pick<Recommender, 'ratings' | 'means'>): Lists {
  if (!means) return ratings;
  return mapped(ratings, (user, item, rating) => rating - means.mean - means.users[user] - means.items[item]);
}

/** Lists as a model takes them. */
export function examplesOf({ starts, columns, values }: Lists) {
  return { values, places: { starts, columns }, count: starts.length - 1 };
}

/** A list for each item, with nothing but it. */
function eachAlone(items: number): Lists {
  return {
    starts: Int32Array.from({ length: items + 1 }, (_, at) => at),
    columns: Int32Array.from({ length: items }, (_, at) => at),
    values: new Float32Array(items).fill(1),
  };
}

function memberFor({ members }: Recommender, side: Member['side']): Member {
  const member = members.find((one) => one.side === side);
  if (!member) throw new Error(`internal: a recommender without a model of rows of ${side}`);
  return member;
}

async function rebuilt({ runner, parameters }: Member, lists: Lists): Promise<Float32Array> {
  return (await runner.reconstruct(parameters, examplesOf(lists))).reconstruction;
}

/** What a model of items says of the chosen users: `[chosen, items]`. */
async function ofChosen(member: Member, byItem: Lists, chosen: Int32Array): Promise<Float32Array> {
  const items = byItem.starts.length - 1;
  const [users] = member.model.blueprint.shape;
  const told = new Float32Array(chosen.length * items);
  const block = Math.max(1, Math.floor(MOST_SCORES / users));
  for (let start = 0; start < items; start += block) {
    const rows = Int32Array.from({ length: Math.min(block, items - start) }, (_, at) => start + at);
    const ofAll = await rebuilt(member, takeLists(byItem, rows));
    for (const [at, user] of chosen.entries())
      for (const item of rows) told[at * items + item] = ofAll[(item - start) * users + user];
  }
  return told;
}

/** With what the means say. */
function finished(told: Float32Array, { means }: Recommender, level: number): Float32Array {
  if (!means) return told;
  const { mean, items } = means;
  return told.map((value, item) => value + mean + level + items[item]);
}

/** A score as the rating that is to be expected, where there are ratings. Lists are ordered by the score itself. */
export function ratingOf({ means }: Pick<Recommender, 'means'>, score: number): number {
  return means ? withinRatings(means, score) : score;
}
