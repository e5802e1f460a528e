/** Examples by what they are called: the names of their files where they have such, else their numbers from 1. */
import { DataError } from '../base/errors.ts';
import { suggestion } from '../base/options.ts';
import type { Dataset } from '../data/dataset.ts';

/** The row, from 0, that is called so; a number says the row where nothing has it for a name. @throws DataError where there is none. */
export function rowNamed(
  { name: data, count, names }: Pick<Dataset, 'name' | 'count' | 'names'>,
  name: string,
  where: string,
): number {
  const known = names?.indexOf(name) ?? -1;
  const row = known < 0 && /^\d+$/.test(name) ? Number(name) - 1 : known;
  if (row >= 0 && row < count) return row;
  throw new DataError({
    where: `${where} ${name}`,
    expected: `a row from 1 to ${count}${names ? `, or a name such as ${JSON.stringify(names[0])},` : ''} of ${data}`,
    got: 'one that is not there',
    fix: names ? suggestion(name, names, JSON.stringify, 'see the names of its files') : 'count from 1',
  });
}

/** What the row, from 0, is called. */
export function nameAt(data: Pick<Dataset, 'names'> | undefined, row: number): string {
  return data?.names?.[row] ?? String(row + 1);
}
