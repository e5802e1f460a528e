/** Detectors as the models of batch jobs: what they say of a row does not depend on who scores it. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { TableSource } from '../../src/data/dataset.ts';
import { encodeCsv } from '../../src/data/formats/csv.ts';
import { dataEnvironment, loadData } from '../../src/data/load.ts';
import { takeRows } from '../../src/data/split.ts';
import { makeWorkplace } from '../command.ts';
import { sensorRows } from './made-job.ts';

const sensors = await sensorRows(600);

const tableIn = async (path: string): Promise<TableSource> => {
  const { train } = await loadData(path, { environment: dataEnvironment({}), cells: undefined });
  if (train.form !== 'table') throw new Error(`${path} is no table`);
  return train;
};

test('a detector says of each row what it says of all at once', async () => {
  const place = await makeWorkplace();
  await place.write('rows.csv', encodeCsv(sensors));
  for (const words of [
    'anomalies --fit rows.csv --models 2 --epochs 3 --hidden 16 --latent 4 --out detector',
    'anomalies detector rows.csv --out all.csv',
    'shard plan rows.csv --model detector --task score --rows 130 --out job',
    'shard run job',
    'shard merge job --out parts.csv',
  ])
    expect((await place.run(words)).code, words).toBe(0);
  const lines = async (name: string) => (await readFile(place.path(name), 'utf8')).trim().split('\n');
  const [head, ...rows] = await lines('parts.csv');
  const [, ...expected] = await lines('all.csv');
  expect(head).toBe('score,rarity,anomaly,because,nats');
  expect(rows).toHaveLength(600);
  for (const [at, row] of rows.entries()) {
    const [, score, ...told] = expected[at].split(',');
    const [own, ...said] = row.split(',');
    expect(Number(own)).toBeCloseTo(Number(score), 3);
    expect(said.slice(1, 3)).toEqual(told.slice(1, 3));
  }
  for (const [words, message] of [
    ['--task encode --out other', '--task encode: expected score'],
    ['--task score --format npy --out other', '--format npy: expected columns of numbers'],
  ]) {
    const { code, stderr } = await place.run(`shard plan rows.csv --model detector ${words}`);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  }
});

test('a detector of series takes each file for a series, and one that is too short for a fault', async () => {
  const place = await makeWorkplace();
  const rowsOf = (from: number, to: number) =>
    takeRows(
      sensors,
      Array.from({ length: to - from }, (_, at) => from + at),
    );
  // Ten rows of the second one are far off.
  const later = rowsOf(350, 600);
  const planted = {
    ...later,
    columns: later.columns.map((column) =>
      column.type === 'numeric'
        ? { ...column, values: column.values.map((value, row) => (row >= 100 && row < 110 ? 9 * value : value)) }
        : column,
    ),
  };
  await place.write('log/a.csv', encodeCsv(rowsOf(0, 350)));
  await place.write('log/b.csv', encodeCsv(planted));
  await place.write('log/c.csv', encodeCsv(rowsOf(0, 9)));
  for (const words of [
    'anomalies --fit log/a.csv --window 20 --models 1 --epochs 2 --hidden 16 --latent 4 --out detector',
    'anomalies detector log/a.csv --from disk --out a.csv',
    'anomalies detector log/b.csv --from disk --out b.csv',
    'shard plan log --model detector --task score --rows 100 --out job',
  ])
    expect((await place.run(words)).code, words).toBe(0);
  const { code, stdout } = await place.run('shard run job');
  expect(code).toBe(3);
  expect(stdout).toContain('c.csv');
  expect(stdout).toContain('at least the 20 rows of a window, got 9');
  for (const [at, name] of ['a.csv', 'b.csv'].entries()) {
    const scored = await tableIn(place.path(name));
    const { columns, rows } = await tableIn(place.path(`job/parts/0000${at}.parquet`));
    expect(rows).toBe(at === 0 ? 350 : 250);
    expect(columns.map((column) => column.name)).toEqual(['score', 'rarity', 'anomaly', 'because', 'nats']);
    for (const { name: column, values } of columns) {
      const expected = scored.columns.find((other) => other.name === column)?.values ?? [];
      for (const [row, value] of values.entries())
        if (typeof value === 'number') expect(value).toBeCloseTo(Number(expected[row]), 4);
        else expect(value).toBe(expected[row]);
    }
    if (at === 1) expect(columns[2].values.slice(100, 110)).toContain('yes');
    expect(columns[2].values.slice(0, 50)).not.toContain('yes');
  }
});
