/** Commands on rows from disk: the figures and codes of rows in memory, and words that say what does not go together. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeParquet } from '../../src/data/formats/parquet.ts';
import { dataEnvironment, loadData } from '../../src/data/load.ts';
import { takeRows } from '../../src/data/split.ts';
import { makeWorkplace } from '../command.ts';

const place = await makeWorkplace();
const { train } = await loadData('sensors', { environment: dataEnvironment({}) });
if (train.form !== 'table') throw new Error('sensors are a table');
const { labels: _, time: __, ...sensors } = train;
const half = Math.floor(sensors.rows / 2);

beforeAll(async () => {
  await place.write('all.parquet', encodeParquet(sensors));
  for (const [name, from, to] of [
    ['parts/1.parquet', 0, half],
    ['parts/2.parquet', half, sensors.rows],
  ] as const)
    await place.write(
      name,
      encodeParquet(
        takeRows(
          sensors,
          Int32Array.from({ length: to - from }, (___, at) => from + at),
        ),
      ),
    );
});

const model = 'run/model.safetensors';

describe('from disk', () => {
  test('training, with what is kept of it', async () => {
    const told = await place.json(
      'train parts/*.parquet --window 500 --hidden 8 --latent 2 --epochs 3 --seed 4 --out run',
    );
    const { examples, validation, baselines } = told as {
      examples: number;
      validation: { mse: number };
      baselines: { pca: { mse: number }; mean: { mse: number } };
    };
    expect(told.from).toBe('disk');
    expect(examples).toBeGreaterThan(0.8 * sensors.rows);
    expect(examples).toBeLessThan(sensors.rows);
    expect(validation.mse).toBeLessThan(baselines.mean.mse);
    expect(baselines.pca.mse).toBeLessThan(baselines.mean.mse);
    expect((await readdir(place.path('run'))).sort()).toEqual(['metrics.jsonl', 'model.safetensors', 'report.html']);
    const again = await place.json(
      'train parts/*.parquet --window 500 --hidden 8 --latent 2 --epochs 3 --seed 4 --out again',
    );
    expect(again.validation).toEqual(told.validation);
  }, 60_000);

  test('the same codes, reconstructions and figures as from memory', async () => {
    const numbers = async (name: string): Promise<number[]> => {
      const { train: source } = await loadData(place.path(name), { environment: dataEnvironment({}) });
      return source.form === 'array'
        ? [...source.values]
        : source.columns.flatMap(({ values }) => [...values].map(Number));
    };
    await place.json(`encode ${model} all.parquet --out whole.npy`);
    await place.json(`encode ${model} parts/*.parquet --out codes.npy`);
    expect(await numbers('codes.npy')).toEqual(await numbers('whole.npy'));
    const [whole, own] = [
      await place.json(`reconstruct ${model} all.parquet --out whole.csv`),
      await place.json(`reconstruct ${model} all.parquet --from disk --out rebuilt.csv`),
    ];
    expect(own.mse).toBeCloseTo(Number(whole.mse), 9);
    expect(await numbers('rebuilt.csv')).toEqual(await numbers('whole.csv'));
    const [evaluated, summed] = [
      await place.json(`evaluate ${model} all.parquet`),
      await place.json(`evaluate ${model} parts/*.parquet`),
    ];
    expect(Number(summed.mse)).toBeCloseTo(Number(evaluated.mse), 6);
    expect(Number(summed.loss) / Number(evaluated.loss)).toBeCloseTo(1, 6);
    expect(summed.examples).toBe(sensors.rows);
  }, 120_000);
});

test.each([
  ['train sensors --from disk', /--from disk: expected a file of rows/],
  ['train all.parquet --window 100', /--window: expected data on disk/],
  [`encode ${model} all.parquet --from disk`, /--from disk: expected a file in --out that is written row by row/],
  [`encode ${model} all.parquet --from disk --out codes.png`, /--from disk: expected a file in --out/],
  ['train all.parquet --from somewhere', /--from: expected one of auto, memory, disk/],
])(
  '%s says what does not go together',
  async (words, message) => {
    const { code, stderr } = await place.run(words);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(place.path('runs'))).toBe(false);
  },
  60_000,
);
