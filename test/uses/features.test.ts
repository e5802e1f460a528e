/** `autoencoder features`, by the command, on tiny data. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';
import { curve } from './curve.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();

beforeAll(() => write('curve.csv', curve()));

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
