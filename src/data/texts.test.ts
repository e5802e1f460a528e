import { expect, test } from 'vitest';
import { DataError } from '../base/errors.ts';
import type { Source } from './dataset.ts';
import { pairTexts, readTexts } from './texts.ts';

const table: Source = {
  form: 'table',
  name: 'pairs.csv',
  rows: 3,
  columns: [
    { type: 'numeric', name: 'number', values: Float64Array.of(1, 2, 3) },
    { type: 'category', name: 'english', values: ['one', null, 'three'] },
    { type: 'category', name: 'french', values: ['un', 'deux', 'trois'] },
  ],
};
const lines: Source = {
  form: 'table',
  name: 'lines.txt',
  rows: 2,
  columns: [{ type: 'category', name: 'text', values: ['a', 'b'] }],
};
const pictures: Source = { form: 'array', name: 'digits', values: new Uint8Array(4), shape: [1, 1, 2, 2] };

test('the columns named, in that order, or the first ones of text', () => {
  const [english, french] = readTexts(table, 2);
  expect(english).toEqual({ name: 'pairs.csv', texts: ['one', null, 'three'] });
  expect(french).toEqual({ name: 'pairs.csv', texts: ['un', 'deux', 'trois'] });
  expect(readTexts(table, 2, ['french', 'english'])).toEqual([french, english]);
  expect(readTexts(table, 1)).toEqual([english]);
  expect(readTexts(table, 1, ['french'])).toEqual([french]);
});

test.each([
  ['one column for pairs', lines, 2, undefined, /lines.txt: expected 2 columns of text, got 1; .*--into/],
  ['one name for pairs', table, 2, ['french'], 'pairs.csv: expected 2 columns of text, got french'],
  ['two names for texts', table, 1, ['english', 'french'], 'expected a column of text, got english, french'],
  ['a name that is not there', table, 2, ['english', 'frensh'], /column "frensh": .*did you mean french\?/],
  [
    'a column of numbers',
    table,
    1,
    ['number'],
    /column "number": expected a column of text: english, french, got none/,
  ],
  ['no table', pictures, 1, undefined, 'digits: expected a column of text, got 0'],
])('%s: refused', (_, source, count, columns, message) => {
  expect(() => readTexts(source, count, columns)).toThrow(message);
  expect(() => readTexts(source, count, columns)).toThrow(DataError);
});

test('pairs are lines with each other; where one is missing there is none', () => {
  const [english, french] = readTexts(table, 2);
  expect(pairTexts(english, french)).toEqual([
    { from: 'one', to: 'un' },
    { from: 'three', to: 'trois' },
  ]);
  expect(pairTexts(french, english)).toEqual([
    { from: 'un', to: 'one' },
    { from: 'trois', to: 'three' },
  ]);
  expect(pairTexts({ name: 'a', texts: [] }, { name: 'b', texts: [] })).toEqual([]);
});

test('files of different lengths are no pairs', () => {
  const [english] = readTexts(table, 1);
  const [others] = readTexts(lines, 1);
  expect(() => pairTexts(english, others)).toThrow(
    'lines.txt: expected 3 lines, as in pairs.csv: each the translation of the line beside it, got 2',
  );
  expect(() => pairTexts(others, english)).toThrow(DataError);
});
