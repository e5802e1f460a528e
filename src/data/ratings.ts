/**
 * Who rated what, or took what, as lists: of the pairs that are not there nothing is kept.
 *
 *   rows `user, item[, rating]` ── names to numbers ── each user's items, one user after the other
 */
import { DataError, OptionError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { parseNumber } from './columns/builder.ts';
import type { Column, Source, TableSource } from './dataset.ts';
import { numbering } from './numbering.ts';

/** Numbers of rows by numbers of columns, of which only those that are there are listed. */
export interface Lists {
  /** Where each row's entries begin, and where the last one's end: `[rows + 1]`. */
  readonly starts: Int32Array;
  /** Of each entry: ascending in a row, none twice. */
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

export interface Ratings extends Lists {
  readonly name: string;
  /** Names of the rows. */
  readonly users: readonly string[];
  /** Names of the columns. */
  readonly items: readonly string[];
  /**
   * `ratings`: values say how much an item was liked, and what is not there is not known. `taken`: it was taken (1), or seen and not
   * taken (0); what is not there was not taken either.
   */
  readonly form: 'ratings' | 'taken';
}

export interface RatingsOptions {
  /** Names of the columns of users, of items and, where there is one, of ratings. */
  readonly columns?: readonly string[];
  /** Ratings from this one on count as taken, others are left out; without one, ratings are ratings. */
  readonly takenFrom?: number;
}

/**
 * Reads a table: the columns named, or those called `user`, `item` and `rating`, or the first three. A table of two columns says what was
 * taken.
 *
 * @throws DataError for a missing name or rating, a rating that is no number, a pair rated twice, fewer than 2 users or items.
 */
export function readRatings(source: Source, { columns, takenFrom }: RatingsOptions = {}): Ratings {
  const [userCells, itemCells, ratingCells] = chosenColumns(source, columns).map((column) => ({
    name: column.name,
    texts: textsOf(column),
  }));
  const { name } = source;
  const users = numbering();
  const items = numbering();
  const rows: number[] = [];
  const places: number[] = [];
  const values: number[] = [];
  for (const at of userCells.texts.keys()) {
    const user = users.of(named(name, at, userCells));
    const item = items.of(named(name, at, itemCells));
    const rating = ratingCells ? numberAt(name, at, ratingCells) : 1;
    rows.push(user);
    places.push(item);
    values.push(takenFrom === undefined ? rating : rating < takenFrom ? 0 : 1);
  }
  const form = ratingCells && takenFrom === undefined ? 'ratings' : 'taken';
  requireTwo(name, 'users', users.names.length);
  requireTwo(name, 'items', items.names.length);
  if (form === 'taken' && !values.includes(1))
    throw new DataError({
      where: name,
      expected: `ratings from ${takenFrom} on`,
      got: 'none',
      fix: 'lower --implicit',
    });
  const lists = listsOf(users.names.length, rows, places, values);
  const ratings = { name, users: users.names, items: items.names, form, ...lists } as const;
  return form === 'ratings' ? withoutDoubles(ratings) : once(ratings);
}

/** The entries of each row, rows and then columns in order. */
export function listsOf(
  count: number,
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
  values: ArrayLike<number>,
): Lists {
  const order = Int32Array.from({ length: rows.length }, (_, at) => at).sort(
    (a, b) => rows[a] - rows[b] || columns[a] - columns[b],
  );
  const starts = new Int32Array(count + 1);
  for (let at = 0; at < rows.length; at++) starts[rows[at] + 1]++;
  for (let row = 0; row < count; row++) starts[row + 1] += starts[row];
  return {
    starts,
    columns: order.map((at) => columns[at]),
    values: Float32Array.from(order, (at) => values[at]),
  };
}

/** The row of every entry. */
export function rowsOf({ starts, columns }: Lists): Int32Array {
  const rows = new Int32Array(columns.length);
  for (let row = 0; row + 1 < starts.length; row++) rows.fill(row, starts[row], starts[row + 1]);
  return rows;
}

/** Columns as rows: of `width` columns. */
export function transposed(lists: Lists, width: number): Lists {
  return listsOf(width, lists.columns, rowsOf(lists), lists.values);
}

/** These rows, in this order. */
export function takeLists({ starts, columns, values }: Lists, rows: Int32Array): Lists {
  const begun = new Int32Array(rows.length + 1);
  for (const [at, row] of rows.entries()) begun[at + 1] = begun[at] + starts[row + 1] - starts[row];
  const taken = {
    starts: begun,
    columns: new Int32Array(begun[rows.length]),
    values: new Float32Array(begun[rows.length]),
  };
  for (const [at, row] of rows.entries()) {
    taken.columns.set(columns.subarray(starts[row], starts[row + 1]), begun[at]);
    taken.values.set(values.subarray(starts[row], starts[row + 1]), begun[at]);
  }
  return taken;
}

/** The same entries with other values, which `map` makes of row, column and value. */
export function mapped(lists: Lists, map: (row: number, column: number, value: number) => number): Lists {
  const rows = rowsOf(lists);
  return { ...lists, values: lists.values.map((value, at) => map(rows[at], lists.columns[at], value)) };
}

/** A random `fraction` of all entries set aside. */
export function splitLists(lists: Lists, fraction: number, random: Random): { kept: Lists; held: Lists } {
  const order = random.permutation(lists.values.length);
  const count = Math.round(fraction * order.length);
  const rows = rowsOf(lists);
  const part = (chosen: Int32Array): Lists =>
    listsOf(
      lists.starts.length - 1,
      chosen.map((at) => rows[at]),
      chosen.map((at) => lists.columns[at]),
      Float32Array.from(chosen, (at) => lists.values[at]),
    );
  return { kept: part(order.subarray(count)), held: part(order.subarray(0, count)) };
}

interface Cells {
  readonly name: string;
  readonly texts: readonly (string | null)[];
}

function chosenColumns(source: Source, names: readonly string[] | undefined): Column[] {
  const table = asTable(source);
  const { columns } = table;
  const find = (name: string): Column | undefined =>
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (names) return namedColumns(table, names, find);
  const [user, item, rating] = ['user', 'item', 'rating'].map(find);
  if (user && item) return rating ? [user, item, rating] : [user, item];
  if (columns.length >= 2) return columns.slice(0, 3);
  throw new DataError({
    where: table.name,
    expected: 'columns of users, of items and of ratings',
    got: columns.map(({ name }) => JSON.stringify(name)).join(', '),
    fix: 'name them: --columns user,item,rating',
  });
}

function namedColumns(
  { name: where, columns }: TableSource,
  names: readonly string[],
  find: (name: string) => Column | undefined,
): Column[] {
  if (names.length !== 2 && names.length !== 3)
    throw new OptionError({
      where: '--columns',
      expected: 'the columns of users, of items and, where there is one, of ratings',
      got: names.join(','),
      fix: 'give two or three: --columns user,item,rating',
    });
  return names.map((name) => {
    const column = find(name);
    if (column) return column;
    throw new DataError({
      where,
      expected: `one of the columns ${columns.map((known) => JSON.stringify(known.name)).join(', ')}`,
      got: JSON.stringify(name),
      fix: 'name the columns as the table does',
    });
  });
}

/** Rows of numbers as columns `user`, `item`, `rating`. */
function asTable(source: Source): TableSource {
  if (source.form === 'table') return source;
  const { name, values, shape } = source;
  const [rows, width] = shape;
  if (shape.length !== 2)
    throw new DataError({
      where: name,
      expected: 'a table with columns of users, of items and of ratings',
      got: `examples of shape [${shape.slice(1)}]`,
      fix: 'give a CSV file or JSON',
    });
  const column = (at: number): Column => ({
    type: 'numeric',
    name: ['user', 'item', 'rating'][at] ?? `column${at + 1}`,
    values: Float64Array.from({ length: rows }, (_, row) => values[row * width + at]),
  });
  return { form: 'table', name, rows, columns: Array.from({ length: width }, (_, at) => column(at)) };
}

function textsOf(column: Column): readonly (string | null)[] {
  if (column.type === 'category') return column.values;
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
}

function named(where: string, at: number, { name, texts }: Cells): string {
  return texts[at] ?? refuse(where, at, name, 'a name', 'nothing', 'fill it in, or leave the row out');
}

function numberAt(where: string, at: number, { name, texts }: Cells): number {
  const text = texts[at];
  const value = text === null ? undefined : parseNumber(text);
  if (value !== undefined && Number.isFinite(value)) return value;
  const fix = 'correct it, leave the row out, or name the columns: --columns user,item,rating';
  return refuse(where, at, name, 'a rating, which is a number', text === null ? 'nothing' : JSON.stringify(text), fix);
}

function refuse(where: string, at: number, column: string, expected: string, got: string, fix: string): never {
  throw new DataError({ where: `${where} rating ${at + 1} column ${JSON.stringify(column)}`, expected, got, fix });
}

function requireTwo(where: string, what: 'users' | 'items', count: number): void {
  if (count >= 2) return;
  throw new DataError({
    where,
    expected: `at least 2 ${what}, to learn from what others like`,
    got: `${count}`,
    fix: 'give more ratings, or name the columns: --columns user,item,rating',
  });
}

function withoutDoubles(ratings: Ratings): Ratings {
  const rows = rowsOf(ratings);
  const again = ratings.columns.findIndex(
    (item, at) => at > 0 && item === ratings.columns[at - 1] && rows[at] === rows[at - 1],
  );
  if (again < 0) return ratings;
  const [user, item] = [ratings.users[rows[again]], ratings.items[ratings.columns[again]]];
  throw new DataError({
    where: ratings.name,
    expected: 'one rating of an item by a user',
    got: `several of item ${JSON.stringify(item)} by user ${JSON.stringify(user)}`,
    fix: 'keep one of them; if rows are events, count them once with --implicit',
  });
}

/** What was ever taken was taken. */
function once(ratings: Ratings): Ratings {
  const rows = rowsOf(ratings);
  const { columns, values } = ratings;
  const kept: { readonly row: number; readonly column: number; value: number }[] = [];
  for (const [at, value] of values.entries()) {
    const last = kept.at(-1);
    if (last?.row === rows[at] && last.column === columns[at]) last.value = Math.max(last.value, value);
    else kept.push({ row: rows[at], column: columns[at], value });
  }
  if (kept.length === values.length) return ratings;
  const lists = listsOf(
    ratings.users.length,
    kept.map(({ row }) => row),
    kept.map(({ column }) => column),
    kept.map(({ value }) => value),
  );
  return { ...ratings, ...lists };
}
