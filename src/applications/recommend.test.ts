/** Two groups of users with tastes of their own: who has the tastes of a group gets its items. */
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { listsOf, type Ratings } from '../data/ratings.ts';
import { nodeEngine } from '../engine/node.ts';
import { answerForItems, answersFor, expectedOf, similarTo } from './answers.ts';
import { itemNeighbours, neighbourScores } from './baselines/item-neighbours.ts';
import { fitRatingMeans, meanRating } from './baselines/rating-means.ts';
import { scoresOf, seenBy } from './recommend.ts';
import { recommendationErrors } from './recommendation-error.ts';
import { type FittedRecommender, fitRecommender } from './recommender.ts';
import { decodeRecommender, encodeRecommender } from './recommender-file.ts';

const USERS = 60;
const ITEMS = 24;
const groupOf = (number: number): number => number % 2;

/** Even users like even items; each has seen two thirds of the items of their own, and a few others. */
function tastes(form: Ratings['form']): Ratings {
  const random = createRandom(3);
  const [rows, columns, values]: [number[], number[], number[]] = [[], [], []];
  for (let user = 0; user < USERS; user++)
    for (let item = 0; item < ITEMS; item++) {
      const isOwn = groupOf(user) === groupOf(item);
      if (random.uniform() > (isOwn ? 0.66 : form === 'taken' ? 0.05 : 0.5)) continue;
      rows.push(user);
      columns.push(item);
      values.push(form === 'taken' ? 1 : isOwn ? 4 + random.integer(2) : 1 + random.integer(2));
    }
  return {
    name: 'tastes',
    form,
    users: Array.from({ length: USERS }, (_, at) => `user${at}`),
    items: Array.from({ length: ITEMS }, (_, at) => `item${at}`),
    ...listsOf(USERS, rows, columns, values),
  };
}

const fit = (form: Ratings['form']): Promise<FittedRecommender> =>
  fitRecommender({
    ratings: tastes(form),
    options: { latent: 6, batchSize: 16, epochs: 60, learningRate: 0.01, weightDecay: 0.001, validation: 0.2 },
    top: 5,
    engine: nodeEngine({ threads: 1 }),
    random: createRandom(5),
    clock: () => 0,
  });

const made = {} as Record<Ratings['form'], FittedRecommender>;
beforeAll(async () => {
  made.ratings = await fit('ratings');
  made.taken = await fit('taken');
}, 120_000);

test('ratings are told better than by means, and lists are better than those of popularity', () => {
  const { ratings, taken } = made;
  expect(ratings.errors.model.rmse).toBeLessThan(0.7 * (ratings.errors.popularity.rmse ?? 0));
  expect(ratings.errors.neighbours?.rmse).toBeLessThan(ratings.errors.popularity.rmse ?? 0);
  expect(taken.errors.model.ndcg).toBeGreaterThan(1.3 * (taken.errors.popularity.ndcg ?? 1));
  expect(taken.errors.neighbours?.ndcg).toBeGreaterThan(taken.errors.popularity.ndcg ?? 1);
});

test.each(['ratings', 'taken'] as const)('%s: users get items of their group that they have not seen', async (form) => {
  const { users, items } = made[form].ratings;
  let [own, all] = [0, 0];
  for await (const { user, isKnown, items: found } of answersFor(made[form], users, 2)) {
    const number = users.indexOf(user);
    const seen = [...seenBy(made[form], number)].map((item) => items[item]);
    expect(isKnown).toBe(true);
    expect(found).toHaveLength(2);
    for (const { item } of found) {
      expect(seen).not.toContain(item);
      all++;
      if (groupOf(items.indexOf(item)) === groupOf(number)) own++;
    }
  }
  expect(own / all).toBeGreaterThan(0.9);
});

test.each(['ratings', 'taken'] as const)('%s: somebody new with three items gets more of their group', async (form) => {
  const found = await answerForItems(made[form], ['item1', 'item3', 'item5'], 4);
  expect(found).toHaveLength(4);
  expect(found.filter(({ item }) => groupOf(Number(item.slice(4))) === 1).length).toBeGreaterThanOrEqual(3);
  expect(found.map(({ item }) => item)).not.toContain('item3');
});

test.each(['ratings', 'taken'] as const)('%s: similar items are those of the group', async (form) => {
  const found = await similarTo(made[form], 'item4', 5);
  expect(found.filter(({ item }) => groupOf(Number(item.slice(4))) === 0).length).toBeGreaterThanOrEqual(4);
  expect(found.map(({ item }) => item)).not.toContain('item4');
});

test('no rating beyond the best is told, and items that would be are still in their order', async () => {
  const { users } = made.ratings.ratings;
  const means = {
    mean: 3,
    users: new Float64Array(USERS).fill(1.5),
    items: new Float64Array(ITEMS),
    least: 1,
    most: 5,
  };
  const generous = { ...made.ratings, means };
  let beyond = 0;
  for await (const { user, items } of answersFor(generous, users, 4)) {
    const number = users.indexOf(user);
    const { value } = await scoresOf(generous, Int32Array.of(number)).next();
    const scores = items.map(({ item }) => value?.scores[Number(item.slice(4))] ?? Number.NaN);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    if (scores[1] > 5) beyond++;
    for (const { score } of items) expect(score).toBeLessThanOrEqual(5);
    const [told] = await expectedOf(generous, [[user, items[0].item]]);
    expect(told).toBe(items[0].score);
  }
  expect(beyond).toBeGreaterThan(5);
});

test('somebody who is not known gets what most like', async () => {
  const answers = [];
  for await (const answer of answersFor(made.taken, ['user1', 'nobody', 'user0'], 3)) answers.push(answer);
  expect(answers.map(({ user, isKnown }) => [user, isKnown])).toEqual([
    ['user1', true],
    ['nobody', false],
    ['user0', true],
  ]);
  const counts = new Float64Array(ITEMS);
  for (const item of made.taken.ratings.columns) counts[item]++;
  expect(answers[1].items[0].score).toBe(Math.max(...counts));
});

test('a rating given with an item counts: disliked items of a group lead to the other', async () => {
  const found = await answerForItems(made.ratings, ['item1=1', 'item3=1', 'item5=1', 'item7=1', 'item2=5'], 4);
  expect(found.filter(({ item }) => groupOf(Number(item.slice(4))) === 0).length).toBeGreaterThanOrEqual(3);
});

test.each([
  ['item99', 'did you mean item9?'],
  ['xylophone', 'choose one of those'],
])('item %s, that nobody has rated, is refused', async (item, message) => {
  await expect(answerForItems(made.taken, [item], 3)).rejects.toThrow(message);
  await expect(similarTo(made.taken, item, 3)).rejects.toThrow('nobody has rated');
});

test('pairs: the rating that is expected, and the means where one of them is not known', async () => {
  const [own, other, newItem, newUser] = await expectedOf(made.ratings, [
    ['user3', 'item7'],
    ['user3', 'item8'],
    ['user3', 'item99'],
    ['nobody', 'item7'],
  ]);
  const { means } = made.ratings;
  expect(own).toBeGreaterThan(3.5);
  expect(other).toBeLessThan(2.5);
  expect(newItem).toBeCloseTo((means?.mean ?? 0) + (means?.users[3] ?? 0), 6);
  expect(newUser).toBeCloseTo((means?.mean ?? 0) + (means?.items[7] ?? 0), 6);
  expect(await expectedOf(made.taken, [['nobody', 'item7']])).toEqual(Float64Array.of(0));
});

test('its file brings it back, with users and items numbered as before', async () => {
  const { ratings } = made.ratings;
  const saved = decodeRecommender(
    new TextDecoder().decode(encodeRecommender(made.ratings, ['a.safetensors', 'b.safetensors'])),
    'r.json',
  );
  // As read from a table: numbered in the order in which they come.
  const order = Array.from({ length: ITEMS }, (_, at) => (at * 7) % ITEMS);
  const shuffled = {
    ...ratings,
    items: order.map((item) => ratings.items[item]),
    columns: ratings.columns.map((item) => order.indexOf(item)),
  };
  const again = saved.assemble(made.ratings.members, shuffled);
  expect(again.ratings).toEqual({ ...ratings });
  const scores = async (one: typeof again) => (await scoresOf(one, Int32Array.of(7)).next()).value?.scores;
  expect(await scores(again)).toEqual(await scores(made.ratings));
  expect(() => saved.assemble(made.taken.members, ratings)).toThrow('make it anew');
  expect(() => decodeRecommender('{}', 'r.json')).toThrow('a recommender with a valid');
});

test('what is held out is measured with what is left', async () => {
  const { errors } = made.taken;
  const again = await recommendationErrors({
    recommender: made.taken,
    held: made.taken.held,
    top: 5,
    random: createRandom(1),
  });
  // Made with everything, it leaves out as seen what was held out, and finds none of it.
  expect(again.model.ndcg).toBe(0);
  expect(errors.measured).toBeGreaterThan(40);
});

test('means: a user above others and an item below', () => {
  const lists = listsOf(2, [0, 0, 1, 1], [0, 1, 0, 1], [5, 3, 4, 2]);
  const means = fitRatingMeans(lists, 3);
  expect(means.mean).toBe(3.5);
  expect(means.users[0]).toBeCloseTo(-means.users[1], 6);
  expect(meanRating(means, 0, 0)).toBeGreaterThan(meanRating(means, 1, 0));
  expect(meanRating(means, 0, 0)).toBeGreaterThan(meanRating(means, 0, 1));
  expect(means.items[2]).toBe(0);
});

test('neighbours: cosines of items by their users, shrunk where few have both', () => {
  // Items 0 and 1 have users 0 and 1 in common; item 2 has user 0 only.
  const lists = listsOf(3, [0, 0, 0, 1, 1, 2], [0, 1, 2, 0, 1, 0], [1, 1, 1, 1, 1, 1]);
  const { items, similarities } = itemNeighbours(lists, 3, 2, 0);
  expect([...items]).toEqual([1, 2, 0, 2, 1, 0]);
  expect(similarities[0]).toBeCloseTo(2 / Math.sqrt(6), 6);
  expect(similarities[1]).toBeCloseTo(1 / Math.sqrt(3), 6);
  const shrunk = itemNeighbours(lists, 3, 2, 2);
  expect(shrunk.similarities[0]).toBeCloseTo((2 / Math.sqrt(6)) * (2 / 4), 6);
  expect(neighbourScores({ kept: 2, items, similarities }, 2, Int32Array.of(2))[0]).toBeCloseTo(1 / Math.sqrt(3), 6);
});
