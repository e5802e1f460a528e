/** `autoencoder reduce`, by the command, on tiny data. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';
import { curve } from './curve.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();

beforeAll(() => write('curve.csv', curve()));

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
