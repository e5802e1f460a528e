import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { makeRatings } from './ratings.ts';

const [train, held] = (['train', 'test'] as const).map((part) => {
  const [user, item, rating] = makeRatings(part, createRandom(3)).map(({ values }) => values);
  return { user: user as string[], item: item as string[], rating: Array.from(rating as Float64Array) };
});

test('a seed fixes the ratings, and nobody rates anything twice', () => {
  expect(makeRatings('test', createRandom(3))[1].values).toEqual(held.item);
  expect(makeRatings('test', createRandom(4))[1].values).not.toEqual(held.item);
  const pairs = [train, held].flatMap(({ user, item }) => user.map((name, at) => `${name} ${item[at]}`));
  expect(new Set(pairs).size).toBe(40_000);
});

test('the test part is by people of the training part', () => {
  const known = new Set(train.user);
  expect(known.size).toBe(600);
  expect(held.user.every((user) => known.has(user))).toBe(true);
  expect(new Set(train.item).size).toBeGreaterThan(380);
});

test('a few items have most ratings', () => {
  const counts = new Map<string, number>();
  for (const item of train.item) counts.set(item, (counts.get(item) ?? 0) + 1);
  const sorted = [...counts.values()].sort((a, b) => b - a);
  const top = sorted.slice(0, 40).reduce((total, count) => total + count);
  expect(top / 32_000).toBeGreaterThan(0.25);
  expect(sorted[399] ?? 0).toBeLessThan(50);
});

test('ratings are one to five, and depend on the user and the item', () => {
  expect(new Set(train.rating)).toEqual(new Set([1, 2, 3, 4, 5]));
  const overall = train.rating.reduce((total, rating) => total + rating) / 32_000;
  const meanBy = (names: readonly string[]): Map<string, number> => {
    const sums = new Map<string, [number, number]>();
    for (const [at, name] of names.entries()) {
      const [total, count] = sums.get(name) ?? [0, 0];
      sums.set(name, [total + train.rating[at] - overall, count + 1]);
    }
    return new Map([...sums].map(([name, [total, count]]) => [name, total / (count + 5)]));
  };
  const [users, items] = [meanBy(train.user), meanBy(train.item)];
  const errors = (guess: (at: number) => number): number =>
    Math.sqrt(held.rating.reduce((total, rating, at) => total + (rating - guess(at)) ** 2, 0) / 8000);
  const plain = errors(() => overall);
  const byBoth = errors((at) => overall + (users.get(held.user[at]) ?? 0) + (items.get(held.item[at]) ?? 0));
  expect(byBoth).toBeLessThan(0.92 * plain);
  // What is left is taste: more than the noise of 0.6 and the rounding.
  expect(byBoth).toBeGreaterThan(0.75);
});
