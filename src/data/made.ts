/** Built-in sets as sources: so many examples by a seed, columns in the roles that are asked for. */
import { createRandom } from '../base/random.ts';
import type { BuiltIn, BuiltInTable } from './builtin/builtin.ts';
import { timeColumn } from './columns/time.ts';
import type { Source, SourceWithTest } from './dataset.ts';
import type { ReadOptions } from './formats/format.ts';
import { checkColumnNames, tableSource } from './formats/table.ts';
import { takeRows } from './split.ts';

interface MadeOptions extends ReadOptions {
  readonly seed?: number;
}

/** Both parts of a set. @throws DataError for columns that it does not have. */
export function makeBuiltIn(set: BuiltIn, options: MadeOptions): SourceWithTest {
  if (set.form === 'table') return makeTable(set, options);
  const { seed = 0, limit = Infinity } = options;
  const random = createRandom(seed).fork(set.name);
  return {
    train: set.make(Math.min(limit, set.trainCount), random.fork('train')),
    test: set.make(Math.min(limit, set.testCount), random.fork('test')),
  };
}

/** Roles that the user does not give are the set's own; a column with a role of the set is learned from only when asked for. */
function makeTable(set: BuiltInTable, options: MadeOptions): SourceWithTest {
  const { seed = 0, limit = Infinity, columns } = options;
  const own = (column: string | undefined): string | undefined =>
    column === undefined || columns?.includes(column) ? undefined : column;
  const label = options.label ?? own(set.label?.column);
  const time = options.time ?? own(set.time);
  const kept = columns ?? set.columns.filter((column) => column !== set.label?.column && column !== set.time);
  const { target } = options;
  const read = [...kept, label, time, target].filter((name) => name !== undefined);
  const roles = { label, time, target, columns: read };
  checkColumnNames(set.name, set.columns, roles);
  const random = createRandom(seed).fork(set.name);
  const part = (which: 'train' | 'test', name: string, known: readonly string[]): Source => {
    const all = set
      .make(which, random)
      .filter((column) => roles.columns.includes(column.name))
      .map((column) => (column.name === time ? timeColumn(column, name) : column));
    const source = tableSource(name, all[0].values.length, all, roles, known);
    return source.rows <= limit
      ? source
      : takeRows(
          source,
          Array.from({ length: limit }, (_, row) => row),
        );
  };
  const train = part('train', set.name, label === set.label?.column ? (set.label?.names ?? []) : []);
  return { train, test: part('test', `${set.name} test`, train.labels?.names ?? []) };
}
