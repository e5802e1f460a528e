/** `autoencoder compress` and `autoencoder decompress` of whole sets, by the commands. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const { path, run, json } = await makeWorkplace();

const FIT = 'compress --fit digits --lossless --limit 1200 --hidden 64 --latent 12 --epochs 15 --threads 1 --seed 1';

interface Written {
  readonly bytes: number;
  readonly bitsPerPixel: number;
  readonly modelBitsPerPixel: number;
  readonly beside: Readonly<Record<string, number>>;
}

beforeAll(async () => {
  await json(`${FIT} --out codec`);
  await run('compress codec digits --limit 150 --binarize sample --seed 2 --out digits.aec');
});

test('compress --fit --lossless leaves the codec, and says how it stands on what it has not learned from', async () => {
  const found = (await json(`${FIT} --out again`)) as unknown as Written & Record<string, unknown>;
  expect(found).toMatchObject({ codec: 'again', data: 'digits', pictures: 1200, epochs: 15 });
  expect(found.modelBitsPerPixel).toBeLessThan(found.bitsPerPixel);
  expect(Object.keys(found.beside)).toEqual(['gzip', 'png', 'webp', 'neighbours']);
  expect(found.bytes).toBeLessThan(found.beside.gzip);
  // The same seed, the same codec.
  expect(await readFile(path('again', 'codec.json'))).toEqual(await readFile(path('codec', 'codec.json')));
});

describe('there and back', () => {
  test('one file for all; every pixel comes back, by the other engine, too, in an array, a sheet or a folder', async () => {
    const found = (await json(
      'compress codec digits --limit 150 --binarize sample --seed 2 --out same.aec',
    )) as unknown as Written;
    const file = await readFile(path('same.aec'));
    expect(file.length).toBe(found.bytes);
    expect(file).toEqual(await readFile(path('digits.aec')));
    expect(await json('decompress codec digits.aec --out native.npy')).toMatchObject({
      pictures: 'native.npy',
      sets: [{ file: 'digits.aec', pictures: 150, width: 28, height: 28 }],
    });
    await run('decompress codec digits.aec --engine web --out web.npy');
    const native = await readFile(path('native.npy'));
    expect(await readFile(path('web.npy'))).toEqual(native);
    // What was read is black and white, and written again the same file, without being drawn anew.
    await run('compress codec native.npy --out once-more.aec');
    expect(await readFile(path('once-more.aec'))).toEqual(file);
    await run('decompress codec digits.aec --out each');
    expect(await readdir(path('each', 'digits'))).toHaveLength(150);
    const pixels = native.subarray(native.length - 150 * 784);
    expect([...decode(await readFile(path('each', 'digits', '003.png'))).data]).toEqual([
      ...pixels.subarray(2 * 784, 3 * 784),
    ]);
    await run('decompress codec digits.aec --out sheet.png');
    expect(decode(await readFile(path('sheet.png'))).width).toBe(13 * 28 + 12 * 2);
  });

  test('the table is for people, too', async () => {
    const { stdout } = await run('compress codec digits --limit 30 --binarize sample --out folder');
    expect(stdout).toMatch(/30 pictures as one file; every pixel came back/);
    expect(stdout).toMatch(/this file +[\d,]+ +0\.\d{4}/);
    expect(stdout).toMatch(/gzip -9, eight pixels a byte +[\d,]+ +0\.\d{4}/);
    expect(existsSync(path('folder', 'digits.aec'))).toBe(true);
  });
});

test.each([
  ['compress codec digits --limit 9 --out never.aec', 3, 'two values in all'],
  ['compress codec textures --limit 9 --out never.aec', 3, 'a grey picture of 28×28 pixels'],
  ['compress codec digits --quality 3 --out never.aec', 2, 'a codec of sets: expected'],
  ['compress codec digits --epochs 3 --out never.aec', 2, '--fit beside it'],
  ['compress codec', 2, 'got no pictures'],
  ['compress codec digits --limit 9 --binarize sample --out digits.aec', 2, 'a file that is not there yet'],
  ['compress --fit digits --lossless --quality 3 --out never', 2, 'got --quality'],
  [
    'compress --fit digits --lossless --limit 50 --kind vanilla --epochs 1 --out never',
    2,
    'a model with a normal code',
  ],
  ['decompress codec digits.aec --out never.jpg', 2, 'a file name that ends in .npy'],
  ['decompress codec codec/codec.json --out never.npy', 3, 'a file written by autoencoder compress'],
])('%s', async (words, wanted, message) => {
  const { code, stderr, stdout } = await run(words);
  expect(stderr).toContain(message);
  expect(code).toBe(wanted);
  expect(stdout).toBe('');
  expect(existsSync(path('never.aec'))).toBe(false);
});
