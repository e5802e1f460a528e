import { expect, test } from 'vitest';
import type { TextPair } from '../../data/texts.ts';
import { translationMemory } from './translation-memory.ts';

const PAIRS: readonly TextPair[] = [
  { from: 'the dog sleeps', to: 'le chien dort' },
  { from: 'the dog eats the apple', to: 'le chien mange la pomme' },
  { from: 'the cat sleeps in the house', to: 'le chat dort dans la maison' },
  { from: 'the old cat eats', to: 'le vieux chat mange' },
];

test('a known line has its known translation', () => {
  const recall = translationMemory(PAIRS);
  for (const { from, to } of PAIRS) expect(recall(from)).toBe(to);
});

test('the order and number of words do not count, rare words more than common ones', () => {
  const recall = translationMemory(PAIRS);
  expect(recall('sleeps dog dog the')).toBe('le chien dort');
  // "house" is in one line; "the", "dog" and "eats" are in more.
  expect(recall('the dog eats in a house')).toBe('le chat dort dans la maison');
  expect(recall('apple')).toBe('le chien mange la pomme');
});

test('of two lines with a word, the one with less besides', () => {
  expect(translationMemory(PAIRS)('sleeps')).toBe('le chien dort');
  expect(translationMemory(PAIRS.toReversed())('sleeps')).toBe('le chien dort');
});

test('words that it never saw, or that all lines have, are passed over; there is always an answer', () => {
  const recall = translationMemory(PAIRS);
  expect(recall('zebras like the apple')).toBe('le chien mange la pomme');
  const answers = PAIRS.map(({ to }) => to);
  for (const text of ['zebras run', 'the', '', '…']) expect(answers).toContain(recall(text));
});

test('a word of more than a thousand lines and a tenth of them is passed over, too', () => {
  const many = Array.from({ length: 1500 }, (_, at) => ({
    from: `${at < 400 ? 'other' : 'same'} word${at}`,
    to: `line ${at}`,
  }));
  const recall = translationMemory(many);
  expect(recall('same word700')).toBe('line 700');
  expect(recall('same')).toBe('line 0');
  expect(recall('other')).toBe('line 0');
  expect(translationMemory(many.slice(1))('other')).toBe('line 1');
});
