/** A fifth of the cells of a table of numbers hidden at random, and filled in by what `autoencoder impute --fit` trains. */
import { autoencoder, createRandom, impute, imputeDefaults, loadData, type TableSource } from 'autoencoder';
import { engine, measureRow } from '../row.ts';

const SHARE = 0.2;

await measureRow({
  name: 'impute-letter',
  what: 'Letter, 20 000 rows of 16 numbers, a fifth of all cells hidden at random; `impute --fit` with nothing but defaults',
  measure: 'RMSE of the hidden cells, columns scaled to 0…1',
  bar: { atMost: 0.125 },
  published: 'Yoon et al. 2018: GAIN 0.120, autoencoder 0.135, MICE 0.154, MissForest 0.161',
  async run(seed, folder) {
    const whole = scaled((await loadData(`${folder}/gain/letter.csv`)).train as TableSource);
    const random = createRandom(seed).fork('hidden');
    const isHidden = whole.columns.map(() => Array.from({ length: whole.rows }, () => random.uniform() < SHARE));
    const table: TableSource = {
      ...whole,
      columns: whole.columns.map(({ name, values }, at) => ({
        type: 'numeric',
        name,
        values: Float64Array.from(numbersOf(values), (value, row) => (isHidden[at][row] ? Number.NaN : value)),
      })),
    };
    const model = autoencoder({ ...imputeDefaults, engine: engine() });
    const { seconds } = await model.fit(table, { seed });
    const errorOf = async (by: 'model' | 'means' | 'neighbours' | 'regressions'): Promise<number> => {
      const { sources } = await impute(model, table, { by, seed });
      const [filled] = sources;
      if (filled.form !== 'table') throw new Error('a table was expected');
      const errors = filled.columns.flatMap(({ values }, at) =>
        numbersOf(values).flatMap((value, row) =>
          isHidden[at][row] ? [(value - Number(whole.columns[at].values[row])) ** 2] : [],
        ),
      );
      return Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length);
    };
    return {
      value: await errorOf('model'),
      others: {
        means: await errorOf('means'),
        neighbours: await errorOf('neighbours'),
        regressions: await errorOf('regressions'),
        trainingSeconds: seconds,
      },
    };
  },
});

/** Columns of numbers in 0…1. */
function scaled(table: TableSource): TableSource {
  const columns = table.columns.map(({ name, values }) => {
    const numbers = numbersOf(values);
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    return {
      type: 'numeric' as const,
      name,
      values: Float64Array.from(numbers, (value) => (value - least) / (most - least)),
    };
  });
  return { ...table, columns };
}

function numbersOf(values: Iterable<string | number | null>): number[] {
  return [...values].map(Number);
}
