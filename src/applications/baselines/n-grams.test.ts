import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { countNGrams, logChancesOf } from './n-grams.ts';

test('chances by hand: what came after, mixed with the next shorter run by how many kinds came after', () => {
  // Of 3 tokens: 0 1 0 1 2. After nothing: 0 twice, 1 twice, 2 once, of 5; three kinds.
  const grams = countNGrams([[0, 1, 0, 1, 2]], 2, 3);
  const alone = [2, 2, 1].map((count) => (count + 3 * (1 / 3)) / (5 + 3));
  // After 1: 0 once, 2 once; after the beginning: 0 once.
  const after1 = [1, 0, 1].map((count, token) => (count + 2 * alone[token]) / (2 + 2));
  const first = [1, 0, 0].map((count, token) => (count + 1 * alone[token]) / (1 + 1));
  const chances = [0, 1, 2].map((token) => logChancesOf(grams, [1, token]).map(Math.exp));
  for (const [token, [begin, then]] of chances.entries()) {
    expect(begin).toBeCloseTo(first[1], 12);
    expect(then).toBeCloseTo(after1[token], 12);
  }
  // Nothing came after 2: as after nothing.
  expect(Math.exp(logChancesOf(grams, [2, 1])[1])).toBeCloseTo(alone[1], 12);
});

describe.each([1, 2, 3, 6])('runs of %i', (order) => {
  const random = createRandom(order);
  const texts = Array.from({ length: 30 }, () => Array.from({ length: random.integer(12) }, () => random.integer(5)));
  const grams = countNGrams(texts, order, 7);

  test.each([
    ['the beginning', []],
    ['a run that was seen', [...(texts.find((text) => text.length > 6) ?? [])]],
    ['a run that was not', [0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0]],
    ['tokens that were never there', [6, 5, 6]],
    ['a token that was there after one that was not', [6, 1]],
  ])('after %s, chances are above 0 and sum to 1', (_, history) => {
    const chances = Array.from({ length: 7 }, (_, token) =>
      Math.exp(logChancesOf(grams, [...history, token])[history.length]),
    );
    expect(Math.min(...chances)).toBeGreaterThan(0);
    expect(chances.reduce((sum, chance) => sum + chance)).toBeCloseTo(1, 12);
  });
});

test('nothing learned: all tokens are as likely', () => {
  expect(logChancesOf(countNGrams([], 3, 4), [0, 3])).toEqual([-Math.log(4), -Math.log(4)]);
});

test('longer runs tell text with long repeats better, and text at random worse', () => {
  const random = createRandom(7);
  // Which token ends a block is told by its first, four before.
  const repeats = (count: number): number[][] =>
    Array.from({ length: count }, () =>
      Array.from({ length: 6 }, () => {
        const which = random.integer(3);
        return [which, 4, 4, 4, 5 + which];
      }).flat(),
    );
  const noise = (count: number): number[][] =>
    Array.from({ length: count }, () => Array.from({ length: 30 }, () => random.integer(8)));
  const costOf = (order: number, [learned, others]: readonly number[][][]): number => {
    const grams = countNGrams(learned, order, 8);
    return -others.flatMap((text) => logChancesOf(grams, text)).reduce((sum, logChance) => sum + logChance, 0);
  };
  const long = [repeats(50), repeats(10)];
  expect(costOf(3, long)).toBeLessThan(costOf(1, long));
  expect(costOf(5, long)).toBeLessThan(0.6 * costOf(3, long));
  const random8 = [noise(50), noise(10)];
  expect(costOf(5, random8)).toBeGreaterThan(costOf(1, random8));
  // Nothing is known better than that they are all as likely.
  expect(costOf(1, random8)).toBeGreaterThan(0.99 * 300 * Math.log(8));
});
