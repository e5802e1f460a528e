/** The command as a user runs it, on tiny data. What it does with bad input is in `attacks/cli.test.ts`. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../src/base/random.ts';
import { byteStream } from '../src/data/bytes.ts';
import { npy } from '../src/data/formats/npy.ts';
import { kinds } from '../src/model/kinds/kinds.ts';
import { commandFile, follow, makeWorkplace } from './command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const TINY = 'digits --limit 300 --epochs 2 --hidden 32 --latent 8 --threads 1';

const { folder, path, write, start, run, json } = await makeWorkplace();

const model = (name: string): Promise<Buffer> => readFile(path(name, 'model.safetensors'));

/** Length, width and species of 60 leaves; some widths and species are missing. */
function leaves(): string {
  const random = createRandom(1);
  const rows = Array.from({ length: 60 }, (_, i) => {
    const species = ['ash', 'oak', 'elm, "wych"'][i % 3];
    const length = 3 + (i % 3) + random.normal() / 4;
    const width = i % 7 === 0 ? '' : (length / 2 + random.normal() / 9).toFixed(3);
    return `${length.toFixed(3)},${width},${i % 11 === 5 ? '?' : `"${species.replaceAll('"', '""')}"`}`;
  });
  return `length,width,species\n${rows.join('\n')}\n`;
}

let trained: { readonly code: number | null; readonly stdout: string; readonly stderr: string };

beforeAll(async () => {
  await write('leaves.csv', leaves());
  trained = await run(`train ${TINY} --out digits --json`);
  await run('train leaves.csv --epochs 60 --batch-size 8 --learning-rate 0.01 --hidden 16 --latent 3 --out leaves');
});

describe('train --json', () => {
  test('writes one JSON object on standard output, and everything for people on standard error', () => {
    expect(trained.code).toBe(0);
    expect(trained.stdout.endsWith('}\n')).toBe(true);
    expect(trained.stdout.trim().split('\n')).toHaveLength(1);
    expect(trained.stderr).toContain('epoch 2  train ');
    expect(trained.stderr).toContain('PCA with 8 numbers');
  });

  test('its object has the promised keys, with numbers that fit together', () => {
    const result: unknown = JSON.parse(trained.stdout);
    const number = expect.any(Number);
    expect(result).toMatchObject({
      model: 'digits/model.safetensors',
      kind: 'vanilla',
      network: 'dense',
      // 784·32 + 32, 32·8 + 8, and back.
      parameters: 784 * 32 + 32 + 32 * 8 + 8 + 8 * 32 + 32 + 32 * 784 + 784,
      epochs: 2,
      train: { loss: number },
      validation: { loss: number, mse: number },
      test: { loss: number, mse: number },
      baselines: { pca: { mse: number } },
      seconds: number,
      examplesPerSecond: number,
    });
    // Squared error is half the squared distance: with one term, the loss is 784 / 2 times the error per feature.
    const { validation } = result as { validation: { loss: number; mse: number } };
    expect(validation.loss / (392 * validation.mse)).toBeCloseTo(1, 5);
  });

  test('leaves a model, its figures and a report, and no checkpoint', async () => {
    expect(readdirSync(path('digits')).sort()).toEqual(['metrics.jsonl', 'model.safetensors', 'report.html']);
    const lines = (await readFile(path('digits', 'metrics.jsonl'), 'utf8')).trim().split('\n');
    const last = JSON.parse(lines[1]) as { epoch: number; validation: { mse: number } };
    expect(lines).toHaveLength(2);
    expect(last.epoch).toBe(2);
    expect(last.validation.mse).toBe((JSON.parse(trained.stdout) as typeof last).validation.mse);
  });

  test('its report needs nothing from anywhere else', async () => {
    const page = await readFile(path('digits', 'report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).not.toMatch(/<link\b|<script[^>]*\bsrc=|@import|url\(\s*['"]?https?:|<img[^>]*src=["']?(?!data:)/i);
    expect(page).toContain('<h1');
  });

  test('a command that fails writes nothing on standard output', async () => {
    expect(await run('train nothing.csv --json')).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('the model at work', () => {
  test('info tells what it is', async () => {
    const told = await json('info digits');
    expect(told).toMatchObject({ file: 'digits/model.safetensors', blueprint: { latent: 8, shape: [1, 28, 28] } });
    expect((await run('info digits/model.safetensors')).stdout).toMatch(/shape +1×28×28 → 8 → 1×28×28/);
  });

  test('evaluate finds the error that training reported for the test part, and reconstruct that of the train part', async () => {
    const onTest = await json('evaluate digits digits --limit 300 --threads 1');
    const { test: reported } = JSON.parse(trained.stdout) as { test: { mse: number } };
    expect(onTest).toMatchObject({ part: 'test', examples: 300 });
    expect(onTest.mse).toBeCloseTo(reported.mse, 6);
    const onTrain = await json('evaluate digits digits --limit 50 --part train');
    const rebuilt = await json('reconstruct digits digits --limit 50 --out seen.png');
    expect(rebuilt.mse).toBeCloseTo(Number(onTrain.mse), 6);
    expect((await readFile(path('seen.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  test('decoding the codes of pictures is reconstructing them', async () => {
    await run('encode digits digits --limit 20 --out codes.npy');
    await run('decode digits codes.npy --out decoded.npy');
    await run('reconstruct digits digits --limit 20 --out rebuilt.npy');
    const [decoded, rebuilt] = await Promise.all(
      ['decoded.npy', 'rebuilt.npy'].map(async (name) => {
        const bytes = new Uint8Array(await readFile(path(name)));
        return npy.read(byteStream(name, bytes), {});
      }),
    );
    expect(decoded).toMatchObject({ shape: [20, 1, 28, 28], values: rebuilt.form === 'array' && rebuilt.values });
  });

  test('a table with categories and missing values goes through the code and comes back as a table', async () => {
    const codes = await run('encode leaves leaves.csv');
    expect(codes.stdout.trim().split('\n')).toHaveLength(61);
    await write('codes.csv', codes.stdout);
    const decoded = (await run('decode leaves codes.csv')).stdout.trim().split('\n');
    const rebuilt = (await run('reconstruct leaves leaves.csv')).stdout.trim().split('\n');
    expect(rebuilt[0]).toBe('length,width,species');
    const original = leaves().trim().split('\n');
    let right = 0;
    for (let row = 1; row < rebuilt.length; row++) {
      // Codes written as text are rounded: the numbers may differ in the last digits, the category may not.
      const [, length, width, species] = /^([^,]+),([^,]+),(.+)$/.exec(rebuilt[row]) ?? [];
      const again = /^([^,]+),([^,]+),(.+)$/.exec(decoded[row]) ?? [];
      expect(Number(again[1])).toBeCloseTo(Number(length), 3);
      expect(Number(again[2])).toBeCloseTo(Number(width), 3);
      expect(again[3]).toBe(species);
      expect(['ash', 'oak', '"elm, ""wych"""']).toContain(species);
      if (original[row].replaceAll('"', '').includes(species.replaceAll('"', ''))) right++;
    }
    expect(right).toBeGreaterThan(45);
    expect(await json('evaluate leaves leaves.csv')).toMatchObject({ part: 'all', examples: 60 });
  });

  test.each([
    ['encode digits digits --limit 3', { shape: [3, 8] }],
    ['decode digits codes3.jsonl', { shape: [2, 1, 28, 28] }],
    [
      'datasets',
      { datasets: expect.arrayContaining([expect.objectContaining({ name: 'digits', shape: [1, 28, 28] })]) },
    ],
    [
      'datasets',
      { datasets: expect.arrayContaining([expect.objectContaining({ columns: ['user', 'item', 'rating'] })]) },
    ],
    ['train waves --limit 100 --epochs 1 --hidden 4 --threads 1 --out waves', { latent: 2, data: 'waves' }],
    ['train sensors --columns flow,mode --time time --epochs 1 --hidden 4 --threads 1 --out flow', { data: 'sensors' }],
    ['evaluate flow sensors --columns flow,mode', { part: 'test', examples: 2000 }],
  ])('%s --json', async (words, expected) => {
    await write('codes3.jsonl', '[1,2,3,4,5,6,7,8]\n[0,0,0,0,0,0,0,0]\n');
    expect(await json(words)).toMatchObject(expected);
  });

  test('codes are written as Parquet, the same as in .npy', async () => {
    await run('encode leaves leaves.csv --out leaves.parquet');
    await run('encode leaves leaves.csv --out leaves.npy');
    const { buffer, byteOffset, length } = await readFile(path('leaves.parquet'));
    const rows = await parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + length) });
    const codes = await npy.read(byteStream('leaves.npy', new Uint8Array(await readFile(path('leaves.npy')))), {});
    expect(rows.flatMap((row) => Object.values(row))).toEqual(codes.form === 'array' && Array.from(codes.values));
  });

  test('data comes from standard input too', async () => {
    const outcome = await run('encode leaves - --json', leaves());
    expect(JSON.parse(outcome.stdout)).toMatchObject({ shape: [60, 3] });
  });
});

describe('training', () => {
  test.each(kinds.map(({ name }) => name))('kind %s learns', async (kind) => {
    const out = `kind-${kind}`;
    const result = await json(`train ${TINY} --epochs 4 --batch-size 32 --kind ${kind} --out ${out}`);
    expect(result.kind).toBe(kind);
    const records = (await readFile(path(out, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    const losses = records.map((line) => (JSON.parse(line) as { validation: { loss: number } }).validation.loss);
    expect(losses[3]).toBeLessThan(losses[0]);
  });

  test('the same seed gives the same bytes, another seed does not', async () => {
    const noisy = `${TINY} --kind denoising --dropout 0.2`;
    for (const [out, seed] of Object.entries({ one: 7, two: 7, three: 8 }))
      expect(await run(`train ${noisy} --seed ${seed} --out ${out}`)).toMatchObject({ code: 0 });
    expect((await model('one')).equals(await model('two'))).toBe(true);
    expect((await model('one')).equals(await model('three'))).toBe(false);
  });

  test('the WebAssembly engine comes to nearly the same', async () => {
    const { train } = (await json(`train ${TINY} --engine web --out web`)) as { train: { loss: number } };
    const native = JSON.parse(trained.stdout) as { train: { loss: number } };
    expect(Math.abs(train.loss / native.train.loss - 1)).toBeLessThan(1e-4);
  });

  test('results are replaced only on demand', async () => {
    const before = await model('leaves');
    const again = 'train leaves.csv --epochs 1 --hidden 4 --latent 1 --out leaves';
    const { code, stderr } = await run(again);
    expect(code).toBe(2);
    expect(stderr).toContain('--overwrite');
    expect((await model('leaves')).equals(before)).toBe(true);
    await run('train leaves.csv --epochs 1 --hidden 4 --latent 1 --out replaced');
    expect(await run(`${again.replace('--out leaves', '--out replaced')} --seed 5 --overwrite`)).toMatchObject({
      code: 0,
    });
  });

  test('without --out, runs are numbered', async () => {
    const words = 'train leaves.csv --epochs 1 --hidden 4 --latent 1';
    expect((await json(words)).model).toBe('runs/leaves-vanilla/model.safetensors');
    expect((await json(words)).model).toBe('runs/leaves-vanilla-2/model.safetensors');
  });
});

describe('interrupted training', { timeout: 90_000 }, () => {
  const LONG =
    'train digits --limit 2000 --epochs 25 --hidden 64 --latent 8 --batch-size 32 --kind denoising --noise masking --dropout 0.1 --patience 0 --threads 1';

  beforeAll(async () => {
    expect(await run(`${LONG} --out whole`)).toMatchObject({ code: 0 });
  });

  test('killed again and again, it ends with the same bytes', async () => {
    const random = createRandom(3);
    let words = `${LONG} --out killed --checkpoint-every 0.05`;
    let kills = 0;
    for (;;) {
      const running = start(words);
      // The last attempts are left alone, so that the loop ends on a slow machine too.
      if (kills < 7) {
        await Promise.race([running.shows('epoch '), running.outcome]);
        await new Promise((resolve) => setTimeout(resolve, 150 * random.uniform()));
        if (running.child.kill('SIGKILL')) kills++;
      }
      const { code, stderr } = await running.outcome;
      if (code === 0) break;
      expect(code, stderr).toBe(null);
      words = 'train --resume killed --checkpoint-every 0.05';
    }
    expect(kills).toBeGreaterThanOrEqual(2);
    expect((await model('killed')).equals(await model('whole'))).toBe(true);
    expect(existsSync(path('killed', 'checkpoint.safetensors'))).toBe(false);
    const epochs = (await readFile(path('killed', 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(epochs).toHaveLength(25);
  });

  test('Ctrl-C saves, says how to go on and exits with 130; going on ends with the same bytes', async () => {
    const running = start(`${LONG} --out stopped`);
    await running.shows('epoch 3 ');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain('Go on with: autoencoder train --resume stopped');
    expect(readdirSync(path('stopped')).sort()).toEqual(['checkpoint.safetensors', 'metrics.jsonl']);
    expect((await run('info stopped')).stderr).toContain('not finished: autoencoder train --resume stopped');
    expect((await run(`${LONG} --out stopped`)).stderr).toContain('go on with --resume stopped');
    expect(await run('train --resume stopped')).toMatchObject({ code: 0 });
    expect((await model('stopped')).equals(await model('whole'))).toBe(true);
  });
});

describe('exit codes', () => {
  test.each([
    [0, 'datasets', ''],
    [0, '--version', ''],
    [2, 'train digits --hiden 4', 'Did you mean --hidden?'],
    [2, 'trian digits', 'Did you mean train?'],
    [2, 'train digits --kind varational', 'did you mean variational?'],
    [2, 'train digits --network dens', 'did you mean dense?'],
    [2, 'train digits --loss squared-eror', 'did you mean squared-error?'],
    [2, 'train digits --beta 2', 'add --kind variational, or leave --beta out'],
    [2, 'train --resume digits --epochs 9', 'leave --epochs out'],
    [3, 'train digts', 'did you mean digits?'],
    [3, 'train --resume digits', 'this run has finished'],
    [4, 'info leaves.csv', 'not a model'],
    [5, 'train digits --limit 600 --output linear --learning-rate 1e9 --out diverged', 'term reconstruction'],
  ])('%i: %s', async (code, words, text) => {
    const outcome = await run(words);
    expect(outcome.stderr).toContain(text);
    expect(outcome.code).toBe(code);
  });
});

test.each(['train', 'info', 'evaluate', 'encode', 'decode', 'reconstruct', 'reduce', 'features', 'datasets'])(
  '%s --help shows an example',
  async (command) => {
    const { code, stdout } = await run(`${command} --help`);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\\n  autoencoder ${command}`));
  },
);

describe.skipIf(process.platform === 'win32')('a reader that closes the pipe', () => {
  const shell = (script: string): ReturnType<typeof follow> =>
    follow(spawn('bash', ['-o', 'pipefail', '-c', script], { cwd: folder }));

  test('is no error', async () => {
    const command = `"${process.execPath}" "${commandFile}" encode digits digits --limit 3000`;
    expect(await shell(`${command} | head -n 1`).outcome).toMatchObject({ code: 0, stderr: '' });
  });

  test('does not stop training', async () => {
    const command = `"${process.execPath}" "${commandFile}" train ${TINY} --out piped`;
    expect(await shell(`${command} 2>&1 | head -n 1`).outcome).toMatchObject({ code: 0 });
    expect((await model('piped')).equals(await model('digits'))).toBe(true);
  });
});
