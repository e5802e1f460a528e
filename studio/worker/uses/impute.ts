/** Missing values filled in. */
import { encodeSource, impute as fill } from 'autoencoder/browser';
import { show, spread } from '../shown.ts';
import type { StudioUse } from './use.ts';

const SHOWN = 20;

export const impute: StudioUse = {
  name: 'Fill in gaps',
  about: 'Missing values of a table, told from the others of their row.',
  makesModel: false,
  command: 'impute',
  refusal({ source: { train }, model }) {
    if (train.form !== 'table') return 'Only tables have gaps.';
    if (!model) return 'Train a model on the table first.';
    return undefined;
  },
  fields: () => [],
  async run({ model, source: { train, test }, progress }) {
    if (!model || train.form !== 'table') throw new Error('internal: nothing to fill in');
    progress('Filling in, and hiding cells on purpose to see how well');
    const { sources, columns, errors } = await fill(model, train, { measureOn: test ?? train });
    const [filled] = sources;
    const gaps = train.columns.flatMap(({ values }) =>
      Array.from(values.keys()).filter((row) => values[row] === null || Number.isNaN(values[row])),
    );
    const rows = [...new Set(gaps)].sort((a, b) => a - b).slice(0, SHOWN);
    const shown = rows.length > 0 ? rows : spread(train.rows, 8);
    return [
      {
        block: 'words',
        tone: 'verdict',
        text: `${gaps.length.toLocaleString('en')} missing values filled in.`,
      },
      { block: 'examples', name: 'Before', shown: show(train, shown) },
      { block: 'examples', name: 'After', shown: show(filled, shown) },
      {
        block: 'table',
        name: 'Gaps of each column',
        columns: ['column', 'missing', 'of a category never seen'],
        rows: columns.map(({ name, missing, unknown }) => [name, missing, unknown]),
      },
      ...(errors
        ? [
            {
              block: 'table' as const,
              name: 'How far off it is with cells hidden on purpose',
              columns: ['', 'numbers (in deviations)', 'categories (share wrong)'],
              rows: Object.entries(errors).flatMap(([way, error]) =>
                'columns' in error ? [[way, error.numbers ?? null, error.categories ?? null]] : [],
              ),
              about: 'A number of 1 is what the mean of the column would have.',
            },
          ]
        : []),
      { block: 'file', name: 'filled.csv', type: 'text/csv', bytes: encodeSource('filled.csv', filled) },
    ];
  },
};
