import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { makeSentences } from './sentences.ts';

const parts = (['train', 'test'] as const).map((part) => {
  const [text, translation] = makeSentences(part, createRandom(3)).map(({ values }) => values as string[]);
  return { text, translation };
});
const [train, held] = parts;
const all = parts.flatMap(({ text, translation }) => text.map((en, at) => ({ en, fr: translation[at] })));

test('a seed fixes the sentences, all different', () => {
  expect(makeSentences('test', createRandom(3))[0].values).toEqual(held.text);
  expect(makeSentences('test', createRandom(4))[0].values).not.toEqual(held.text);
  expect([train.text.length, held.text.length]).toEqual([8000, 500]);
  expect(new Set(all.map(({ en }) => en)).size).toBe(8500);
});

test('nothing is said in French that French does not say', () => {
  const refused: readonly [string, RegExp][] = [
    ['le, la, je, ne, de before a vowel', /(^| )(le|la|je|ne|de|ce|ma|ta|beau|nouveau) [aeéèêiouhœ]/],
    ['de le, de les, de des', /(^| )de (le|les|des|de|une?)( |$)/],
    ['un or des after a negation', / pas (un|une|des) /],
    ['a number with a singular', /(^| )(deux|trois|quatre|dix) [^ ]*[^sxz ]( |$)/],
    ['words that are not there', /undefined| {2}|^ | $/],
  ];
  for (const [what, pattern] of refused)
    expect([what, all.find(({ fr }) => pattern.test(fr))]).toEqual([what, undefined]);
});

test('adjectives agree and stand where they belong', () => {
  const found = (en: string): (string | undefined)[] => all.filter((pair) => pair.en.includes(en)).map(({ fr }) => fr);
  for (const [en, fr] of [
    ['the old man ', 'le vieil homme '],
    ['the beautiful birds ', 'les beaux oiseaux '],
    ['the happy queen ', 'la reine heureuse '],
    ['the white horses ', 'les chevaux blancs '],
    ['my friend ', 'mon amie '],
    ['this child ', 'cet enfant '],
    ['clever women', 'femmes intelligentes'],
  ]) {
    expect(found(en).length, en).toBeGreaterThan(0);
    for (const sentence of found(en)) expect(sentence).toContain(fr.trim());
  }
});

test('the order of words differs, and so does their number', () => {
  const words = (text: string): number => text.split(/[ ']/).length;
  expect(all.filter(({ en, fr }) => words(en) !== words(fr)).length).toBeGreaterThan(2000);
  const lengths = all.map(({ en }) => words(en));
  expect(Math.min(...lengths)).toBeLessThan(4);
  expect(Math.max(...lengths)).toBeGreaterThan(12);
});
