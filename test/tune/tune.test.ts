/** `autoencoder tune`, by the command and by the library, on tiny data. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { load, loadData, tune } from 'autoencoder';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const { path, write, run, start, json } = await makeWorkplace();

/** Rows on a bent surface: 6 numbers of 2. */
function bent(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const [u, v] = [(row * 0.618034) % 1, (row * 0.754878) % 1].map((x) => 2 * x - 1);
    return [u, v, u * v, u * u, Math.sin(3 * v), u - v].map((x) => x.toFixed(4)).join(',');
  });
  return `a,b,c,d,e,f\n${lines.join('\n')}\n`;
}

const SEARCH = '--search hidden=4|16|64,learningRate=1e-3..3e-2:log';
const SMALL = `${SEARCH} --latent 2 --epochs 9 --batch-size 32 --seed 2 --parallel 2`;

interface Line {
  readonly job: number;
  readonly trial: number;
  readonly rung: number;
  readonly point: Readonly<Record<string, unknown>>;
  readonly outcome: { readonly value: number };
}

async function logOf(folder: string): Promise<Line[]> {
  const text = await readFile(path(folder, 'trials.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Without what depends on the clock. */
const timeless = (lines: readonly Line[]) =>
  lines.map(({ job, trial, rung, point, outcome }) => ({ job, trial, rung, point, value: outcome.value }));

let whole: Record<string, unknown>;

beforeAll(async () => {
  await write('bent.csv', bent(400));
  whole = await json(`tune bent.csv ${SMALL} --trials 12 --out whole`);
});

describe('tune', () => {
  test('finds a better model than the default one, keeps it ready for use, and tells what mattered', async () => {
    expect(whole).toMatchObject({ model: 'whole/model.safetensors', report: 'whole/report.html', rungs: [1, 3, 9] });
    expect(whole.counts).toMatchObject({ trials: 12, failed: 0 });
    const { best, default: initial, options, improvement } = whole as Record<string, { value: number }>;
    expect(best.value).toBeLessThanOrEqual(initial.value);
    expect(improvement).toBeCloseTo(1 - best.value / initial.value);
    expect(options).toMatchObject({ latent: 2, network: 'dense', epochs: 9 });
    const evaluated = await json('evaluate whole bent.csv');
    expect(Object.keys(evaluated).length).toBeGreaterThan(0);
    expect((await load(path('whole', 'model.safetensors'))).card?.results['validation.mse']).toBeCloseTo(best.value, 6);
    const page = await readFile(path('whole', 'report.html'), 'utf8');
    for (const part of ['What was found', 'How soon it was found', 'What mattered', 'Which values were good', '<svg'])
      expect(page).toContain(part);
    expect(existsSync(path('whole', 'trials'))).toBe(false);
  });

  test('a default value that is not among those searched is told, too', async () => {
    const found = await json('tune bent.csv --search hidden=8|16 --latent 2 --epochs 1 --trials 2 --out narrow');
    expect(found.default).toMatchObject({ point: { hidden: [512, 256] } });
  });

  test('the command that it names trains the same model', async () => {
    const { stdout } = await run(
      `tune bent.csv ${SEARCH} --latent 2 --epochs 3 --batch-size 32 --trials 3 --out again`,
    );
    const named = stdout.split('\n').find((line) => line.trim().startsWith('autoencoder train'));
    const trained = await json(`${named?.trim().replace(/^autoencoder /, '')} --out trained --threads 1`);
    const { results } = (await load(path('again', 'model.safetensors'))).card ?? { results: {} };
    expect((trained.validation as Record<string, number>).mse).toBeCloseTo(
      (results as Record<string, number>)['validation.mse'],
      6,
    );
  });

  test('interrupted with Ctrl-C and killed, it goes on: nothing that ended is repeated, and the trials are the same', async () => {
    const words = `tune bent.csv ${SMALL} --trials 12 --out stopped`;
    const first = start(words);
    await first.shows('trial 2');
    first.child.kill('SIGINT');
    const { code, stderr } = await first.outcome;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain('autoencoder tune --resume stopped');
    const before = await logOf('stopped');
    const second = start('tune --resume stopped');
    await second.shows('epoch');
    second.child.kill('SIGKILL');
    await second.outcome;
    const third = await run('tune --resume stopped');
    expect(third.code, third.stderr).toBe(0);
    const after = await logOf('stopped');
    expect(after.filter(({ job }) => before.some((line) => line.job === job))).toEqual(before);
    expect(timeless(after)).toEqual(timeless(await logOf('whole')));
    const over = await run('tune --resume stopped');
    expect([over.code, over.stderr]).toEqual([3, expect.stringContaining('one that is over')]);
  });

  test('time that is nearly up ends it', async () => {
    const began = performance.now();
    const found = await json(`tune bent.csv --latent 2 --epochs 9 --minutes 0.05 --out quick`);
    expect((performance.now() - began) / 1000).toBeLessThan(30);
    expect((found.counts as Record<string, number>).complete).toBeGreaterThan(0);
  });

  test.each([
    ['tune', 2, 'the name of the data'],
    ['tune bent.csv --trials 0', 2, '--trials: expected a whole number from 1'],
    ['tune bent.csv --search latnt=1..3', 2, 'did you mean latent?'],
    ['tune bent.csv --search latent=3', 2, 'one point (latent)'],
    ['tune bent.csv --objective loss --search kind=vanilla|variational', 2, 'use --objective mse'],
    ['tune bent.csv --method tpee', 2, 'did you mean tpe?'],
    ['tune bent.csv --out whole', 2, 'a folder without results in it'],
    ['tune nowhere.csv', 3, 'nowhere.csv'],
    ['tune one.csv', 3, 'at least 2 examples'],
    ['tune --resume whole --trials 3', 2, 'nothing else beside it'],
  ])('%s: exit code %i', async (words, expected, message) => {
    await write('one.csv', 'a,b,c\n1,2,3\n');
    const { code, stderr, stdout } = await run(words);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([expected, '']);
  });
});

describe('tune, in the library', () => {
  test('the same seed finds the same, across kinds, and gives the model', async () => {
    const data = await loadData(path('bent.csv'));
    const options = {
      search: 'kind=vanilla|denoising|topk,noiseLevel=0.01..0.3:log,latent=2..4',
      trials: 6,
      epochs: 3,
      seed: 1,
      hidden: [16],
    };
    const { best, trials, model } = await tune(data, options);
    expect(trials).toHaveLength(6);
    for (const { point, trial } of trials)
      if (trial > 0) expect('noiseLevel' in point).toBe(point.kind === 'denoising');
    expect((await model.evaluate(data)).mse).toBeGreaterThan(0);
    const again = await tune(data, options);
    expect(again.trials.map(({ value, point }) => ({ value, point }))).toEqual(
      trials.map(({ value, point }) => ({ value, point })),
    );
    expect(again.best.value).toBe(best.value);
  });

  test('without labels, for anomalies: what it finds tells made ones better than the default one', async () => {
    const data = await loadData(path('bent.csv'));
    const { best, initial, options, importance } = await tune(data, { objective: 'anomalies', trials: 8, epochs: 6 });
    expect(best.value).toBeGreaterThan(0);
    expect(best.value).toBeLessThan(0.5);
    expect(best.value).toBeLessThanOrEqual(initial?.value ?? 1);
    expect(options).toMatchObject({ kind: 'denoising', network: 'dense' });
    expect(options).not.toHaveProperty('validation');
    expect(importance?.trials).toBe(8);
    // What was trained to the end is tried on clusters that it did not see, and once more on other rows.
    expect(initial?.parts).toHaveProperty('clusters that were left out');
    expect(initial?.parts).toHaveProperty('split 4 of 4 others');
    expect(Object.entries(best.parts ?? {}).every(([name, value]) => value <= (initial?.parts?.[name] ?? 0))).toBe(
      true,
    );
  });
});
