/** `autoencoder compress` and `autoencoder decompress`, by the commands, on small pictures. */
import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { decode, encode } from 'fast-png';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const { path, write, start, run, json } = await makeWorkplace();

/** Bytes of a picture `[height, width, channels]` of soft waves. */
function waves(width: number, height: number, channels: number): Uint8Array {
  const data = new Uint8Array(width * height * channels);
  for (let at = 0; at < data.length; at++) {
    const [channel, x, y] = [at % channels, Math.floor(at / channels) % width, Math.floor(at / channels / width)];
    data[at] = channel === 3 ? 255 : 128 + 60 * Math.sin(x / 6 + channel) + 50 * Math.cos(y / 5 - channel);
  }
  return data;
}

const png = (width: number, height: number, channels = 3): Uint8Array =>
  encode({ width, height, data: waves(width, height, channels), channels, depth: 8 });

/** Root of the mean square difference of two pictures of bytes. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] - b[at]) ** 2;
  return Math.sqrt(sum / a.length);
}

interface Row {
  readonly picture: string;
  readonly file: string;
  readonly bytes: number;
  readonly bitsPerPixel: number;
  readonly psnr: number;
  readonly beside: Readonly<Record<string, number | null>>;
}

beforeAll(async () => {
  await write('photos/one.png', png(70, 52));
  await write('photos/two.png', png(33, 48, 1));
  await json(
    'compress --fit textures --limit 40 --patches 64 --epochs 2 --threads 1 --seed 1 --beside jpeg --out codec',
  );
});

describe('compress --fit', () => {
  test('interrupted, it goes on to the same bits', async () => {
    const words = 'compress --fit textures --limit 40 --patches 256 --epochs 12 --threads 1 --seed 2 --beside none';
    const whole = json(`${words} --out unbroken`);
    const running = start(`${words} --out part`);
    await running.shows('epoch 1 ');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain('Go on with: autoencoder compress --resume part');
    expect((await run('compress part photos/one.png')).stderr).toContain('a training that is not finished');
    expect((await run('compress --resume part --epochs 3')).stderr).toContain(
      '--resume: expected nothing else beside it',
    );
    await json('compress --resume part');
    await whole;
    for (const file of ['model.safetensors', 'codec.json'])
      expect(await readFile(path('part', file))).toEqual(await readFile(path('unbroken', file)));
    expect(existsSync(path('part', 'checkpoint.safetensors'))).toBe(false);
    expect((await run('compress --resume part')).stderr).toContain('this run has finished');
  });

  test('leaves the codec with a page, and says how it stands at every quality', async () => {
    const found = await json(
      'compress --fit textures --limit 40 --patches 64 --epochs 2 --threads 1 --seed 1 --beside jpeg --out again',
    );
    expect(found).toMatchObject({ codec: 'again', report: 'again/report.html', pictures: 40, measured: 12, epochs: 2 });
    const { results, bdRate } = found as { results: Row[]; bdRate: Record<string, number> };
    expect(results).toHaveLength(8);
    for (const [at, { bitsPerPixel, psnr }] of results.entries()) {
      expect(bitsPerPixel).toBeGreaterThan(results[at - 1]?.bitsPerPixel ?? 0);
      expect(psnr).toBeGreaterThan(results[at - 1]?.psnr ?? 15);
    }
    expect(Object.keys(bdRate)).toEqual(['jpeg']);
    const page = await readFile(path('again', 'report.html'), 'utf8');
    expect(page).toContain('Bits and nearness');
    // The same seed, the same codec.
    expect(await readFile(path('again', 'codec.json'))).toEqual(await readFile(path('codec', 'codec.json')));
  });

  test('of a folder of pictures of several sizes', async () => {
    for (let at = 0; at < 4; at++) await write(`album/${at}.png`, png(40 + 3 * at, 44 - at));
    const { stdout } = await run(
      'compress --fit album --patches 32 --epochs 1 --threads 1 --beside none --out album-codec',
    );
    expect(stdout).toMatch(/Learned from 3 pictures in .* On 1 that nothing was learned from:/);
    expect(stdout).toMatch(/quality +bits a pixel +PSNR/);
    expect(await run('compress album-codec album/0.png --out album.aec')).toMatchObject({ code: 0 });
  });
});

describe('there and back', () => {
  test('files of pictures, with what other formats take for as near ones', async () => {
    const found = await json('compress codec photos --quality 6 --out small');
    const rows = found.pictures as Row[];
    expect(rows.map(({ file }) => file)).toEqual(['small/one.aec', 'small/two.aec']);
    for (const { file, bytes, psnr, beside } of rows) {
      // What is told is the file's size.
      expect((await readFile(path(file))).length).toBe(bytes);
      expect(psnr).toBeGreaterThan(25);
      expect(Object.keys(beside)).toEqual(['jpeg', 'webp', 'avif']);
      for (const other of Object.values(beside)) expect(other ?? Infinity).toBeGreaterThan(100);
    }
    expect(rows[0].bitsPerPixel).toBeCloseTo((8 * rows[0].bytes) / (70 * 52), 10);
    const page = await readFile(path('small', 'report.html'), 'utf8');
    expect(page).toContain('data-chart="comparisons"');
    expect(page).toContain('avif, bytes');

    const back = await json('decompress codec small --out back');
    expect(back.pictures).toEqual([
      { file: 'small/one.aec', picture: 'back/one.png', width: 70, height: 52 },
      { file: 'small/two.aec', picture: 'back/two.png', width: 33, height: 48 },
    ]);
    const one = decode(await readFile(path('back', 'one.png')));
    expect([one.width, one.height, one.channels]).toEqual([70, 52, 3]);
    const error = difference(one.data, waves(70, 52, 3));
    expect(error).toBeLessThan(15);
    expect(20 * Math.log10(255 / error)).toBeCloseTo(rows[0].psnr, 1);
  });

  test('without loss: the same bytes', async () => {
    const { pictures } = (await json('compress codec photos --lossless --out whole')) as { pictures: Row[] };
    expect(pictures.map(({ psnr }) => psnr)).toEqual([null, null]);
    await run('decompress codec whole --out whole-back');
    expect(decode(await readFile(path('whole-back', 'one.png'))).data).toEqual(waves(70, 52, 3));
    expect(decode(await readFile(path('whole-back', 'two.png'))).data).toEqual(waves(33, 48, 1));
    expect(pictures[0].bytes).toBeLessThan(70 * 52 * 3 * 0.7);
  });

  test('one file by name; the table is for people, too; the other engine reads it', async () => {
    const { stdout } = await run('compress codec photos/two.png --quality 3 --beside webp,jpeg --out two.aec');
    expect(stdout).toMatch(/bytes +bits a pixel +PSNR +jpeg as near +webp as near/);
    expect(stdout).toMatch(/two\.png +[\d,]+ +[\d.]+ +[\d.]+ dB/);
    await run('decompress codec two.aec --out native.png');
    await run('decompress codec two.aec --engine web --out web.png');
    const [native, web] = [decode(await readFile(path('native.png'))), decode(await readFile(path('web.png')))];
    for (const [at, value] of native.data.entries()) expect(Math.abs(web.data[at] - value)).toBeLessThanOrEqual(1);
  });

  test.each<[string, () => Promise<Uint8Array>, string]>([
    ['1×1', async () => png(1, 1), ''],
    ['5000 wide', async () => png(5000, 3, 1), ''],
    ['alpha', async () => png(20, 20, 4), 'its transparency is laid on white'],
    [
      '16 bits',
      async () => encode({ width: 9, height: 9, data: new Uint16Array(81).fill(40_000), channels: 1, depth: 16 }),
      'its numbers are rounded to 8 bits',
    ],
    [
      'CMYK',
      () =>
        sharp(waves(24, 24, 3), { raw: { width: 24, height: 24, channels: 3 } })
          .toColourspace('cmyk')
          .jpeg()
          .toBuffer(),
      'its inks (CMYK) are turned to red, green and blue',
    ],
    [
      'animated',
      () =>
        sharp(waves(16, 32, 3), { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } })
          .webp({ lossless: true })
          .toBuffer(),
      'only the first of its 2 frames is read',
    ],
  ])('a picture that is not like others: %s', async (name, make, note) => {
    const bytes = await make();
    const isPng = bytes[1] === 0x50;
    const file = `odd/${name.replace(/\W/g, '-')}.${isPng ? 'png' : bytes[0] === 0xff ? 'jpg' : 'webp'}`;
    await write(file, bytes);
    const { code, stderr } = await run(`compress codec ${file} --beside none --quality 5 --out ${file}.aec`);
    expect(stderr).toContain(note);
    expect(code).toBe(0);
    expect(await run(`decompress codec ${file}.aec --out ${file}.back.png`)).toMatchObject({ code: 0 });
    const back = decode(await readFile(path(`${file}.back.png`)));
    const { width, height, pageHeight = height } = await sharp(bytes).metadata();
    expect([back.width, back.height]).toEqual([width, pageHeight]);
  });
});

describe('says what is wrong', () => {
  test.each([
    ['compress', 2, 'the folder of a codec and pictures, or --fit with pictures, got neither'],
    ['compress codec', 2, 'got no pictures'],
    ['compress nowhere photos', 3, 'the folder of autoencoder compress, with its codec.json, got none'],
    ['compress codec photos --out codec', 2, 'one with report.html'],
    ['compress codec photos --out one.aec', 2, 'a folder for 2 files'],
    ['compress codec photos --quality 9', 2, 'a whole number from 1 to 8'],
    ['compress codec photos --quality 0', 2, 'a whole number from 1'],
    ['compress codec photos --lossless --quality 3', 2, 'no --quality beside it'],
    ['compress codec photos --epochs 3', 2, '--fit beside it: it says how a codec is made'],
    ['compress codec photos --beside gif', 2, 'some of jpeg, webp, avif, or none, got gif'],
    ['compress --fit photos codec', 2, 'no codec and no other pictures beside it'],
    ['compress --fit photos/one.png --out never', 3, 'at least 2 pictures'],
    ['compress codec photos/no.png', 3, 'no such file'],
    ['decompress codec photos', 3, 'a folder with files of compress (.aec), got none'],
    ['decompress codec photos/one.png --out never.png', 3, 'a file written by autoencoder compress'],
    ['decompress codec none.aec', 3, 'no such file'],
  ])('%s', async (words, wanted, message) => {
    const { code, stderr, stdout } = await run(words);
    expect(stderr).toContain(message);
    expect(code).toBe(wanted);
    expect(stdout).toBe('');
  });

  test('what is there already is left alone, unless it is asked for', async () => {
    await run('compress codec photos/two.png --beside none --out kept.aec');
    const before = await readFile(path('kept.aec'));
    const again = await run('compress codec photos/two.png --beside none --quality 1 --out kept.aec');
    expect(again.stderr).toContain('a file that is not there yet, got one that is');
    expect(again.code).toBe(2);
    expect(await readFile(path('kept.aec'))).toEqual(before);
    const over = 'compress codec photos/two.png --beside none --quality 1 --out kept.aec --overwrite';
    expect(await run(over)).toMatchObject({ code: 0 });
    expect((await readFile(path('kept.aec'))).length).toBeLessThan(before.length);
    await run('decompress codec kept.aec --out kept.png');
    expect((await run('decompress codec kept.aec --out kept.png')).code).toBe(2);
  });

  test('files cut short, altered, or of another codec', async () => {
    await run('compress codec photos/one.png --beside none --out hurt.aec');
    const bytes = await readFile(path('hurt.aec'));
    const failing = async (given: Uint8Array, message: string): Promise<void> => {
      await writeFile(path('hurt.aec'), given);
      const { code, stderr } = await run('decompress codec hurt.aec --out never.png');
      expect(stderr).toContain(message);
      expect(stderr).toContain('hurt.aec');
      expect(code).toBe(3);
      expect(existsSync(path('never.png'))).toBe(false);
    };
    await failing(bytes.subarray(0, bytes.length - 9), 'cut short or altered');
    await failing(
      bytes.map((byte, at) => (at === 40 ? byte ^ 8 : byte)),
      'cut short or altered',
    );
    await failing(new Uint8Array(0), 'got another beginning');
    await run('compress --fit textures --limit 24 --patches 32 --epochs 1 --seed 2 --beside none --out other');
    await writeFile(path('hurt.aec'), bytes);
    const { code, stderr } = await run('decompress other hurt.aec --out never.png');
    expect(stderr).toContain('a file of this model');
    expect(code).toBe(3);
    await copyFile(path('codec', 'codec.json'), path('other', 'codec.json'));
    const mixed = await run('decompress other hurt.aec --out never.png');
    expect(mixed.stderr).toContain('the model that other/codec.json was made with');
    expect(mixed.code).toBe(4);
  });
});
