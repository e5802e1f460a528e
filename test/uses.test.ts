/** What trained models are used for, by the command, on tiny data. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../src/base/random.ts';
import { makeWorkplace } from './command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();

beforeAll(async () => {
  const random = createRandom(1);
  // Points along a curve in three columns, its ends of one sort and its middle of another; a few values missing.
  const rows = Array.from({ length: 300 }, (_, i) => {
    const place = 4 * random.uniform() - 2;
    const cells = [place, place ** 2, Math.sin(2 * place)].map((value) => (value + random.normal() / 20).toFixed(4));
    if (i % 40 === 3) cells[1] = '';
    return [...cells, Math.abs(place) > 1 ? 'end' : 'middle'].join(',');
  });
  await write('curve.csv', `along,up,wave,sort\n${rows.join('\n')}\n`);
});

describe('reduce', () => {
  test('trains where it is told to fit, and beats a straight line along a curve', async () => {
    const found = await json(
      'reduce --fit curve.csv --label sort --latent 1 --hidden 16 --epochs 100 --learning-rate 0.01 --threads 1 --out curve',
    );
    expect(found).toMatchObject({
      model: 'curve/model/model.safetensors',
      codes: 'curve/codes.csv',
      report: 'curve/report.html',
      shape: [300, 1],
      measured: 30,
    });
    const { results, baselines } = found as {
      results: Record<string, number>;
      baselines: { pca: Record<string, number>; data: Record<string, number> };
    };
    expect(results.mse).toBeLessThan(0.6 * baselines.pca.mse);
    expect(results.trustworthiness).toBeGreaterThan(baselines.pca.trustworthiness);
    for (const share of [results.continuity, results.agreement, baselines.data.agreement]) {
      expect(share).toBeGreaterThan(0.5);
      expect(share).toBeLessThanOrEqual(1);
    }
    const codes = (await readFile(path('curve', 'codes.csv'), 'utf8')).trim().split('\n');
    expect(codes).toHaveLength(301);
    expect(existsSync(path('curve', 'model', 'report.html'))).toBe(true);
  });

  test('takes the model that it trained, with the same codes', async () => {
    await run('reduce curve/model curve.csv --label sort --out again');
    expect(await readFile(path('again', 'codes.csv'), 'utf8')).toBe(await readFile(path('curve', 'codes.csv'), 'utf8'));
    expect(existsSync(path('again', 'model'))).toBe(false);
  });

  test('its report is one page with both maps', async () => {
    await run('reduce --fit digits --limit 200 --epochs 2 --latent 4 --hidden 16 --threads 1 --out digits');
    const page = await readFile(path('digits', 'report.html'), 'utf8');
    expect(page).not.toMatch(/(src|href)="(?!#)/);
    for (const of of ['model', 'pca']) expect(page).toContain(`data-chart="code-map" data-of="${of}"`);
    expect(page).toContain('Trustworthiness');
  });

  test.each([
    ['reduce', 'expected a model and data, or --fit with data, got neither'],
    ['reduce curve.csv', 'got one word'],
    ['reduce curve/model curve.csv --epochs 3', '--epochs without --fit'],
    ['reduce --fit curve.csv curve/model', 'leave out curve/model'],
    ['reduce curve/model curve.csv --out curve', 'add --overwrite'],
    ['reduce curve/model curve.csv --format xls', 'expected one of csv, parquet, jsonl, npy'],
    ['reduce --fit curve.csv --beta 2', 'add --kind variational'],
  ])('%s: says what is wrong', async (words, message) => {
    const { code, stderr, stdout } = await run(words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });

  test('four rows are too few to have neighbourhoods', async () => {
    await write('few.csv', 'along,up,wave\n1,1,0.9\n0,0,0\n-1,1,-0.9\n2,4,-0.7\n');
    const { code, stderr } = await run('reduce curve/model few.csv');
    expect(code).toBe(3);
    expect(stderr).toContain('at least 5 examples');
  });
});

describe('features', () => {
  test('tells classes from a few labels, beside the same network from scratch', async () => {
    const found = await json(
      'features --fit curve.csv --label sort --labels 20 --latent 1 --hidden 16 --epochs 60 --learning-rate 0.01 --threads 1 --clusters 3 --out features',
    );
    expect(found).toMatchObject({
      codes: 'features/features.csv',
      shape: [300, 1],
      task: { form: 'classes', names: ['end', 'middle'], labels: 20, available: 270, heldOut: 30 },
      clusters: { count: 3 },
    });
    const { task, dependence } = found as {
      task: { scores: Record<string, { error: number }> };
      dependence: { name: string }[];
    };
    expect(Object.keys(task.scores)).toEqual(['probe', 'fineTuned', 'spread', 'scratch', 'inputs', 'constant']);
    expect(task.scores.fineTuned.error).toBeLessThan(task.scores.constant.error);
    expect(dependence.map(({ name }) => name).sort()).toEqual(['along', 'up', 'wave']);
    const [head, ...rows] = (await readFile(path('features', 'features.csv'), 'utf8')).trim().split('\n');
    expect(head).toBe('code1,cluster');
    expect(rows).toHaveLength(300);
    expect(await readFile(path('features', 'report.html'), 'utf8')).toContain('Telling classes');
  });

  test('tells a number that is not among the inputs', async () => {
    const found = await json(
      'features --fit curve.csv --columns along,up --target wave --hidden 16 --latent 1 --epochs 60 --threads 1 --clusters auto --out number',
    );
    expect(found.dependence).toHaveLength(2);
    expect(found.task).toMatchObject({
      form: 'numbers',
      names: ['wave'],
      scores: { scratch: { r2: expect.any(Number) } },
    });
    const { code, stderr } = await run(
      'features number/model curve.csv --columns along,up --target sort --probe linear',
    );
    expect([code, stderr]).toEqual([3, expect.stringContaining('expected numbers, for a target')]);
  });

  test.each([
    ['features --fit curve.csv --label sort --labels 400 --epochs 1 --out much', 2, 'at most the 270 rows'],
    ['features --fit curve.csv --probe guess', 2, 'expected one of linear, fine-tune'],
    ['features --fit curve.csv --clusters few', 2, 'a whole number from 1'],
    ['features --fit curve.csv --label sort --target sort', 2, 'a column that has no other role'],
  ])('%s: says what is wrong', async (words, exit, message) => {
    const { code, stderr } = await run(words);
    expect([code, stderr]).toEqual([exit, expect.stringContaining(message)]);
  });
});
