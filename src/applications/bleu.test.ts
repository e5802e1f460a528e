import { expect, test } from 'vitest';
import { bleu } from './bleu.ts';

test('the same is 100, and where no word is shared it is 0', () => {
  const lines = ['the cat sat on the mat .', 'two dogs play in the snow'];
  expect(bleu(lines, lines)).toBeCloseTo(100, 10);
  expect(bleu(['a b c d e'], ['v w x y z'])).toBe(0);
  expect(bleu([], [])).toBe(0);
  expect(bleu(['', ''], lines)).toBe(0);
});

test('shared runs of all lines are counted together: a corpus worked out by hand', () => {
  // Runs of 1: 5 of 6 and 4 of 4; of 2: 3 of 5 and 3 of 3; of 3: 1 of 4 and 2 of 2; of 4: 0 of 3 and 1 of 1.
  const told = ['the cat sat on a mat', 'we go home now'];
  const wanted = ['the cat sat upon a mat', 'we go home now'];
  const precisions = [9 / 10, 6 / 8, 3 / 6, 1 / 4];
  const mean = precisions.reduce((product, precision) => product * precision, 1) ** (1 / 4);
  expect(bleu(told, wanted)).toBeCloseTo(100 * mean, 10);
  // The order of the lines does not count, which line stands beside which does.
  expect(bleu(told.toReversed(), wanted.toReversed())).toBeCloseTo(100 * mean, 10);
  expect(bleu(told, wanted.toReversed())).toBeLessThan(1);
});

test('a word counts no more often than the reference has it', () => {
  // Of seven "the", two are shared; of six pairs one would be, but "the the" is not there: 1/2, 1/4 and 1/8 instead.
  const told = 'the the the the the the the';
  const wanted = 'the cat is on the mat';
  const mean = ((2 / 7) * (1 / 2 / 6) * (1 / 4 / 5) * (1 / 8 / 4)) ** (1 / 4);
  expect(bleu([told], [wanted])).toBeCloseTo(100 * mean, 10);
});

test('what is shorter than the reference pays e^(1 − r/c); what is longer pays by its runs alone', () => {
  expect(bleu(['a b c d e'], ['a b c d e f g'])).toBeCloseTo(100 * Math.exp(1 - 7 / 5), 10);
  const longer = ((5 / 7) * (4 / 6) * (3 / 5) * (2 / 4)) ** (1 / 4);
  expect(bleu(['a b c d e f g'], ['a b c d e'])).toBeCloseTo(100 * longer, 10);
  // Lengths are those of all lines together: a longer line makes up for a shorter one.
  const together = ((9 / 10) * (7 / 8) * (5 / 6) * (3 / 4)) ** (1 / 4);
  expect(bleu(['a b c d', 'v w x y z z'], ['a b c d e', 'v w x y z'])).toBeCloseTo(100 * together, 10);
});

test('lines of fewer than four words say nothing of runs of four', () => {
  expect(bleu(['we go home'], ['we go home'])).toBe(0);
  expect(bleu(['we go home', 'a b c d'], ['we go home', 'a b c d'])).toBeCloseTo(100, 10);
});

test.each([
  ['a mark after a word is a word of its own', 'so it ends here at the end.', 'so it ends here at the end .', true],
  ['a mark in a number stays in it', 'pi is about 3.14 or 1,000 less', 'pi is about 3 . 14 or 1 , 000 less', false],
  ['a number ends with its sentence', 'it was in the year 1990.', 'it was in the year 1990 .', true],
  ['a dash after a digit', 'a game of 90-minutes length', 'a game of 90 - minutes length', true],
  ['a dash between letters', 'a well-known game of chess', 'a well - known game of chess', false],
  ['brackets and slashes', 'go (and/or) stay at home', 'go ( and / or ) stay at home', true],
  ['marks written as in pages', 'he said &quot;a &amp; b&quot;', 'he said "a & b"', true],
  ['several spaces', 'two  dogs\tplay in snow', 'two dogs play in snow', true],
  ['capitals', 'Two dogs play in snow', 'two dogs play in snow', false],
])('%s', (_, a, b, isSame) => {
  expect(Math.abs(bleu([a], [b]) - 100) < 1e-9).toBe(isSame);
});

test('as many translations as references', () => {
  expect(() => bleu(['a'], [])).toThrow('internal: 1 translations beside 0 references');
});
