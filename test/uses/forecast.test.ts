/** What comes next in series, by the command. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { makeWorkplace } from '../command.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();

/** Hours with a season of 8; a gap in the values, and rows left out by `skip`. */
function hours(rows: number, skip: (row: number) => boolean = () => false): string {
  const random = createRandom(4);
  let level = 0;
  const lines = Array.from({ length: rows }, (_, at) => {
    level = 0.8 * level + random.normal();
    const time = new Date(1.7e12 + 3_600_000 * at).toISOString().slice(0, 19).replace('T', ' ');
    const value = 20 + 4 * Math.sin((2 * Math.PI * at) / 8) + level;
    return [time, at % 50 === 7 ? '' : value.toFixed(3), (level + random.normal()).toFixed(3), 'one'].join(',');
  });
  return `when,load,wind,place\n${lines.filter((_, row) => !skip(row)).join('\n')}\n`;
}

const setup = '--time when --columns load --exogenous wind --steps 4 --epochs 10 --threads 1';

beforeAll(async () => {
  await write('hours.csv', hours(600));
  await write('later.csv', hours(640));
  await write(
    'irregular.csv',
    hours(600, (row) => row % 90 === 5),
  );
  await write('short.csv', hours(40));
});

describe('forecast', () => {
  test('tells the steps after the end, and how far off it was before', async () => {
    const found = await json(`forecast --fit hours.csv ${setup} --interval 0.8 --out hours`);
    expect(found).toMatchObject({
      forecast: 'hours/forecast.csv',
      report: 'hours/report.html',
      model: 'hours/model/model.safetensors',
      series: ['load'],
      exogenous: ['wind'],
      history: 12,
      steps: 4,
      season: 8,
      interval: 0.8,
      origins: 117,
    });
    const [{ model, lastValue, seasonBefore, coverage }] = found.results as {
      model: { mae: number };
      lastValue: { mae: number };
      seasonBefore: { mae: number };
      coverage: number;
    }[];
    expect(model.mae).toBeLessThan(Math.min(lastValue.mae, seasonBefore.mae));
    expect(coverage).toBeGreaterThan(0.6);
    const [head, first, ...rest] = (await readFile(path('hours', 'forecast.csv'), 'utf8')).trim().split('\n');
    expect(head).toBe('when,load,load lower,load upper');
    expect(first).toMatch(/^2023-12-09 22:13:20,/);
    expect(rest).toHaveLength(3);
    const page = await readFile(path('hours', 'report.html'), 'utf8');
    expect(page).toContain('aria-label="load and its forecast"');
    expect(page).toContain('How far off before');
  });

  test('goes on from later rows, measured on those that it has not learned from', async () => {
    const found = await json('forecast hours later.csv --time when --columns load,wind --threads 1 --out later').catch(
      (error: unknown) => String(error),
    );
    expect(found).toContain('--columns: expected --fit beside it');
    expect(await json('forecast hours later.csv --time when --threads 1 --out later')).toMatchObject({
      origins: 157,
      steps: 4,
    });
    expect(await readFile(path('later', 'forecast.csv'), 'utf8')).toContain('\n2023-12-11 14:13:20,');
  });

  test('says so where rows are not equally far apart', async () => {
    const { code, stderr, stdout } = await run(`forecast --fit irregular.csv ${setup} --season 0 --out irregular`);
    expect(code).toBe(0);
    expect(stderr).toContain('not equally far apart in time');
    expect(stdout).not.toContain('season before');
    expect(await readFile(path('irregular', 'report.html'), 'utf8')).toContain('not equally far apart');
  });

  test.each([
    [`forecast --fit short.csv ${setup} --out none`, 3, 'rows before the last part'],
    ['forecast --fit hours.csv --columns place --out none', 3, 'expected a series of numbers, got texts'],
    ['forecast --fit digits --limit 50 --out none', 3, 'expected a table'],
    [
      'forecast --fit hours.csv --columns load --exogenous load --out none',
      2,
      'columns beside those that are forecast',
    ],
    ['forecast --fit hours.csv --interval 2', 2, 'a share between 0 and 1'],
    ['forecast --fit hours.csv --steps 0', 2, 'a whole number from 1'],
    ['forecast hours hours.csv --steps 9', 2, '--fit beside it'],
    ['forecast . hours.csv', 3, 'forecaster.json'],
    ['forecast --fit hours.csv --time load', 3, 'a time'],
  ])('%s: says what is wrong', async (words, exit, message) => {
    const { code, stderr } = await run(words);
    expect([code, stderr]).toEqual([exit, expect.stringContaining(message)]);
  });
});
