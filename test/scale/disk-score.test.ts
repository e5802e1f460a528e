/** Rows scored as they are read: the scores of the whole, in files of every format; what goes wrong leaves the old file. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TableSource } from '../../src/data/dataset.ts';
import { encodeParquet } from '../../src/data/formats/parquet.ts';
import { dataEnvironment, loadData } from '../../src/data/load.ts';
import { takeRows } from '../../src/data/split.ts';
import { makeWorkplace } from '../command.ts';

const place = await makeWorkplace();
const { train } = await loadData('sensors', { environment: dataEnvironment({}) });
if (train.form !== 'table') throw new Error('sensors are a table');
const { labels: _, time: __, ...sensors } = train;
const ROWS = sensors.rows;
/** With gaps, and a category of which one was not there in training. */
const whole: TableSource = {
  ...sensors,
  columns: [
    ...sensors.columns.map((column, at) =>
      column.type === 'numeric' && at === 1
        ? { ...column, values: column.values.map((value, row) => (row % 7 === 3 ? Number.NaN : value)) }
        : column,
    ),
    { type: 'category', name: 'shift', values: Array.from({ length: ROWS }, (_, row) => ['day', 'night'][row % 2]) },
  ],
};
const odd: TableSource = {
  ...whole,
  columns: whole.columns.map((column) =>
    column.name === 'shift' && column.type === 'category'
      ? { ...column, values: column.values.map((value, row) => (row === 4 ? 'dusk' : value)) }
      : column,
  ),
};
const part = (source: TableSource, from: number, to: number): TableSource =>
  takeRows(
    source,
    Int32Array.from({ length: to - from }, (_, at) => from + at),
  );
const half = Math.floor(ROWS / 2);

beforeAll(async () => {
  mkdirSync(place.path('parts'));
  await place.write('whole.parquet', encodeParquet(whole));
  await place.write('odd.parquet', encodeParquet(odd));
  await place.write('parts/1.parquet', encodeParquet(part(odd, 0, half)));
  await place.write('parts/2.parquet', encodeParquet(part(odd, half, ROWS)));
  await place.json(
    'anomalies --fit whole.parquet --models 2 --epochs 3 --hidden 8 --latent 2 --kind vanilla --out detector',
  );
  await place.json('anomalies detector odd.parquet --out whole --format parquet');
}, 120_000);

async function read(name: string): Promise<Map<string, readonly unknown[]>> {
  const { train: source } = await loadData(place.path(name), {
    environment: dataEnvironment({}),
    columns: ['example', 'score', 'anomaly', 'because'],
  });
  if (source.form !== 'table') throw new Error('scores are a table');
  return new Map(source.columns.map(({ name: column, values }) => [column, [...values]]));
}

describe('scores', () => {
  test.each(['parquet', 'csv', 'jsonl'])('into .%s are those of the whole', async (ending) => {
    const out = `scores.${ending}`;
    const told = await place.json(`anomalies detector parts/*.parquet --out ${out}`);
    const [all, own] = [await read('whole/anomalies.parquet'), await read(out)];
    expect(told).toMatchObject({ examples: ROWS, files: 2, unseen: 1, reader: 'duckdb', scores: out });
    expect(own.get('example')).toEqual(Array.from({ length: ROWS }, (_, row) => row + 1));
    const scores = all.get('score') ?? [];
    for (const [row, score] of (own.get('score') ?? []).entries()) {
      expect(Number(score) / Number(scores[row])).toBeCloseTo(1, 3);
    }
    const same = (column: string): number =>
      (own.get(column) ?? []).filter((value, row) => value === all.get(column)?.[row]).length / ROWS;
    expect(same('because')).toBeGreaterThan(0.999);
    expect(same('anomaly')).toBeGreaterThan(0.999);
    expect(told.anomalies).toBe((own.get('anomaly') ?? []).filter((is) => is === 'yes').length);
  });

  test('a model that is no detector learns what is usual from some of the rows', async () => {
    const told = await place.json('anomalies detector/model/1 odd.parquet --out plain.parquet --limit 1000');
    expect(told.examples).toBe(1000);
    expect(Number(told.anomalies)).toBeLessThan(60);
  });
});

describe('what goes wrong leaves the old file', () => {
  const fails = async (words: string, code: number, message: RegExp): Promise<void> => {
    const outcome = await place.run(words);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.code).toBe(code);
  };

  test('options that need all rows at once', async () => {
    await fails(
      'anomalies detector odd.parquet --out new.csv --threshold share:0.1',
      2,
      /--threshold share: expected a threshold that is known/,
    );
    await fails('anomalies detector odd.parquet --out new.csv --label shift', 2, /--label: expected no labels/);
    await fails('anomalies --fit odd.parquet --out new.csv', 2, /--out new\.csv: expected a folder, for the detector/);
    await fails('anomalies detector sensors --out new.csv', 2, /expected a file of rows, or a pattern/);
    await fails('anomalies detector odd.parquet --out none/new.csv', 3, /in a folder that exists/);
    expect(existsSync(place.path('new.csv'))).toBe(false);
  }, 60_000);

  test('one damaged file among others, and one with other columns', async () => {
    await place.write('old.parquet', 'old');
    mkdirSync(place.path('bad'));
    const good = encodeParquet(part(odd, 0, half));
    await place.write('bad/1.parquet', good);
    await place.write('bad/2.parquet', good.subarray(0, good.length - 9));
    await fails('anomalies detector bad/*.parquet --out old.parquet', 2, /expected a file that is not there yet/);
    await fails(
      'anomalies detector bad/*.parquet --out old.parquet --overwrite',
      3,
      /bad.2\.parquet: expected a Parquet file/,
    );
    await place.write('bad/2.parquet', encodeParquet({ ...part(odd, 0, half), columns: odd.columns.slice(1) }));
    await fails(
      'anomalies detector bad/*.parquet --out old.parquet --overwrite',
      3,
      /bad.2\.parquet column .*: expected the columns of .*1\.parquet/,
    );
    const torn = good.slice();
    torn.fill(7, 100, 3000);
    await place.write('bad/2.parquet', torn);
    await fails('anomalies detector bad/*.parquet --out old.parquet --overwrite', 3, /bad.2\.parquet: expected/);
    expect(await readFile(place.path('old.parquet'), 'utf8')).toBe('old');
    expect((await readdir(place.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 60_000);

  test('an interruption', async () => {
    await place.write('old.parquet', 'old');
    await writeFile(place.path('long.csv'), `a,b\n${'1.5,2.5\n'.repeat(200_000)}`);
    await place.json('train long.csv --limit 500 --epochs 1 --latent 1 --hidden 4 --out tiny');
    const running = place.start('anomalies tiny long.csv --out old.parquet --overwrite');
    await running.shows('learned from');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.outcome;
    expect(stderr).toMatch(/interrupted/);
    expect(code).toBe(130);
    expect(await readFile(place.path('old.parquet'), 'utf8')).toBe('old');
    expect((await readdir(place.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 60_000);

  test('a full disk', async () => {
    const small = place.path('small');
    mkdirSync(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'none', small], { stdio: 'ignore' });
    } catch {
      // Only some may mount a small disk.
      return;
    }
    try {
      await fails(
        'anomalies detector odd.parquet --out small/scores.parquet',
        3,
        /small.scores\.parquet: expected a file that can be written, got a full disk/,
      );
      expect(await readdir(small)).toEqual([]);
      await fails(
        'train whole.parquet --from disk --epochs 1 --hidden 8 --latent 2 --out small/run',
        3,
        /rows\.tmp: expected a file that can be written, got a full disk/,
      );
    } finally {
      execFileSync('umount', [small]);
    }
    expect((await stat(small)).isDirectory()).toBe(true);
  }, 60_000);
});
