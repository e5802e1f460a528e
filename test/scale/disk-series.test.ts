/** Series that are not all in memory: a detector of them finds what one from memory finds, and scores are those of the whole. */
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DiskSeriesRequest, readDiskSeries } from '../../src/applications/disk-series.ts';
import { seriesReadingRecipe } from '../../src/applications/disk-series-detector.ts';
import { areaUnderRoc } from '../../src/applications/roc.ts';
import { strideFor } from '../../src/applications/series.ts';
import { createRandom } from '../../src/base/random.ts';
import { makeRowsFile } from '../../src/data/chunks/rows-file.ts';
import { applyScaling } from '../../src/data/columns/scaling.ts';
import type { Column, TableSource } from '../../src/data/dataset.ts';
import { encodeSource } from '../../src/data/formats/formats.ts';
import { dataEnvironment, loadData } from '../../src/data/load.ts';
import { takeRows } from '../../src/data/split.ts';
import { channelNames, windowStarts, windowsOf } from '../../src/data/windows.ts';
import { makeWorkplace } from '../command.ts';

const place = await makeWorkplace();
const LENGTH = 20;
const usual = wave(1800);
/** From row 400 on, 30 rows stand still. */
const tested = wave(900, 400);
const isBroken = Array.from({ length: tested.rows }, (_, row) => row >= 400 && row < 430);
const small = `--window ${LENGTH} --models 1 --time at --threads 1`;

/** Two waves with gaps, which half of the first the rows are in, and when they were; the first may be broken. */
function wave(rows: number, broken = Number.POSITIVE_INFINITY): TableSource {
  const random = createRandom(rows);
  const phase = (row: number): number => (2 * Math.PI * row) / 25;
  const isStill = (row: number): boolean => row >= broken && row < broken + 30;
  const numbers = (name: string, valueAt: (row: number) => number): Column => ({
    type: 'numeric',
    name,
    values: Float64Array.from({ length: rows }, (_, row) => valueAt(row)),
  });
  return {
    form: 'table',
    name: 'wave',
    rows,
    columns: [
      numbers('at', (row) => 1_400_000_000 + 300 * row),
      numbers('slow', (row) => (isStill(row) ? 0.2 : Math.sin(phase(row))) + 0.05 * random.normal()),
      numbers('fast', (row) => (row % 90 === 7 ? Number.NaN : 50 + Math.sin(2 * phase(row)) + 0.05 * random.normal())),
      {
        type: 'category',
        name: 'half',
        values: Array.from({ length: rows }, (_, row) => (Math.sin(phase(row)) < 0 ? 'lower' : 'upper')),
      },
    ],
  };
}

function part(table: TableSource, from: number, to: number): TableSource {
  return takeRows(
    table,
    Int32Array.from({ length: to - from }, (_, at) => from + at),
  );
}

async function write(name: string, table: TableSource): Promise<void> {
  await place.write(name, encodeSource(name, table));
}

async function columnsIn(file: string): Promise<Map<string, readonly unknown[]>> {
  const { train } = await loadData(place.path(file), { environment: dataEnvironment({}) });
  if (train.form !== 'table') throw new Error('scores are a table');
  return new Map(train.columns.map(({ name, values }) => [name, [...values]]));
}

const scoresIn = async (file: string): Promise<number[]> => ((await columnsIn(file)).get('score') ?? []).map(Number);

beforeAll(async () => {
  mkdirSync(place.path('parts'));
  const third = Math.floor(usual.rows / 3);
  await write('whole.csv', usual);
  await write('tested.parquet', tested);
  await write('parts/1.csv', part(usual, 0, third));
  await write('parts/2.csv', part(usual, third, 2 * third));
  await write('parts/3.csv', part(usual, 2 * third, usual.rows));
});

describe('a detector', () => {
  let inMemory: ReturnType<typeof place.json> | undefined;
  test('from disk finds what one from memory finds', async () => {
    const told = await place.json(`anomalies --fit parts/*.csv ${small} --out disk`);
    expect(told).toMatchObject({ examples: usual.rows, files: 3, detector: 'disk', scores: 'disk/anomalies.csv' });
    expect((await readdir(place.path('disk'))).sort()).toEqual(['anomalies.csv', 'detector.json', 'model']);
    await place.json(`anomalies --fit whole.csv ${small} --out memory`);
    for (const detector of ['disk', 'memory']) {
      const { stretches } = await place.json(`anomalies ${detector} tested.parquet --out ${detector}.parquet`);
      expect(areaUnderRoc(await scoresIn(`${detector}.parquet`), isBroken)).toBeGreaterThan(0.95);
      const [only, ...others] = stretches as { from: number; to: number }[];
      expect(others).toEqual([]);
      expect(Math.abs(only.from - 400)).toBeLessThan(LENGTH);
      expect(Math.abs(only.to - 430)).toBeLessThan(LENGTH);
    }
    const [disk, memory] = await Promise.all(
      ['disk', 'memory'].map(async (name) => JSON.parse(await readFile(place.path(name, 'detector.json'), 'utf8'))),
    );
    expect(disk.windows).toMatchObject({ length: LENGTH, channels: memory.windows.channels });
    expect(disk.windows.smoothing).toBe(memory.windows.smoothing);
    expect(disk.threshold / memory.threshold).toBeCloseTo(1, 1);
    expect(disk.windows.ends.mean / memory.windows.ends.mean).toBeCloseTo(1, 1);
  }, 120_000);

  test.each(['csv', 'parquet', 'jsonl'])(
    'scores into .%s as it does in memory',
    async (ending) => {
      inMemory ??= place.json('anomalies disk tested.parquet --time at --out whole');
      const whole = await inMemory;
      const told = await place.json(`anomalies disk tested.parquet --time at --out scores.${ending}`);
      const [all, own] = [await columnsIn('whole/anomalies.csv'), await columnsIn(`scores.${ending}`)];
      expect([...own.keys()]).toEqual(['example', 'at', 'score', 'rarity', 'anomaly', 'because', 'nats']);
      for (const name of ['example', 'at', 'anomaly']) expect(own.get(name)).toEqual(all.get(name));
      const scores = all.get('score') ?? [];
      for (const [row, score] of (own.get('score') ?? []).entries())
        expect(Number(score) / Number(scores[row])).toBeCloseTo(1, 4);
      const same = (own.get('because') ?? []).filter((value, row) => value === all.get('because')?.[row]).length;
      expect(same / tested.rows).toBeGreaterThan(0.99);
      expect(told).toMatchObject({ examples: tested.rows, anomalies: whole.anomalies, threshold: whole.threshold });
      expect((told.stretches as { from: number }[]).map(({ from }) => from)).toEqual(
        (whole.stretches as { from: number }[]).map(({ from }) => from),
      );
      expect((await readdir(place.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
    60_000,
  );

  test('scores lines as they come', async () => {
    const lines = (await readFile(place.path('whole.csv'), 'utf8')).split('\n').slice(0, LENGTH + 3);
    const { stdout, code } = await place.run('anomalies disk --stream', lines.join('\n'));
    const told = stdout.trim().split('\n').slice(1);
    expect(code).toBe(0);
    expect(told).toHaveLength(LENGTH + 2);
    expect(told.filter((line) => /,(yes|no),/.test(line))).toHaveLength(3);
  });
});

describe('windows out of a file', () => {
  const folder = mkdtemp(join(tmpdir(), 'autoencoder-series-'));
  afterAll(async () => rm(await folder, { recursive: true }));
  const read = async (more: Partial<DiskSeriesRequest>) =>
    readDiskSeries({
      name: 'parts',
      files: ['1', '2', '3'].map((name) => place.path('parts', `${name}.csv`)),
      reading: {},
      time: 'at',
      length: LENGTH,
      recipe: seriesReadingRecipe({}),
      openRows: async (width) => makeRowsFile(join(await folder, 'rows.tmp'), width),
      ...more,
    });

  test('are all windows of the series, each once, scaled', async () => {
    const series = await read({});
    const table = { ...usual, columns: usual.columns.slice(1) };
    const { channels, data: disk } = series;
    expect(channels).toEqual(channelNames(table));
    const { train } = disk.parts;
    const scaled = applyScaling(train.scaling, windowsOf(table, { length: LENGTH })).values;
    const width = LENGTH * channels.length;
    const firstOf = (values: ArrayLike<number>, at: number): string =>
      Array.from({ length: 4 }, (_, i) => values[at * width + i * channels.length]).join();
    const windows = disk.windows(64);
    expect(disk.count).toBe(usual.rows - LENGTH + 1);
    expect(windows.count).toBe(disk.count);
    const seen: string[] = [];
    const pass = windows.pass(createRandom(1));
    for (let at = 0; seen.length < disk.count; at++) {
      const { examples, order } = await pass.window(at);
      for (const row of order) seen.push(firstOf(examples.values, row));
    }
    expect(seen.sort()).toEqual(Array.from({ length: disk.count }, (_, at) => firstOf(scaled, at)).sort());
    // Each channel by its mean and deviation, the same at every place of a window.
    const { offset, scale } = train.scaling as { offset: number[]; scale: number[] };
    expect(offset.slice(0, channels.length)).toEqual(offset.slice(-channels.length));
    expect(offset[1]).toBeCloseTo(50, 1);
    expect(scale[1]).toBeCloseTo(Math.sqrt(0.5), 1);
    await series.end();
  });

  test('lie apart where there are too many, and end with the last row', async () => {
    const [rows, length] = [60_001, 2000];
    const values = Float64Array.from({ length: rows }, (_, row) => row);
    await write('count.csv', {
      form: 'table',
      name: 'count',
      rows,
      columns: [{ type: 'numeric', name: 'row', values }],
    });
    const series = await read({ files: [place.path('count.csv')], time: undefined, length });
    const stride = strideFor(rows, series);
    expect(stride).toBe(3);
    const { offset, scale } = series.data.parts.train.scaling as { offset: number[]; scale: number[] };
    const windows = series.data.windows(64);
    const pass = windows.pass(createRandom(1));
    const starts: number[] = [];
    for (let at = 0; starts.length < windows.count; at++) {
      const { examples, order } = await pass.window(at);
      for (const row of order) starts.push(Math.round(examples.values[row * length] * scale[0] + offset[0]));
    }
    expect(starts.sort((a, b) => a - b)).toEqual([...windowStarts(rows, { length, stride })]);
    await series.end();
  });

  test('the channels of an array are its columns', async () => {
    await write('parts/array.npy', { ...usual, columns: usual.columns.slice(0, 2) });
    const series = await read({ files: [place.path('parts', 'array.npy')], time: undefined });
    expect(series.channels).toEqual(['feature1', 'feature2']);
    expect(series.rows).toBe(usual.rows);
    await series.end();
  });
});

describe('what goes wrong is said, and leaves nothing', () => {
  test.each([
    ['--fit parts/*.csv --window 20 --robust', 2, /--robust: expected rows in memory/],
    ['--fit parts/*.csv --window 20 --label half', 2, /--label: expected no labels beside rows/],
    ['--fit parts/*.csv --window 20 --threshold share:0.1', 2, /--threshold share: expected a threshold that is known/],
    ['--fit parts/*.csv --window 20 --latent 0', 2, /--latent/],
    ['--fit parts/*.csv --window 20 --time half', 3, /1\.csv row 1 column "half": expected a time/],
    ['--fit parts/*.csv --window 90000 --columns slow', 3, /at least the 90000 rows of a window/],
    ['--fit parts/*.csv --window 20 --time at --columns at', 3, /at least 1 column to learn from/],
  ])('%s', async (words, code, message) => {
    const outcome = await place.run(`anomalies ${words} --from disk --out new`);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.code).toBe(code);
    expect(existsSync(place.path('new'))).toBe(false);
  });

  test('of scores, and the old file stays', async () => {
    const late = part(usual, 100, 200);
    await write('late/1.csv', late);
    await write('late/2.csv', part(usual, 0, 100));
    await write('other.csv', { ...late, columns: late.columns.slice(0, 2) });
    await write('short.csv', part(usual, 0, LENGTH - 1));
    await place.write('old.csv', 'old');
    for (const [words, message] of [
      ['late/*.csv --time at', /2\.csv row 1 column "at": expected a time not before that of the row above/],
      ['other.csv', /other\.csv: expected a column "fast", as in the series/],
      ['short.csv', /at least the 20 rows of a window, got 19/],
    ] as const) {
      const outcome = await place.run(`anomalies disk ${words} --out old.csv --overwrite`);
      expect(outcome.stderr).toMatch(message);
      expect(outcome.code).toBe(3);
    }
    expect(await readFile(place.path('old.csv'), 'utf8')).toBe('old');
    expect((await readdir(place.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 60_000);
});
