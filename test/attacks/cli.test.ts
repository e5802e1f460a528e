/** Bad input to the command: a message in four parts, the right exit code, no stack trace, nothing half written. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { encodePngGrid } from '../../src/data/formats/png.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/model/file/safetensors.ts';
import { makeWorkplace, type Outcome } from '../command.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const { path, write, start, run } = await makeWorkplace();

/** `error: where: expected …, got …; what to do`, once, and nothing else that looks like an accident. */
const FOUR_PARTS = /^error: .+: expected .+, got .+; .+$/m;

async function refused(words: string, code: number, text: string | RegExp): Promise<Outcome> {
  const outcome = await run(words);
  expect(outcome.stderr).toMatch(FOUR_PARTS);
  expect(outcome.stderr).toMatch(text);
  expect(outcome.stderr).not.toMatch(/^ +at |internal|undefined|NaN%|\[object/m);
  expect(outcome.stdout).toBe('');
  expect(outcome.code).toBe(code);
  return outcome;
}

const files = (...parts: string[]): string[] => (existsSync(path(...parts)) ? readdirSync(path(...parts)).sort() : []);

const picture = (width: number, height: number): Uint8Array =>
  encodePngGrid({
    form: 'array',
    name: 'picture',
    values: new Uint8Array(width * height).fill(99),
    shape: [1, 1, height, width],
  });

beforeAll(async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i},${(i * 7) % 11},${(i % 5) / 2}`);
  await write('good.csv', `a,b,c\n${rows.join('\n')}\n`);
  expect(await run('train good.csv --epochs 2 --hidden 4 --latent 1 --out model')).toMatchObject({ code: 0 });
});

describe('data', () => {
  test.each<readonly [string, string, string | Uint8Array, string | RegExp]>([
    ['cut short', 'cut.csv', 'a,b\n1,2\n3', 'cut.csv row 3: expected 2 cells'],
    ['ragged', 'ragged.csv', 'a,b\n1,2\n3,4,5\n', 'ragged.csv row 3: expected 2 cells, as in the first row, got 3'],
    ['text among numbers', 'text.csv', 'a,b\n1,2\n3,x\n4,5\n6,7\n', 'text.csv row 3 column "b": expected a number'],
    [
      'an infinite number',
      'infinite.csv',
      'a,b\n1,2\n3,inf\n4,5\n',
      'infinite.csv row 3 column "b": expected a finite',
    ],
    ['a header alone', 'zero.csv', 'a,b\n', 'zero.csv: expected at least 1 row'],
    ['nothing', 'empty.csv', '', 'empty.csv: expected at least 1 row'],
    ['one row', 'one.csv', 'a,b\n1,2\n', 'one.csv: expected at least 2 examples, got 1'],
    ['a column without values', 'void.csv', 'a,b\n1,\n2,\n3,\n', 'void.csv column "b": expected at least one value'],
    ['a name twice', 'twice.csv', 'a,a\n1,2\n3,4\n', 'twice.csv row 1: expected a different name'],
    ['no JSON', 'broken.jsonl', '{"a":1}\n{"a":\n', 'broken.jsonl row 2'],
    ['no array', 'broken.npy', 'x'.repeat(50), 'broken.npy: expected the first bytes of .npy'],
    ['no archive', 'broken.npz', 'x'.repeat(50), 'broken.npz'],
    ['an unknown ending', 'table.xlsx', 'x', 'expected a file name that ends in .csv'],
  ])('%s', async (_, name, content, text) => {
    await write(name, content);
    await refused(`train ${name} --epochs 1 --hidden 4 --out never`, 3, text);
    expect(files('never')).toEqual([]);
    expect(existsSync(path('never'))).toBe(false);
  });

  test('missing', () => refused('train nothing/here.csv', 3, 'here.csv'));

  test.each<readonly [string, Readonly<Record<string, string | Uint8Array>>, RegExp]>([
    [
      'unequal',
      { '1.png': picture(8, 8), '2.png': picture(8, 9) },
      /pictures of one size, 8×8 .*1.png, got 8×9 in .*2.png/,
    ],
    ['unreadable', { '1.png': picture(8, 8), '2.png': deflateSync('no picture') }, /2.png: expected a picture/],
    ['torn', { '1.png': picture(64, 64), '2.png': picture(64, 64).subarray(0, 60) }, /2.png: expected a picture/],
    ['absent', { 'notes.md': 'no picture' }, /expected at least 1 picture/],
  ])('pictures: %s', async (name, pictures, text) => {
    for (const [file, bytes] of Object.entries(pictures)) await write(`pictures-${name}/${file}`, bytes);
    await refused(`train pictures-${name} --out never`, 3, text);
  });

  test('a constant column is a warning', async () => {
    await write('constant.csv', `a,b,c\n${Array.from({ length: 20 }, (_, i) => `${i},${i * i},5`).join('\n')}\n`);
    const { code, stdout } = await run('train constant.csv --epochs 1 --hidden 4 --latent 1 --out constant');
    expect(stdout).toMatch(/Warning: .*\bc\b/);
    expect(code).toBe(0);
  });

  test('NaN is a missing value', async () => {
    await write('nan.csv', `a,b\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 4 ? i : 'NaN'}`).join('\n')}\n`);
    expect(await run('train nan.csv --epochs 1 --hidden 4 --latent 1 --out nan')).toMatchObject({ code: 0 });
    expect((await run('reconstruct nan nan.csv')).stdout).not.toMatch(/NaN|,$/m);
  });

  test('values as large as they come diverge by name', async () => {
    await write('huge.csv', `a,b\n${Array.from({ length: 20 }, (_, i) => `${i}e30,${i}e37`).join('\n')}\n`);
    await refused('train huge.csv --scale none --hidden 4 --latent 1 --out huge', 5, 'extreme values in the data');
    expect(files('huge')).not.toContain('model.safetensors');
  });
});

describe('options', () => {
  test.each([
    ['--validation 1.5', 2, '--validation: expected a number below 1, got 1.5'],
    ['--validation 0', 2, '--validation: expected a number above 0, got 0'],
    ['--epochs 0', 2, '--epochs: expected a number of at least 1, got 0'],
    ['--epochs 2.5', 2, '--epochs: expected a whole number, got 2.5'],
    ['--epochs many', 2, '--epochs: expected a number, got "many"'],
    ['--hidden 12,x', 2, '--hidden: expected whole numbers with commas between them, got "12,x"'],
    ['--hidden 12,0', 2, '--hidden: expected a number of at least 1, got 0'],
    ['--latent 784', 2, "--latent: expected a code narrower than the data's 784 numbers, got 784"],
    ['--latent 0', 2, '--latent: expected a number of at least 1, got 0'],
    ['--limit 0', 2, '--limit: expected a whole number from 1, got "0"'],
    ['--threads two', 2, '--threads: expected a whole number from 1, got "two"'],
    ['--checkpoint-every -1', 2, '--checkpoint-every: expected a number from 0, got "-1"'],
    ['--engine gpu', 2, '--engine: expected one of node, web, got "gpu"'],
    ['--dropout 1', 2, '--dropout: expected a number below 1, got 1'],
    ['--columns a', 2, '--columns: expected a table'],
    ['--learning-rate 1e9 --output linear', 5, /training step \d+, term reconstruction: expected a finite number/],
  ])('%s', async (options, code, text) => {
    await refused(`train digits --limit 600 --epochs 3 --hidden 4 --out never ${options}`, code, text);
    expect(files('never')).not.toContain('model.safetensors');
    if (code === 2) expect(existsSync(path('never'))).toBe(false);
  });

  test.each([
    ['more units than the code has', 'good.csv --kind topk --latent 2 --active 3', '--active: expected at most'],
    ['a class without labels', 'good.csv --kind variational --labels given', 'expected data with labels'],
    ['a codebook larger than the data', 'good.csv --kind vq --codebook-size 100', '--codebook-size: expected at most'],
    ['entries that do not divide the code', 'good.csv --kind vq --latent 2 --entry-width 3', 'a divisor of the code'],
    ['a bound without beta', 'good.csv --kind variational --importance-samples 5 --beta 2', '--importance-samples'],
    [
      'stages that pictures are too small for',
      'digits --limit 20 --network convolutional --channels 4,4,4,4,4,4,4',
      /stage|layer/,
    ],
    [
      'layers that cannot be pretrained',
      'digits --limit 20 --network recurrent --pretraining 1',
      '--pretraining: expected',
    ],
    ['an option of another kind', 'good.csv --kind topk --beta 2', 'one of kind variational'],
  ])('%s', async (_, words, text) => {
    await refused(`train ${words} --out nowhere`, 2, text);
  });

  test('a code wider than the data is for kinds that bear it', async () => {
    const wide = 'train digits --limit 100 --epochs 1 --hidden 4 --latent 800';
    expect(await run(`${wide} --kind sparse --out wide`)).toMatchObject({ code: 0 });
  });

  test('codes that run away behind a squashed output are no accident', async () => {
    const { code, stderr } = await run('train digits --limit 300 --epochs 3 --hidden 4 --learning-rate 1e9 --out far');
    expect([0, 5]).toContain(code);
    expect(stderr).not.toMatch(/internal|^ +at /m);
  });
});

describe('model files', () => {
  const model = (): Promise<Buffer> => readFile(path('model', 'model.safetensors'));

  /** The model with other metadata or tensors, and a digest that is right. */
  async function altered(
    name: string,
    change: (container: Awaited<ReturnType<typeof decodeSafetensors>>) => Parameters<typeof encodeSafetensors>[0],
  ): Promise<void> {
    await write(name, await encodeSafetensors(change(await decodeSafetensors(await model(), name))));
  }

  test('missing', () => refused('info nothing', 3, 'expected a model file, got no such file'));

  test('something else', () => refused('info good.csv', 4, /good.csv, byte 0: .*not a model/));

  test('cut short', async () => {
    const bytes = await model();
    for (const length of [0, 7, 500, bytes.length - 1]) {
      await write('short.safetensors', bytes.subarray(0, length));
      await refused('info short.safetensors', 4, /short.safetensors, byte \d+: .*cut short/);
    }
  });

  test('one bit flipped', async () => {
    const random = createRandom(5);
    for (let round = 0; round < 4; round++) {
      const bytes = new Uint8Array(await model());
      bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
      await write('flipped.safetensors', bytes);
      await refused('evaluate flipped.safetensors good.csv', 4, 'flipped.safetensors');
    }
  });

  test('of a newer version', async () => {
    await altered('newer.safetensors', ({ tensors, metadata }) => ({
      tensors,
      metadata: { ...metadata, version: '99' },
    }));
    await refused(
      'info newer.safetensors',
      4,
      'expected format version 1 or older, got version 99; update autoencoder',
    );
  });

  test('with a tensor of another shape', async () => {
    await altered('shape.safetensors', ({ tensors, metadata }) => ({
      tensors: new Map([...tensors].map(([name, { data }]) => [name, { shape: [data.length, 1], data }])),
      metadata,
    }));
    await refused('info shape.safetensors', 4, /expected tensor .* of shape \[3,4\], got \[12,1\]/);
  });

  test('a checkpoint in its place', async () => {
    await altered('checkpoint-like.safetensors', ({ tensors, metadata }) => ({
      tensors,
      metadata: { ...metadata, format: 'autoencoder-checkpoint' },
    }));
    await refused('info checkpoint-like.safetensors', 4, 'expected a model of autoencoder, got format');
  });
});

describe('data that does not fit the model', () => {
  test.each([
    ['a column missing', 'a,b\n1,2\n3,4\n', 'got a table without "c"'],
    ['text for numbers', 'a,b,c\n1,2,red\n3,4,blue\n', 'column "c": expected numbers, as in training'],
    ['missing values', 'a,b,c\n1,2,\n3,4,5\n', 'expected no missing values'],
  ])('%s', async (_, content, text) => {
    await write('other.csv', content);
    for (const command of ['encode', 'reconstruct', 'evaluate']) await refused(`${command} model other.csv`, 3, text);
  });

  test('a column too many is left out, and said so', async () => {
    await write('wider.csv', 'a,d,b,c\n1,9,2,3\n4,9,5,6\n');
    const { code, stderr } = await run('encode model wider.csv');
    expect(code).toBe(0);
    expect(stderr).toContain('Left out, as the model was not trained on it: d.');
  });

  test('pictures for a table', () =>
    refused('encode model digits', 3, 'expected a table with the columns of training'));

  test('codes of another width', () =>
    refused('decode model good.csv', 3, 'good.csv: expected rows of 1 numbers, the code size of model/'));

  test('no test part to evaluate', () => refused('evaluate model good.csv --part test', 2, 'leave --part out'));

  test('no prior to sample from', () =>
    refused('evaluate model good.csv --samples 3', 2, 'expected a model whose code is a distribution'));
});

describe('places that cannot be written', () => {
  test('a file where the folder should be', async () => {
    await write('taken', 'mine');
    await refused(
      'train good.csv --latent 1 --out taken',
      3,
      '--out taken: expected a folder, got a file of that name',
    );
    await refused('train good.csv --latent 1 --out taken/deeper', 3, 'a path that goes through a file');
    expect(await readFile(path('taken'), 'utf8')).toBe('mine');
  });

  test('a folder that is not there, a folder for a file, an ending that is not written', async () => {
    await refused('encode model good.csv --out nowhere/codes.npy', 3, 'got no folder nowhere; make the folder first');
    await refused('encode model good.csv --out codes.xyz', 2, 'expected a file name that ends in .npy');
    mkdirSync(path('folder.npy'), { recursive: true });
    await refused('encode model good.csv --out folder.npy', 3, /folder.npy: expected a file that can be written/);
    await refused('encode model good.csv --out codes.png', 3, 'expected at most 10000 images');
    expect(files('.').filter((name) => /tmp|codes/.test(name))).toEqual([]);
  });

  test('a disk that is full leaves the old file', async ({ skip }) => {
    const disk = path('disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk], { stdio: 'ignore' });
    } catch {
      skip('no right to mount a small disk');
    }
    try {
      await writeFile(path('disk', 'codes.npy'), 'old');
      await run('train digits --limit 300 --epochs 1 --hidden 4 --latent 2 --out pictures');
      await refused(
        'reconstruct pictures digits --limit 300 --out disk/codes.npy',
        3,
        'got a full disk; free some space',
      );
      expect(await readFile(path('disk', 'codes.npy'), 'utf8')).toBe('old');
      await refused('train digits --limit 300 --epochs 1 --hidden 64 --out disk/run', 3, 'got a full disk');
      expect(files('disk', 'run')).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('checkpoints', () => {
  const checkpoint = (): string => path('stopped', 'checkpoint.safetensors');

  beforeAll(async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `${i},${(i * 7) % 11},${(i % 5) / 2}`);
    await write('long.csv', `a,b,c\n${rows.join('\n')}\n`);
    const running = start('train long.csv --epochs 5000 --patience 0 --hidden 8 --latent 1 --out stopped');
    await running.shows('epoch 2 ');
    running.child.kill('SIGINT');
    expect(await running.outcome).toMatchObject({ code: 130 });
  });

  test('one bit flipped, or cut short', async () => {
    const whole = await readFile(checkpoint());
    try {
      const flipped = new Uint8Array(whole);
      flipped[flipped.length - 100] ^= 4;
      await writeFile(checkpoint(), flipped);
      await refused('train --resume stopped', 4, 'checkpoint.safetensors');
      await writeFile(checkpoint(), whole.subarray(0, 900));
      await refused('train --resume stopped', 4, 'cut short');
      await writeFile(checkpoint(), await readFile(path('model', 'model.safetensors')));
      await refused('train --resume stopped', 4, 'expected a checkpoint of a training run, got format "autoencoder"');
    } finally {
      await writeFile(checkpoint(), whole);
    }
  });

  test('data that changed since, in any row', async () => {
    const text = await readFile(path('long.csv'), 'utf8');
    try {
      for (const row of [3, 1234, 2999]) {
        await write('long.csv', text.replace(`\n${row},`, `\n${row + 1},`));
        await refused(
          'train --resume stopped',
          3,
          'long.csv: expected the data that the run began with, got other values',
        );
      }
      await write('long.csv', text.split('\n').slice(0, 2000).join('\n'));
      await refused('train --resume stopped', 3, 'expected the data that the run began with');
    } finally {
      await write('long.csv', text);
    }
  });

  test('no folder, or an empty one', async () => {
    await refused('train --resume nowhere', 3, 'give the folder of an interrupted run');
  });
});

afterAll(() => {
  // What was refused must not have been written under another name either.
  expect(files('.').filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
