import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { TextPair } from '../../data/texts.ts';
import { wordByWord, wordsOf } from './word-by-word.ts';

const DICTIONARY: Readonly<Record<string, string>> = {
  one: 'un',
  two: 'deux',
  three: 'trois',
  four: 'quatre',
  five: 'cinq',
  six: 'six',
  seven: 'sept',
  '.': '.',
};

/** Three to five words in the other language, in another order. */
function pairs(count: number): TextPair[] {
  const random = createRandom(1);
  const words = Object.keys(DICTIONARY).filter((word) => word !== '.');
  return Array.from({ length: count }, () => {
    const from = Array.from({ length: 3 + random.integer(3) }, () => words[random.integer(words.length)]);
    const order = random.permutation(from.length);
    return { from: `${from.join(' ')}.`, to: `${Array.from(order, (at) => DICTIONARY[from[at]]).join(' ')}.` };
  });
}

test('learns a dictionary from lines whose words are in another order', () => {
  const tell = wordByWord(pairs(200));
  for (const [word, other] of Object.entries(DICTIONARY)) expect(tell(word)).toBe(other);
  expect(tell('seven two one six.')).toBe('sept deux un six.');
});

test('two pairs tell by what they have in common: the rounds settle the rest', () => {
  // "la" stands beside both; what is left of the second is "fleur" and "flower".
  const tell = wordByWord([
    { from: 'the house', to: 'la maison' },
    { from: 'the flower', to: 'la fleur' },
  ]);
  expect(tell('the')).toBe('la');
  expect(tell('house')).toBe('maison');
  expect(tell('the flower the house')).toBe('la fleur la maison');
});

test('a word that is not known stays, marks are joined again, and nothing is nothing', () => {
  const tell = wordByWord(pairs(200));
  expect(tell('one, zero two!')).toBe('un, zero deux!');
  expect(tell('')).toBe('');
  expect(wordByWord([])("l'eau est là.")).toBe("l'eau est là.");
});

test('words: marks apart, elisions with their mark, accents composed', () => {
  expect(wordsOf("L'école, c'est « 12 »…")).toEqual(["L'", 'école', ',', "c'", 'est', '«', '12', '»', '…']);
  expect(wordsOf('e\u0301te\u0301')).toEqual(['été']);
  expect(wordsOf('  ')).toEqual([]);
});
