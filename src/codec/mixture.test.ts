import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { countingDecider } from './decisions.ts';
import { freshState, makeMixture } from './mixture.ts';

/** Bits that a row of decisions takes, each with its contexts. */
function bitsOf(decisions: readonly (readonly [bit: number, contexts: readonly number[]])[], contexts: number): number {
  const decider = countingDecider();
  const inputs = decisions[0][1].length;
  const mixture = makeMixture(freshState(contexts, 1, inputs), inputs);
  for (const [bit, places] of decisions) {
    decider.decide(mixture.predict(places, 0), bit);
    mixture.learn(bit);
  }
  return decider.bits();
}

test.each([0.5, 0.2, 0.03, 0.002])('decisions of a chance of %f come to take what their entropy says', (chance) => {
  const random = createRandom(3);
  const count = 100_000;
  const decisions = Array.from({ length: count }, () => [random.uniform() < chance ? 1 : 0, [0, 1]] as const);
  const entropy = -(chance * Math.log2(chance) + (1 - chance) * Math.log2(1 - chance));
  // Chances follow the last hundred decisions: what they stray by is the price of following.
  expect(bitsOf(decisions, 2) / count).toBeLessThan(1.03 * entropy + 0.001);
});

test('of two contexts, the one that tells more is heard', () => {
  const random = createRandom(5);
  const count = 20_000;
  const decisions = Array.from({ length: count }, () => {
    const telling = random.integer(2);
    const bit = random.uniform() < (telling === 1 ? 0.95 : 0.05) ? 1 : 0;
    return [bit, [telling, 2 + random.integer(50)]] as const;
  });
  const entropy = -(0.05 * Math.log2(0.05) + 0.95 * Math.log2(0.95));
  expect(bitsOf(decisions, 60) / count).toBeLessThan(1.1 * entropy);
});

test('no decision is taken for certain, however often it was the same', () => {
  const mixture = makeMixture(freshState(2, 1, 2), 2);
  for (let time = 0; time < 10_000; time++) {
    mixture.predict([0, 1], 0);
    mixture.learn(1);
  }
  const chance = mixture.predict([0, 1], 0);
  expect(chance).toBeGreaterThan(65_000);
  expect(chance).toBeLessThan(65_536);
});

test('the first chances stay what they are: files were written with them', () => {
  const mixture = makeMixture(freshState(8, 2, 3), 3);
  const random = createRandom(1);
  const chances: number[] = [];
  for (let time = 0; time < 40; time++) {
    const bit = random.uniform() < 0.3 ? 1 : 0;
    chances.push(mixture.predict([time % 3, 3 + (time % 2), 5 + bit], time % 2));
    mixture.learn(bit);
  }
  expect(chances.slice(-8)).toMatchInlineSnapshot(`
    [
      4112,
      37783,
      4214,
      3015,
      46075,
      3108,
      3122,
      1930,
    ]
  `);
});
