import { expect, test } from 'vitest';
import type { TableSource } from './data/dataset.ts';
import { nodeEngine } from './engine/node.ts';
import { completer, translator } from './texts.ts';

const engine = nodeEngine({ threads: 1 });

/** Countings up, and the same down: `1 2 3` and `3 2 1`. */
function countings(): TableSource {
  const rows = Array.from({ length: 9 }, (_, first) =>
    Array.from({ length: 9 - first }, (_, more) => Array.from({ length: more + 1 }, (_, at) => first + at + 1)),
  ).flat();
  const column = (name: string, of: (row: readonly number[]) => readonly number[]) =>
    ({ type: 'category', name, values: rows.map((row) => of(row).join(' ')) }) as const;
  return {
    form: 'table',
    name: 'countings',
    rows: rows.length,
    columns: [column('up', (row) => row), column('down', (row) => row.toReversed())],
  };
}

const small = { units: 32, latent: 32, embedding: 8, epochs: 60, batchSize: 8, engine };

test('a translator tells what it was shown, is measured, and writes between two texts', async () => {
  const data = countings();
  const down = await translator({ train: data, test: data }, { ...small, pieces: 'characters' });
  expect(await down.translate(['2 3 4', '5 6'])).toEqual(['4 3 2', '6 5']);
  expect(down.errors.count).toBe(45);
  expect(down.errors.model).toBeGreaterThan(down.errors.wordByWord);
  expect(down.seconds).toBeGreaterThan(0);
  const between = await down.between('2 3 4', '5 6', 3);
  expect([between[0], between[2]]).toEqual(['4 3 2', '6 5']);
  expect(between).toHaveLength(3);
  await expect(down.sample(1)).rejects.toThrow('--kind variational');
}, 30_000);

test('a completer goes on as the texts do, and makes up others like them', async () => {
  const up = await completer(countings(), { ...small, columns: ['up'], pieces: 'characters' });
  const [whole] = await up.complete(['3 4']);
  expect(whole).toMatch(/^3 4/);
  expect('1 2 3 4 5 6 7 8 9').toContain(whole);
  expect(up.errors.model).toBeLessThan(Math.log(11));
  const drawn = await up.sample(5, { temperature: 1, seed: 3 });
  expect(drawn).toEqual(await up.sample(5, { temperature: 1, seed: 3 }));
  expect(drawn).not.toEqual(await up.sample(5, { temperature: 1, seed: 4 }));
  await expect(completer(countings(), { columns: ['upp'] })).rejects.toThrow('up');
}, 30_000);

test('short texts of few characters get a narrower code than others do by default', async () => {
  const { errors } = await translator(countings(), { units: 8, epochs: 1, pieces: 'characters', engine });
  expect(errors.count).toBe(2);
}, 30_000);

test('texts whose second half is nothing but an end cannot be measured on', async () => {
  const words = {
    ...countings(),
    columns: [{ type: 'category', name: 'word', values: Array(45).fill('run') }],
  } as const;
  await expect(completer(words, { ...small })).rejects.toThrow('at least 3 pieces');
});
