import { expect, test } from 'vitest';
import { autoencoder, fromBytes } from '../autoencoder.ts';
import { createRandom } from '../base/random.ts';
import type { Column, TableSource } from '../data/dataset.ts';

/** Weather as a table: everything follows from the season and a little chance; some cells are empty. */
function weather(rows: number, seed: number): TableSource {
  const random = createRandom(seed).fork('weather');
  const seasons = ['autumn', 'spring', 'summer', 'winter'];
  const drawn = Array.from({ length: rows }, () => {
    const season = Math.floor(4 * random.uniform());
    const degrees = [10, 12, 24, 1][season] + 2 * random.normal();
    const cells = { season: seasons[season], degrees, sky: degrees > 11 ? 'clear' : 'grey', hours: degrees / 3 + 6 };
    return { ...cells, hidden: random.uniform() < 0.1 ? Math.floor(4 * random.uniform()) : -1 };
  });
  const numbers = (name: 'degrees' | 'hours', at: number): Column => ({
    type: 'numeric',
    name,
    values: Float64Array.from(drawn, (row) => (row.hidden === at ? NaN : row[name])),
  });
  const words = (name: 'season' | 'sky', at: number): Column => ({
    type: 'category',
    name,
    values: drawn.map((row) => (row.hidden === at ? null : row[name])),
  });
  const columns = [words('season', 0), numbers('degrees', 1), words('sky', 2), numbers('hours', 3)];
  return { form: 'table', name: 'weather', rows, columns };
}

/** Share of the cells of a column of categories, among those known, that are told rightly. */
function accuracy(given: TableSource, told: TableSource, name: string): number {
  const cellsOf = ({ columns }: TableSource): (string | number | null)[] =>
    columns.flatMap((column) => (column.name === name ? [...column.values] : []));
  const guesses = cellsOf(told);
  const known = cellsOf(given)
    .map((cell, row) => ({ cell, guess: guesses[row] }))
    .filter(({ cell }) => cell !== null);
  return known.filter(({ cell, guess }) => cell === guess).length / known.length;
}

test.each([
  ['vanilla', 0.95],
  // Its code is noisy: a season that an empty cell hides is not always guessed.
  ['variational', 0.7],
])('a table with categories comes back as it was: %s', async (kind, share) => {
  const model = autoencoder({ kind, latent: 3, hidden: [32] });
  const { validation, card } = await model.fit(weather(600, 1), { epochs: 60, learningRate: 5e-3, seed: 1 });
  expect(card.blueprint).toMatchObject({
    loss: 'mixed',
    categories: [
      [0, 4],
      [5, 7],
    ],
  });
  expect(Number.isFinite(validation.loss)).toBe(true);

  const unseen = weather(200, 2);
  const again = await fromBytes(await model.toBytes());
  const rebuilt = (await again.reconstruct(unseen)) as TableSource;
  expect(rebuilt.columns.map(({ name, type }) => [name, type])).toEqual(
    unseen.columns.map(({ name, type }) => [name, type]),
  );
  expect(accuracy(unseen, rebuilt, 'season')).toBeGreaterThan(share);
  expect(accuracy(unseen, rebuilt, 'sky')).toBeGreaterThan(share);
});

test('a loss that is asked for is taken; mixed is refused for what is no table', async () => {
  const squared = await autoencoder({ latent: 3, hidden: [8], loss: 'squared-error' }).fit(weather(50, 1), {
    epochs: 1,
  });
  expect(squared.card.blueprint).toMatchObject({ loss: 'squared-error', categories: [] });
  const rows = Array.from({ length: 10 }, (_, i) => [i, 2 * i, -i]);
  const plain = await autoencoder({ latent: 2, hidden: [8] }).fit(rows, { epochs: 1 });
  expect(plain.card.blueprint.loss).toBe('squared-error');
  await expect(autoencoder({ latent: 2, hidden: [8], loss: 'mixed' }).fit(rows, { epochs: 1 })).rejects.toThrow(
    '--loss mixed: expected a table',
  );
});

test.each([1, 2, 3, 4])('a gap in the held-out rows alone is no NaN in the loss: seed %i', async (seed) => {
  const numbers = (name: string, of: (row: number) => number): Column => ({
    type: 'numeric',
    name,
    values: Float64Array.from({ length: 40 }, (_, row) => of(row)),
  });
  const columns = [numbers('week', (row) => (row === 0 ? Number.NaN : row % 7)), numbers('day', (row) => row)];
  const model = autoencoder({ latent: 1, hidden: [4] });
  const table: TableSource = { form: 'table', name: 'days', rows: 40, columns };
  const { validation } = await model.fit(table, { epochs: 1, validation: 0.5, seed });
  expect(Number.isFinite(validation.loss)).toBe(true);
});
