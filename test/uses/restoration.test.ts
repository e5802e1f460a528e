/** `autoencoder denoise`, `inpaint` and `upscale`, by the commands, on small drawn pictures. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { decode, encode } from 'fast-png';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const { path, write, run, json, start } = await makeWorkplace();

const TINY = '--channels 8 --residual 1 --code-channels 12 --patches 200 --patch 16 --epochs 3 --threads 1 --seed 1';

/** Discs on a slope, as bytes. */
function drawn(seed: number, width = 44, height = 36): Uint8Array {
  const random = createRandom(seed);
  const discs = Array.from({ length: 4 }, () => [
    random.uniform() * height,
    random.uniform() * width,
    4 + 6 * random.uniform(),
  ]);
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return discs.some(([y, x, radius]) => Math.hypot(row - y, column - x) < radius) ? 190 : 60 + column;
  });
}

const png = (data: Uint8Array, width = 44, height = 36): Uint8Array =>
  encode({ width, height, data, channels: 1, depth: 8 });
const pixels = async (file: string): Promise<ReturnType<typeof decode>> => decode(await readFile(file));

interface Trial {
  readonly name: string;
  readonly model: { readonly psnr: number };
  readonly baselines: Readonly<Record<string, { readonly psnr: number }>>;
}

beforeAll(async () => {
  for (let at = 1; at <= 12; at++) await write(`good/${at}.png`, png(drawn(at)));
  await write('one.png', png(drawn(50)));
  const noise = createRandom(9);
  await write('noisy/one.png', png(drawn(50).map((value) => Math.min(255, Math.max(0, value + 25 * noise.normal())))));
  await json(`denoise --fit good --sigma 25 ${TINY} --out cleaner`);
});

describe('denoise', () => {
  test('leaves a model, what it is for and a page, and says how good it is', async () => {
    const { stdout, stderr } = await run(`denoise --fit good --sigma 25 ${TINY} --out told`);
    expect(stdout).toMatch(/this model +as it is +median +non-local means/);
    expect(stdout).toMatch(/sigma 25 +[\d.]+ \([\d.]+\)/);
    expect(stderr).toContain('Learning from 12 pictures of good');
    expect((await readdir(path('told'))).sort()).toEqual([
      'metrics.jsonl',
      'model.safetensors',
      'report.html',
      'restoration.json',
    ]);
    expect(JSON.parse(await readFile(path('told', 'restoration.json'), 'utf8'))).toEqual({
      format: 'autoencoder-restoration',
      version: 1,
      use: 'denoise',
      model: 'model.safetensors',
      how: { noise: 'gaussian', from: 25 / 255, to: 25 / 255 },
    });
    expect(await readFile(path('told', 'model.safetensors'))).toEqual(
      await readFile(path('cleaner', 'model.safetensors')),
    );
    expect(await readFile(path('told', 'report.html'), 'utf8')).toContain('data-chart="comparisons"');
  });

  test('repairs a picture into a file, and says how near it comes to the good one', async () => {
    const found = await json('denoise cleaner noisy/one.png --clean one.png --out mended.png');
    const [{ model, baselines }] = found.results as Trial[];
    expect(model.psnr).toBeGreaterThan(baselines['as it is'].psnr + 0.5);
    const { width, height, channels, data } = await pixels(path('mended.png'));
    expect([width, height, channels]).toEqual([44, 36, 1]);
    const error = (other: Uint8Array): number =>
      other.reduce((sum, value, at) => sum + (value - drawn(50)[at]) ** 2, 0) / other.length;
    const squares = error(data as Uint8Array);
    expect(10 * Math.log10(255 ** 2 / squares)).toBeCloseTo(model.psnr, 1);
  });

  test('a folder becomes a folder with a page; nothing is overwritten unasked', async () => {
    expect(await json('denoise cleaner noisy --out mended')).toMatchObject({
      files: ['mended/one.png'],
      report: 'mended/report.html',
      skipped: [],
    });
    const again = await run('denoise cleaner noisy --out mended');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('add --overwrite');
    expect((await run('denoise cleaner noisy --out mended --overwrite')).code).toBe(0);
    const file = await run('denoise cleaner noisy --out one.png');
    expect(file.code).toBe(2);
    expect(file.stderr).toContain('--out one.png: expected a file that is not there yet');
  });

  test('good pictures can be spoiled first, with more noise than the model knows', async () => {
    const level = async (words: string): Promise<Trial> =>
      ((await json(`denoise cleaner good --limit 2 --spoil ${words}`)).results as Trial[])[0];
    const [own, more] = [await level('--out s1'), await level('--sigma 50 --out s2')];
    expect(own.name).toBe('sigma 25');
    expect(more.name).toBe('sigma 50');
    // Twice the noise is 6 dB, less what is cut off at black and white.
    expect(more.baselines['as it is'].psnr).toBeLessThan(own.baselines['as it is'].psnr - 4);
    expect(more.model.psnr).toBeLessThan(own.model.psnr);
  });

  test.each([
    ['--amount 10-30', '20 % of the pixels'],
    ['--peak 30', 'peak 30'],
    ['--sigma 0-55', 'sigma 15'],
  ])('learns other noise, too: %s', async (words, name) => {
    const out = words.replace(/\W+/g, '');
    const { results } = await json(`denoise --fit good ${words} ${TINY} --epochs 1 --out ${out}`);
    expect((results as Trial[])[0].name).toBe(name);
  });

  test('interrupted and gone on with, it ends with the same bits', async () => {
    const words = `denoise --fit good --sigma 25 ${TINY} --epochs 30`;
    const whole = json(`${words} --out whole`);
    const running = start(`${words} --out part`);
    await running.shows('epoch 2 ');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain('Go on with: autoencoder denoise --resume part');
    const unfinished = await run('denoise part one.png');
    expect(unfinished.stderr).toContain('a training that is not finished');
    await json('denoise --resume part');
    await whole;
    expect(await readFile(path('part', 'model.safetensors'))).toEqual(
      await readFile(path('whole', 'model.safetensors')),
    );
    expect(existsSync(path('part', 'checkpoint.safetensors'))).toBe(false);
  });
});

describe('pictures of all sorts', () => {
  test('of one pixel, very wide, transparent, 16-bit, in inks, animated: all are read, and what is changed is said', async () => {
    const colour = { create: { width: 20, height: 12, channels: 3, background: '#3377aa' } } as const;
    await mkdir(path('odd'), { recursive: true });
    await write('odd/dot.png', png(Uint8Array.of(7), 1, 1));
    await write('odd/wide.png', png(new Uint8Array(20_000 * 3).fill(90), 20_000, 3));
    await sharp({ create: { ...colour.create, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } } })
      .png()
      .toFile(path('odd', 'glass.png'));
    await write(
      'odd/deep.png',
      encode({
        width: 6,
        height: 5,
        data: Uint16Array.from({ length: 30 }, (_, at) => at * 2000),
        channels: 1,
        depth: 16,
      }),
    );
    await sharp(colour).toColourspace('cmyk').jpeg().toFile(path('odd', 'inks.jpg'));
    const frames = ['#3377aa', '#aa7733'].map((background) =>
      sharp({ create: { ...colour.create, background } })
        .png()
        .toBuffer(),
    );
    await sharp(await Promise.all(frames), { join: { animated: true } })
      .webp()
      .toFile(path('odd', 'moving.webp'));
    const { code, stdout, stderr } = await run('denoise cleaner odd --out even --json');
    expect(code, stderr).toBe(0);
    for (const note of [
      'glass.png: its transparency is laid on white',
      'deep.png: its numbers are rounded to 8 bits',
      'inks.jpg: its inks (CMYK) are turned to red, green and blue',
      'moving.webp: only the first of its 2 frames is read',
    ])
      expect(stderr).toContain(note);
    expect(JSON.parse(stdout).files).toHaveLength(6);
    const wide = await pixels(path('even', 'wide.png'));
    expect([wide.width, wide.height]).toEqual([20_000, 3]);
    const dot = await pixels(path('even', 'dot.png'));
    expect([dot.width, dot.height]).toEqual([1, 1]);
    expect((await pixels(path('even', 'moving.png'))).height).toBe(12);
  });

  test('a damaged file among good ones is left out and named, or an error with --strict', async () => {
    await mkdir(path('mixed'), { recursive: true });
    await copyFile(path('one.png'), path('mixed', 'a.png'));
    await write('mixed/b.jpg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3));
    await write('mixed/c.png', (await readFile(path('one.png'))).subarray(0, -60));
    const { files, skipped } = await json('denoise cleaner mixed --out unmixed');
    expect(files).toEqual(['unmixed/a.png']);
    expect(skipped).toHaveLength(2);
    expect((skipped as string[])[0]).toContain('b.jpg');
    const strict = await run('denoise cleaner mixed --out strict --strict');
    expect(strict.code).toBe(3);
    expect(strict.stderr).toContain('expected pictures that can all be read, with --strict, got 2 that cannot');
    const alone = await run('denoise cleaner mixed/b.jpg');
    expect(alone.code).toBe(3);
    expect(alone.stderr).toContain('expected a picture that can be read');
  });
});

describe('upscale', () => {
  test('makes pictures twice as large, and says how near that comes to good ones', async () => {
    await json(`upscale --fit good ${TINY} --out larger`);
    const { files } = await json('upscale larger one.png --out large.png');
    expect(files).toEqual(['large.png']);
    const { width, height } = await pixels(path('large.png'));
    expect([width, height]).toEqual([88, 72]);
    const { results } = await json('upscale larger good --limit 3 --spoil --out compared');
    const [{ baselines }] = results as Trial[];
    expect(Object.keys(baselines)).toEqual(['nearest pixel', 'bicubic']);
    const other = await run('upscale larger one.png --factor 3');
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('--factor 3: expected 2, which the model is made for');
  });
});

describe('inpaint', () => {
  beforeAll(async () => {
    await json(`inpaint --fit good ${TINY} --out filler`);
  });

  test.each([
    ['--rectangle 10,5,8,6', (row: number, column: number) => row >= 5 && row < 11 && column >= 10 && column < 18],
    ['--mask mask.png', (row: number, column: number) => (row + column) % 9 === 0],
    ['--colour bebebe', (row: number, column: number) => drawn(50)[row * 44 + column] === 190],
  ])('fills the hole of %s and leaves the rest', async (words, isHole) => {
    const mask = Uint8Array.from({ length: 44 * 36 }, (_, at) =>
      (Math.floor(at / 44) + (at % 44)) % 9 === 0 ? 255 : 0,
    );
    await write('mask.png', png(mask));
    const out = `filled-${words.slice(2, 5)}.png`;
    await json(`inpaint filler one.png ${words} --out ${out}`);
    const { data } = await pixels(path(out));
    let changed = 0;
    for (const [at, value] of drawn(50).entries()) {
      if (isHole(Math.floor(at / 44), at % 44)) changed += Number(data[at] !== value);
      else expect(data[at]).toBe(value);
    }
    expect(changed).toBeGreaterThan(0);
  });

  test('is measured in the holes', async () => {
    const { results } = await json('inpaint filler good --limit 3 --spoil --holes pixels --share 30 --out holed');
    expect((results as Trial[])[0].name).toBe('pixels holes, 30 %');
    expect(Object.keys((results as Trial[])[0].baselines)).toEqual(['mean', 'smooth']);
  });

  test.each([
    ['', 'expected one of --mask, --rectangle and --colour, got none'],
    ['--rectangle 1,1,2,2 --colour 00ff00', 'got --rectangle and --colour'],
    ['--rectangle 40,30,20,20', 'expected a picture that --rectangle 40,30,20,20 lies in, got 44×36 pixels'],
    ['--rectangle 1,1,0,2', 'expected left,top,width,height in pixels'],
    ['--rectangle 0,0,44,36', 'nothing but a hole'],
    ['--colour 12ff00', 'no hole'],
    ['--colour green', 'six hexadecimal digits'],
    ['--mask small.png', '--mask small.png: expected 44×36 pixels'],
    ['--spoil --share 100', 'above 0 and below 100'],
  ])('bad holes: %s', async (words, message) => {
    await write('small.png', png(new Uint8Array(16), 4, 4));
    const { code, stderr } = await run(`inpaint filler one.png ${words} --out never.png`);
    expect([2, 3]).toContain(code);
    expect(stderr).toContain(message);
    expect(existsSync(path('never.png'))).toBe(false);
  });
});

describe('bad input', () => {
  test.each([
    ['denoise', 2, 'expected the folder of a model and pictures, or --fit with good pictures, got neither'],
    ['denoise cleaner', 2, 'got no pictures'],
    ['denoise nowhere one.png', 3, 'with its restoration.json, got none'],
    ['denoise cleaner nowhere.png', 3, 'nowhere.png'],
    ['denoise cleaner one.png --epochs 3', 2, '--epochs: expected --fit beside it'],
    ['denoise cleaner one.png --spoil --clean one.png', 2, '--spoil: expected no --clean beside it'],
    ['denoise cleaner noisy --clean good', 3, 'expected a good picture for each, among them one'],
    ['denoise cleaner good --out all.png', 2, 'expected a folder for 12 pictures'],
    ['denoise cleaner one.png --sigma 55-0', 2, '--sigma: expected a number from 0 to 255'],
    ['denoise cleaner one.png --sigma 5 --peak 30', 2, '--peak: expected one sort of noise'],
    ['denoise --fit good --noise-level 0.3', 2, '--noise-level: expected --sigma, --amount or --peak'],
    ['denoise --fit good --spoil', 2, '--fit: expected no other pictures and no other model beside it, got --spoil'],
    ['denoise --fit good --latent 7 --patches 50', 2, '--latent 7'],
    ['denoise --fit good --patch 200', 3, 'expected pictures of at least 200×200 pixels'],
    ['denoise --fit sensors', 3, 'expected pictures'],
    ['denoise --fit one.png', 3, 'expected at least 3 pictures'],
    ['denoise --resume cleaner', 3, 'this run has finished'],
    ['denoise --resume cleaner --epochs 3', 2, '--resume: expected nothing else beside it'],
    ['upscale cleaner one.png', 2, 'expected a model of autoencoder upscale, got one of autoencoder denoise'],
    ['upscale --fit good --factor 5', 2, 'one of 2, 3, 4'],
  ])('%s', async (words, code, message) => {
    const outcome = await run(
      `${words}${words.includes('--out') || words.includes('--resume') ? '' : ' --out unused'}`,
    );
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(code);
    expect(existsSync(path('unused', 'model.safetensors'))).toBe(false);
  });

  test.each([
    ['text', 'not json', 'text that does not parse'],
    [
      'use',
      '{"format":"autoencoder-restoration","version":1,"use":"denoise","model":"../x.safetensors","how":{}}',
      'valid model',
    ],
    [
      'how',
      '{"format":"autoencoder-restoration","version":1,"use":"denoise","model":"model.safetensors","how":{}}',
      'what autoencoder denoise keeps',
    ],
  ])('a damaged restoration.json: %s', async (name, text, message) => {
    await mkdir(path(`broken-${name}`), { recursive: true });
    await copyFile(path('cleaner', 'model.safetensors'), path(`broken-${name}`, 'model.safetensors'));
    await write(`broken-${name}/restoration.json`, text);
    const { code, stderr } = await run(`denoise broken-${name} one.png --out unused.png`);
    expect(code).toBe(4);
    expect(stderr).toContain(message);
  });
});
