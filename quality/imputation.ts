/**
 * The tables of Nazábal et al. 2020, "Handling incomplete heterogeneous data using VAEs", with the cells that they hid: a table filled
 * in by `impute` with nothing but defaults, and the error as they measure it.
 */
import { readFileSync } from 'node:fs';
import { autoencoder, type Column, impute, imputeDefaults, type TableSource } from 'autoencoder';
import { engine } from './row.ts';

type Sort = 'real' | 'pos' | 'count' | 'ordinal' | 'cat';

interface Kept {
  readonly name: string;
  readonly sorts: readonly Sort[];
  /** Classes of a column, 0 where it has none. */
  readonly classes: readonly number[];
  /** `[row][column]`, NaN where missing. */
  readonly rows: readonly (readonly number[])[];
}

/**
 * One training on the table with the cells of `Missing<percent>_<seed>.csv` hidden: the model's error as a share of that of regressions
 * in turn; the errors themselves are beside it.
 */
export async function filledTable(
  folder: string,
  name: string,
  percent: number,
  seed: number,
): Promise<{ readonly value: number; readonly others: Readonly<Record<string, number>> }> {
  const kept = keptTable(`${folder}/hivae/${name}`, name);
  const hidden = linesOf(`${folder}/hivae/${name}/Missing${percent}_${seed}.csv`).map((line) => line.map(Number));
  const isHidden = kept.rows.map(({ length }) => new Array<boolean>(length).fill(false));
  for (const [row, column] of hidden) isHidden[row - 1][column - 1] = true;
  const table: TableSource = {
    form: 'table',
    name,
    rows: kept.rows.length,
    columns: kept.sorts.map((sort, at) => columnOf(kept, sort, at, isHidden)),
  };
  const model = autoencoder({ ...imputeDefaults, engine: engine() });
  const { seconds } = await model.fit(table, { seed });
  const errorBy = async (by: 'model' | 'means' | 'neighbours' | 'regressions'): Promise<number> => {
    const [filled] = (await impute(model, table, { by, seed })).sources;
    if (filled.form !== 'table') throw new Error('a table was expected');
    return averageError(kept, isHidden, filled);
  };
  const [error, regressions] = [await errorBy('model'), await errorBy('regressions')];
  return {
    value: error / regressions,
    others: {
      error,
      means: await errorBy('means'),
      neighbours: await errorBy('neighbours'),
      regressions,
      trainingSeconds: seconds,
    },
  };
}

function keptTable(folder: string, name: string): Kept {
  const types = linesOf(`${folder}/data_types.csv`).slice(1);
  return {
    name,
    sorts: types.map(([sort]) => sort as Sort),
    classes: types.map(([, , classes]) => Number(classes || 0)),
    rows: linesOf(`${folder}/data.csv`).map((cells) => cells.map((cell) => (cell === '' ? Number.NaN : Number(cell)))),
  };
}

function linesOf(path: string): string[][] {
  const text = readFileSync(path, 'utf8').trim();
  return text.split(/\r\n|\r|\n/).map((line) => line.split(','));
}

/** Categories as texts; all else, ordinals too, as the numbers that a reader of CSV takes them for. */
function columnOf({ rows }: Kept, sort: Sort, at: number, isHidden: readonly (readonly boolean[])[]): Column {
  const name = `${sort}${at + 1}`;
  const cells = rows.map((row, place) => (isHidden[place][at] ? Number.NaN : row[at]));
  return sort === 'cat'
    ? { type: 'category', name, values: cells.map((cell) => (Number.isNaN(cell) ? null : `${cell}`)) }
    : { type: 'numeric', name, values: Float64Array.from(cells) };
}

/**
 * Average over the columns: of categories, the share told wrongly; of ordinals, how far off (the nearest whole number), as a share of
 * the classes; of other numbers, the root mean squared error as a share of the range.
 */
function averageError(
  { sorts, classes, rows }: Kept,
  isHidden: readonly (readonly boolean[])[],
  filled: TableSource,
): number {
  const errors = sorts.flatMap((sort, at) => {
    const known = rows.map((row) => row[at]).filter((value) => !Number.isNaN(value));
    const range = Math.max(...known) - Math.min(...known);
    const pairs = rows.flatMap((row, place) =>
      isHidden[place][at] && !Number.isNaN(row[at]) ? [[row[at], Number(filled.columns[at].values[place])]] : [],
    );
    if (pairs.length === 0) return [];
    const mean = (of: (truth: number, told: number) => number): number =>
      pairs.reduce((sum, [truth, told]) => sum + of(truth, told), 0) / pairs.length;
    if (sort === 'cat') return [mean((truth, told) => Number(truth !== told))];
    if (sort === 'ordinal') return [mean((truth, told) => Math.abs(truth - Math.round(told)) / classes[at])];
    return [Math.sqrt(mean((truth, told) => (truth - told) ** 2)) / range];
  });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
