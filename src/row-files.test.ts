/** Rows of files, in the library, do what rows in memory do. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { TableSource } from './data/dataset.ts';
import { writeFileAtomic } from './data/files.ts';
import { encodeParquet } from './data/formats/parquet.ts';
import { dataEnvironment, loadData } from './data/load.ts';
import { takeRows } from './data/split.ts';
import { savableAutoencoder as autoencoder } from './model-files.ts';
import { rowFiles } from './row-files.ts';
import { anomalyDetector } from './uses.ts';

const folder = await mkdtemp(join(tmpdir(), 'autoencoder-test-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const table = await sensors();
const half = 1500;
await writeFileAtomic(join(folder, '1.parquet'), encodeParquet(rowsOf(0, half)));
await writeFileAtomic(join(folder, '2.parquet'), encodeParquet(rowsOf(half, 2 * half)));
const rows = rowFiles(join(folder, '*.parquet'), { scratch: folder, without: ['time'] });

async function sensors(): Promise<TableSource> {
  const { train } = await loadData('sensors', { environment: dataEnvironment({}) });
  if (train.form !== 'table') throw new Error('internal: sensors are a table');
  return { ...train, labels: undefined };
}

function rowsOf(from: number, to: number): TableSource {
  return takeRows(
    table,
    Int32Array.from({ length: to - from }, (_, at) => from + at),
  );
}

describe('rowFiles', () => {
  test('what is learned from files is about as good as from memory, and codes of chunks are those of the whole', async () => {
    const options = { latent: 4, hidden: [16] };
    const whole = rowsOf(0, 2 * half);
    const fitted = await autoencoder(options).fit(whole, { epochs: 10 });
    const model = autoencoder(options);
    const { validation, card } = await model.fit(rows, { epochs: 10 });
    expect(card.data.examples + card.data.validationExamples).toBe(2 * half);
    expect(validation.mse / fitted.validation.mse).toBeCloseTo(1, 0);
    expect(validation.mse).toBeLessThan(0.5);

    const codes = await model.encode(whole);
    let seen = 0;
    for await (const { from, source } of rows.chunks({ rows: 700 })) {
      expect(from).toBe(seen);
      const { values, shape } = await model.encode(source);
      expect(values).toEqual(codes.values.subarray(4 * from, 4 * (from + shape[0])));
      seen += shape[0];
    }
    expect(seen).toBe(2 * half);
  });

  test('nothing is left of the scaled rows, whether training ends or is left', async () => {
    const model = autoencoder({ latent: 2, hidden: [] });
    await model.fit(rows, { epochs: 1 });
    for await (const event of model.training(rows, { epochs: 50 })) if (event.type === 'epoch') break;
    expect((await readdir(folder)).sort()).toEqual(['1.parquet', '2.parquet']);
  });

  test('detectors learn from files, of rows and of series, and score chunks', async () => {
    const options = { epochs: 3, hidden: [16], latent: 8, models: 1 };
    const detector = await anomalyDetector(rows, options);
    expect(detector.detector.reference.length).toBeGreaterThan(100);
    const scores: number[] = [];
    for await (const { source } of rows.chunks()) scores.push(...(await detector.score(source)));
    expect(scores.length).toBe(2 * half);
    // A wild value is rarer than all that was learned from.
    const wild = rowsOf(0, 1);
    const columns = wild.columns.map((column) =>
      column.type === 'numeric' && column.name !== 'time'
        ? { ...column, values: column.values.map((v) => 50 * v + 1e4) }
        : column,
    );
    const [score] = await detector.score({ ...wild, columns });
    expect(score).toBeGreaterThan(Math.max(...scores));

    const moments = rowFiles(join(folder, '*.parquet'), { scratch: folder, columns: ['speed', 'flow'] });
    const ofSeries = await anomalyDetector(moments, { window: 8, epochs: 1 });
    expect(ofSeries.detector.windows).toMatchObject({ length: 8, channels: ['speed', 'flow'] });
    expect((await readdir(folder)).sort()).toEqual(['1.parquet', '2.parquet']);
    await expect(anomalyDetector(rows, { robust: true })).rejects.toThrow(/robust.*rows in memory/);
  });

  test('a pattern that nothing is called by is an error that names it', async () => {
    const missing = rowFiles(join(folder, '*.csv'));
    await expect(autoencoder().fit(missing)).rejects.toThrow(/\*\.csv.*none/s);
  });
});
