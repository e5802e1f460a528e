import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { TableSource } from './dataset.ts';
import { listsOf, readRatings, rowsOf, splitLists, takeLists, transposed } from './ratings.ts';

function tableOf(names: readonly string[], rows: readonly (readonly (string | null)[])[]): TableSource {
  return {
    form: 'table',
    name: 'films.csv',
    rows: rows.length,
    columns: names.map((name, at) => ({ type: 'category', name, values: rows.map((row) => row[at]) })),
  };
}

const FILMS = tableOf(
  ['item', 'rating', 'user', 'time'],
  [
    ['jaws', '4', 'ann', '1'],
    ['alien', '2.5', 'bob', '2'],
    ['alien', '5', 'ann', '3'],
    ['heat', '1', 'bob', '4'],
  ],
);

test('columns are found by name in any order, and each list is in order of the items', () => {
  const { users, items, starts, columns, values, form } = readRatings(FILMS);
  expect({ users, items, form }).toEqual({
    users: ['ann', 'bob'],
    items: ['jaws', 'alien', 'heat'],
    form: 'ratings',
  });
  expect([...starts]).toEqual([0, 2, 4]);
  expect([...columns]).toEqual([0, 1, 1, 2]);
  expect([...values]).toEqual([4, 5, 2.5, 1]);
});

test('columns may be named; without names the first three are taken, of any table and of numbers', () => {
  const other = tableOf(
    ['who', 'what'],
    [
      ['1', 'a'],
      ['2', 'b'],
    ],
  );
  expect(readRatings(other, { columns: ['what', 'who'] }).users).toEqual(['a', 'b']);
  const values = Float32Array.from([196, 242, 3, 881, 186, 302, 4, 891]);
  const found = readRatings({ form: 'array', name: 'u.npy', values, shape: [2, 4] });
  expect(found.users).toEqual(['196', '186']);
  expect([...found.values]).toEqual([3, 4]);
});

test('from a threshold on a rating is one taken; below it the item was seen and not taken', () => {
  const { form, values } = readRatings(FILMS, { takenFrom: 4 });
  expect(form).toBe('taken');
  expect([...values]).toEqual([1, 1, 0, 0]);
});

test('without ratings, what was taken twice was taken', () => {
  const events = tableOf(
    ['user', 'item'],
    [
      ['a', 'x'],
      ['b', 'y'],
      ['a', 'x'],
      ['a', 'y'],
    ],
  );
  const { form, columns, values } = readRatings(events);
  expect(form).toBe('taken');
  expect([...columns]).toEqual([0, 1, 1]);
  expect([...values]).toEqual([1, 1, 1]);
});

test.each([
  [
    'an empty rating',
    [['ann', 'jaws', null]],
    'rating 1 column "rating": expected a rating, which is a number, got nothing',
  ],
  ['a word for a rating', [['ann', 'jaws', 'good']], 'got "good"'],
  ['an infinite rating', [['ann', 'jaws', 'inf']], 'got "inf"'],
  ['no name', [['ann', null, '3']], 'rating 1 column "item": expected a name, got nothing'],
  [
    'one user',
    [
      ['ann', 'jaws', '3'],
      ['ann', 'heat', '2'],
    ],
    'expected at least 2 users',
  ],
  [
    'one item',
    [
      ['ann', 'jaws', '3'],
      ['bob', 'jaws', '2'],
    ],
    'expected at least 2 items',
  ],
  [
    'a pair rated twice',
    [
      ['ann', 'jaws', '3'],
      ['bob', 'heat', '2'],
      ['ann', 'jaws', '5'],
    ],
    'got several of item "jaws" by user "ann"',
  ],
] as const)('%s is refused', (_, rows, message) => {
  expect(() => readRatings(tableOf(['user', 'item', 'rating'], rows))).toThrow(message);
});

test('columns that are not there are refused by name, and so are too few', () => {
  expect(() => readRatings(FILMS, { columns: ['user', 'film', 'rating'] })).toThrow('got "film"');
  expect(() => readRatings(FILMS, { columns: ['user'] })).toThrow('give two or three');
  expect(() => readRatings(tableOf(['user'], [['a'], ['b']]))).toThrow('expected columns of users');
  expect(() => readRatings(FILMS, { takenFrom: 9 })).toThrow('expected ratings from 9 on');
});

test('turned twice, lists are as they were; parts of a split are all of them', () => {
  const random = createRandom(1);
  const pairs = [...random.permutation(35)].slice(0, 20);
  const lists = listsOf(
    5,
    pairs.map((at) => at % 5),
    pairs.map((at) => Math.floor(at / 5)),
    pairs.map(() => random.normal()),
  );
  expect(transposed(transposed(lists, 7), 5)).toEqual(lists);
  const { kept, held } = splitLists(lists, 0.25, random);
  expect([kept.values.length, held.values.length]).toEqual([15, 5]);
  const both = listsOf(
    5,
    [...rowsOf(kept), ...rowsOf(held)],
    [...kept.columns, ...held.columns],
    [...kept.values, ...held.values],
  );
  expect(both).toEqual(lists);
  const two = takeLists(lists, Int32Array.of(3, 0));
  expect(two.values).toEqual(
    Float32Array.of(
      ...lists.values.subarray(lists.starts[3], lists.starts[4]),
      ...lists.values.subarray(lists.starts[0], lists.starts[1]),
    ),
  );
});
