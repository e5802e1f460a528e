/** A detector of rows that are not all in memory: it finds what the one from memory finds, and what goes wrong is said and leaves nothing. */
import { existsSync, mkdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { areaUnderRoc } from '../../src/applications/roc.ts';
import type { Source, TableSource } from '../../src/data/dataset.ts';
import { encodeParquet } from '../../src/data/formats/parquet.ts';
import { dataEnvironment, loadData } from '../../src/data/load.ts';
import { takeRows } from '../../src/data/split.ts';
import { makeWorkplace } from '../command.ts';

const place = await makeWorkplace();
const data = await loadData('sensors', { environment: dataEnvironment({}) });
const [sensors, tested] = [withoutTime(data.train), withoutTime(data.test)];
const isFault = Array.from(tested.labels?.values ?? [], (label) => tested.labels?.names[label] === 'fault');
const part = (from: number, to: number): TableSource =>
  takeRows(
    { ...sensors, labels: undefined },
    Int32Array.from({ length: to - from }, (__, at) => from + at),
  );
const small = '--models 2 --epochs 5 --hidden 16 --latent 8 --noise-level 0.5';

beforeAll(async () => {
  mkdirSync(place.path('parts'));
  const half = Math.floor(sensors.rows / 2);
  await place.write('whole.parquet', encodeParquet({ ...sensors, labels: undefined }));
  await place.write('tested.parquet', encodeParquet({ ...tested, labels: undefined }));
  await place.write('parts/1.parquet', encodeParquet(part(0, half)));
  await place.write('parts/2.parquet', encodeParquet(part(half, sensors.rows)));
});

async function scoresIn(file: string): Promise<number[]> {
  const { train: source } = await loadData(place.path(file), {
    environment: dataEnvironment({}),
    columns: ['score'],
  });
  return source.form === 'table' ? Array.from(source.columns[0].values, Number) : Array.from(source.values);
}

function withoutTime(source?: Source): TableSource {
  if (source?.form !== 'table') throw new Error('sensors are tables');
  const { time: _, ...rows } = source;
  return rows;
}

test('finds what a detector from memory finds, keeps itself, and scores again as it did', async () => {
  const told = await place.json(`anomalies --fit parts/*.parquet ${small} --out disk --format parquet`);
  expect(told).toMatchObject({ examples: sensors.rows, files: 2, detector: 'disk', scores: 'disk/anomalies.parquet' });
  // All are normal: about as many are above the threshold as it says.
  expect(Number(told.anomalies) / sensors.rows).toBeLessThan(0.03);
  expect((await readdir(place.path('disk'))).sort()).toEqual(['anomalies.parquet', 'detector.json', 'model']);
  const again = await place.json('anomalies disk parts/*.parquet --out again.parquet');
  expect(again.threshold).toBe(told.threshold);
  expect(await scoresIn('again.parquet')).toEqual(await scoresIn('disk/anomalies.parquet'));

  await place.json(`anomalies --fit whole.parquet ${small} --out memory`);
  const found = async (detector: string): Promise<number> => {
    await place.json(`anomalies ${detector} tested.parquet --out ${detector}.parquet`);
    return areaUnderRoc(await scoresIn(`${detector}.parquet`), isFault);
  };
  const [fromDisk, fromMemory] = [await found('disk'), await found('memory')];
  expect(fromDisk).toBeGreaterThan(0.8);
  expect(fromDisk).toBeGreaterThan(fromMemory - 0.03);
}, 120_000);

describe('what goes wrong', () => {
  test.each([
    ['--fit parts/*.parquet --from disk --robust', 2, /--robust: expected rows in memory/],
    ['--fit parts/*.parquet --from disk --label pressure', 2, /--label: expected no labels beside rows/],
    [
      '--fit whole.parquet --from disk --threshold share:0.1',
      2,
      /--threshold share: expected a threshold that is known/,
    ],
    ['--fit parts/*.parquet --threshold share:0.1', 2, /--threshold share: expected a threshold that is known/],
    ['--fit sensors --from disk', 2, /expected a file of rows, or a pattern/],
    ['--fit none/*.parquet --from disk', 3, /none/],
    ['whole.parquet whole.parquet --from disk', 2, /--from disk: expected a file in --out/],
  ])('%s', async (words, code, message) => {
    const outcome = await place.run(`anomalies ${words} --out new`);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.code).toBe(code);
    expect(existsSync(place.path('new'))).toBe(false);
  });

  test('a damaged file among others leaves no folder', async () => {
    mkdirSync(place.path('bad'));
    const good = encodeParquet(part(0, 500));
    await place.write('bad/1.parquet', good);
    await place.write('bad/2.parquet', good.subarray(0, good.length - 9));
    const outcome = await place.run(`anomalies --fit bad/*.parquet ${small} --out new`);
    expect(outcome.stderr).toMatch(/bad.2\.parquet: expected a Parquet file/);
    expect(outcome.code).toBe(3);
    expect(existsSync(place.path('new'))).toBe(false);
  });
});
