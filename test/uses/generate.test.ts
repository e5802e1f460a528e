/** `autoencoder generate`, by the command, on tiny data. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { encode } from 'fast-png';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';
import { curve } from './curve.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const { path, write, run, json } = await makeWorkplace();

const SIDE = 8;
const training = '--hidden 32 --latent 3 --epochs 60 --threads 1';

/** A grey picture of a bar: upright at a column, or lying at a row. */
function bar(kind: 'upright' | 'lying', place: number, light: number): Uint8Array {
  const data = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) data[kind === 'lying' ? place * SIDE + i : i * SIDE + place] = light;
  return encode({ width: SIDE, height: SIDE, data, channels: 1, depth: 8 });
}

let made: Record<string, unknown>;

beforeAll(async () => {
  await write('curve.csv', curve());
  for (const kind of ['upright', 'lying'] as const)
    for (let place = 0; place < SIDE; place++)
      for (const light of [140, 170, 200, 230, 250])
        await write(`bars/${kind}/${place}-${light}.png`, bar(kind, place, light));
  made = await json(`generate --fit bars --labels given ${training} --n 20 --seed 3 --out made`);
  await run(`train curve.csv --label sort --kind variational ${training} --learning-rate 0.01 --seed 1 --out curve`);
  await run(`train curve.csv --hidden 8 --latent 1 --epochs 2 --threads 1 --out plain`);
  await run(`train curve.csv --kind vq --hidden 8 --latent 2 --entry-width 1 --epochs 2 --threads 1 --out book`);
});

describe('generate', () => {
  test('trains, writes pictures of each class in turn with a report, and says how good they are', async () => {
    expect(made).toMatchObject({
      model: 'made/model/model.safetensors',
      examples: 'made/examples',
      report: 'made/report.html',
      data: 'bars',
      count: 20,
      shape: [20, 1, SIDE, SIDE],
      classes: ['lying', 'upright'],
      compared: 8,
      space: 'codes of this model',
    });
    const { results, baselines } = made as Record<string, Record<string, { precision: number } & number>>;
    for (const share of [results.precision, results.recall, baselines.gaussian.precision, baselines.real.precision]) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(Number.isFinite(results.negativeLogLikelihood)).toBe(true);
    expect(await readdir(path('made', 'examples', 'lying'))).toHaveLength(10);
    expect((await readdir(path('made', 'examples', 'upright'))).slice(0, 2)).toEqual(['02.png', '04.png']);
    const page = await readFile(path('made', 'report.html'), 'utf8');
    for (const part of ['data-chart="samples"', 'data-chart="contact-sheet"', 'Precision', 'learned by heart'])
      expect(page).toContain(part.replace('learned by heart', 'learning by heart'));
    // What was made can be learned from.
    await run('train made/examples --epochs 1 --hidden 4 --latent 2 --threads 1 --out again');
    expect(await json('info again')).toMatchObject({ data: { examples: 18 } });
  });

  test('the same seed draws the same, another one others; a class and a truncation change what is drawn', async () => {
    const drawn = async (options: string, file: string): Promise<Buffer> => {
      await run(`generate made/model --n 6 ${options} --out ${file}`);
      return readFile(path(file));
    };
    const first = await drawn('--seed 5', 'first.npy');
    expect(await drawn('--seed 5', 'same.npy')).toEqual(first);
    for (const options of ['--seed 6', '--seed 5 --truncation 0.5', '--seed 5 --class lying'])
      expect(await drawn(options, `${options.replaceAll(/\W/g, '')}.npy`)).not.toEqual(first);
    expect(await drawn('--seed 5', 'grid.png')).not.toHaveLength(0);
  });

  test('rows of a table as CSV, told in words', async () => {
    const { stdout } = await run('generate curve curve.csv --n 400 --out rows');
    expect(stdout).toMatch(/precision +recall/);
    expect(stdout).toMatch(/normal draws, PCA 3/);
    const [head, ...rows] = (await readFile(path('rows', 'examples.csv'), 'utf8')).trim().split('\n');
    expect(head).toBe('along,up,wave');
    expect(rows).toHaveLength(400);
    // Learned: up is the square of along, as far as the numbers of one row go.
    const places = rows.map((row) => row.split(',').map(Number));
    const miss = (by: number): number => {
      const misses = places.map(([along], row) => Math.abs(places[(row + by) % 400][1] - along ** 2));
      return misses.sort((one, other) => one - other)[200];
    };
    expect(miss(0)).toBeLessThan(0.8 * miss(1));
  });

  test('more like given ones, with their labels, as data that can be read again', async () => {
    const found = await json('generate curve --like curve.csv --label sort --n 400 --out more.csv');
    expect(found).toMatchObject({ like: 'curve.csv', examples: 'more.csv', count: 400, classes: ['end', 'middle'] });
    const rows = (await readFile(path('more.csv'), 'utf8')).trim().split('\n');
    expect(rows[0]).toBe('along,up,wave,sort');
    const old = curve().trim().split('\n');
    for (const at of [1, 7, 300]) {
      const [along, , , sort] = rows[at].split(',');
      const [was, , , label] = old[at].split(',');
      expect(sort).toBe(label);
      expect(Math.abs(Number(along) - Number(was))).toBeLessThan(1.5);
    }
    expect(rows[301].split(',')[3]).toBe(old[1].split(',')[3]);
    const pictures = await json('generate made/model --like bars --n 90 --spread 2 --out near');
    expect(pictures).toMatchObject({ examples: 'near/examples', report: 'near/report.html', count: 90 });
    expect(await readdir(path('near', 'examples', 'upright'))).toHaveLength(40);
    expect(await readFile(path('near', 'report.html'), 'utf8')).toContain('What they were made of');
  });

  test('what is there is replaced only when asked to, and only what looks like it', async () => {
    await run('generate made/model --n 4 --out kept');
    await write('kept/examples/lying/own.png', bar('lying', 1, 200));
    const { code, stderr } = await run('generate made/model --n 2 --out kept');
    expect([code, stderr]).toEqual([2, expect.stringContaining('add --overwrite')]);
    await run('generate made/model --n 2 --out kept --overwrite');
    expect(await readdir(path('kept', 'examples', 'lying'))).toEqual(['1.png', 'own.png']);
    expect(await readdir(path('kept', 'examples', 'upright'))).toEqual(['2.png']);
  });
});

describe('says what is wrong', () => {
  test.each([
    ['generate', 2, 'expected a model, or --fit with data, got neither'],
    ['generate plain', 2, 'expected a kind with a prior, e.g. variational, got vanilla'],
    [
      'generate --fit curve.csv --kind denoising --out never',
      2,
      'variational, vq, adversarial, wasserstein, got denoising',
    ],
    ['generate made/model --class lyng', 2, 'did you mean lying?'],
    ['generate --fit bars --labels given --class lyng --epochs 100000 --out never', 2, 'did you mean lying?'],
    ['generate --fit bars --class lying --epochs 100000 --out never', 2, 'none: this model is told no classes'],
    ['generate --fit bars --kind vq --truncation 0.5 --epochs 100000 --out never', 2, 'leave the truncation out'],
    ['generate curve --class lying', 2, 'none: this model is told no classes'],
    ['generate curve --truncation 0', 2, 'a number above 0, at most 1, got "0"'],
    ['generate curve --truncation -1', 2, 'a number above 0, at most 1, got "-1"'],
    ['generate book --truncation 0.5', 2, 'whose codes are entries of a codebook'],
    ['generate book --like curve.csv', 2, 'whose codes can be moved a little'],
    ['generate curve --n 0', 2, 'a whole number from 1, got "0"'],
    ['generate curve --like curve.csv --truncation 0.5', 2, 'nothing that is asked of the prior'],
    ['generate curve --spread 2', 2, '--like beside it'],
    ['generate curve curve.csv --like curve.csv', 2, 'no other data beside it'],
    ['generate curve --epochs 3', 2, 'no training option beside a model'],
    ['generate curve --out made --format png', 2, 'a folder without results in it'],
    ['generate curve --out more.npy --format csv', 2, 'no format beside a file'],
    ['generate --fit curve.csv --out more.npy', 2, 'a folder in --out'],
    ['generate curve --out nowhere/more.csv', 3, 'a file in a folder that exists'],
    ['generate curve --format pictures --out never', 3, 'examples that are pictures, got rows of a table'],
    ['generate curve bars', 3, 'expected a table with the columns of training, got bytes'],
    ['generate curve missing.csv', 3, 'or a file or folder that exists'],
    ['generate missing', 3, 'a model file, got no such file'],
    ['generate made/model --like bars --n 3 --out never.npz', 3, 'classes that are whole numbers'],
  ])('%s', async (words, wanted, message) => {
    const { code, stderr, stdout } = await run(words);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([wanted, '']);
    for (const file of ['never', 'never.npz', 'runs']) expect(existsSync(path(file))).toBe(false);
  });
});
