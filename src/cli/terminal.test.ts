import { expect, test } from 'vitest';
import { placeLines } from './terminal.ts';

test('places are aligned, and those that there are not take no room', () => {
  expect(placeLines({ Codes: 'a.csv', Report: 'b.html', Model: 'c' })).toEqual([
    'Codes:  a.csv',
    'Report: b.html',
    'Model:  c',
  ]);
  expect(placeLines({ Codes: 'a.csv', Recommender: undefined })).toEqual(['Codes: a.csv']);
});
