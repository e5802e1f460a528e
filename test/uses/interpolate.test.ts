/** `autoencoder interpolate`, by the command, on tiny data. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { decode, encode } from 'fast-png';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';
import { curve } from './curve.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const { path, write, run, json } = await makeWorkplace();

const SIDE = 8;

/** A grey picture of a soft spot at a place. */
function spot(x: number, y: number): Uint8Array {
  const data = Uint8Array.from(
    { length: SIDE * SIDE },
    (_, at) => 250 * Math.exp(-(((at % SIDE) - x) ** 2 + (Math.floor(at / SIDE) - y) ** 2) / 2.5),
  );
  return encode({ width: SIDE, height: SIDE, data, channels: 1, depth: 8 });
}

let made: Record<string, unknown>;

beforeAll(async () => {
  await write('curve.csv', curve());
  for (let x = 1; x <= 6; x += 0.5)
    for (let y = 1; y <= 6; y += 0.5) await write(`spots/${x < 3.5 ? 'left' : 'right'}/${x}-${y}.png`, spot(x, y));
  const training = '--hidden 48 --latent 2 --learning-rate 0.005 --batch-size 20 --threads 1';
  made = await json(`interpolate --fit spots ${training} --epochs 150 --patience 0 --seed 3 --out made`);
  await run(
    'train curve.csv --label sort --kind variational --hidden 16 --latent 2 --epochs 30 --threads 1 --out curve',
  );
  await run('train spots --kind variational --labels given --hidden 8 --latent 2 --epochs 1 --threads 1 --out told');
});

describe('interpolate', () => {
  test('trains, draws ways, and says whether they lead through examples', async () => {
    expect(made).toMatchObject({
      model: 'made/model/model.safetensors',
      ways: 'made/ways.png',
      report: 'made/report.html',
      data: 'spots',
      shape: [54, 1, SIDE, SIDE],
      steps: 9,
      path: 'spherical',
      results: { pairs: 60, distance: 'cosine' },
    });
    const { decoded, blend } = made.results as Record<string, number>;
    expect(decoded).toBeLessThan(blend);
    const { width, height } = decode(await readFile(path('made', 'ways.png')));
    expect([width, height]).toEqual([9 * SIDE + 8 * 2, 6 * SIDE + 5 * 2]);
    const page = await readFile(path('made', 'report.html'), 'utf8');
    expect(page).toContain('data-chart="contact-sheet"');
    expect(page).toContain('nearer to real examples');
  });

  test('between files that are named, in a picture, an animation, or numbers', async () => {
    const way = 'made/model spots --from left/1-1.png,left/1-6.png --to right/6-3.png --steps 5';
    expect(await json(`interpolate ${way} --out strip.png`)).toMatchObject({
      ways: 'strip.png',
      from: ['left/1-1.png', 'left/1-6.png'],
      to: ['right/6-3.png', 'right/6-3.png'],
      shape: [10, 1, SIDE, SIDE],
    });
    await run(`interpolate ${way} --out way.gif`);
    await run(`interpolate ${way} --out way.webp`);
    for (const format of ['gif', 'webp'])
      expect(await sharp(path(`way.${format}`), { animated: true }).metadata()).toMatchObject({
        format,
        pages: 8,
        width: 2 * (256 / 2),
        pageHeight: 256 / 2,
      });
    // In the animation both ways are beside one another, each pixel a square.
    const strip = decode(await readFile(path('strip.png')));
    for (const [page, step] of [0, 1, 2, 3, 4, 3, 2, 1].entries()) {
      const { data } = await sharp(path('way.webp'), { page })
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      for (const at of [0, 1])
        for (const [x, y] of [
          [0, 0],
          [3, 2],
          [7, 7],
        ])
          expect(data[3 * ((16 * y + 5) * 256 + 16 * (SIDE * at + x) + 5)]).toBe(
            strip.data[(at * (SIDE + 2) + y) * strip.width + step * (SIDE + 2) + x],
          );
    }
    await run(`interpolate ${way} --path linear --out way.npy`);
    await run(`interpolate ${way} --path spherical --out round.npy`);
    const [straight, round] = [await readFile(path('way.npy')), await readFile(path('round.npy'))];
    expect(straight).not.toEqual(round);
    expect(straight.subarray(0, 128 + 64)).toEqual(round.subarray(0, 128 + 64));
  });

  test('between rows of a table, and between codes of a file', async () => {
    const { stdout } = await run('interpolate curve curve.csv --from 1 --to 2 --steps 3 --out rows');
    expect(stdout).toMatch(/both ends blended +[\d.]+/);
    const rows = (await readFile(path('rows', 'ways.csv'), 'utf8')).trim().split('\n');
    expect(rows[0]).toBe('along,up,wave');
    expect(rows).toHaveLength(4);
    expect(await readFile(path('rows', 'report.html'), 'utf8')).toContain('Step by step from one example to another');
    await run('encode curve curve.csv --out codes.npy');
    await run('interpolate curve --codes codes.npy --from 1 --to 2 --steps 3 --out coded.csv');
    expect((await readFile(path('coded.csv'), 'utf8')).trim().split('\n')).toEqual(rows);
  });

  test('one class in place of another', async () => {
    const found = await json('interpolate made/model spots --minus left --plus right --out changed');
    expect(found).toMatchObject({ minus: 'left', plus: 'right', strength: 1, results: { examples: 55 } });
    const { before, after } = found.results as Record<string, number>;
    expect(before).toBeLessThan(0.1);
    expect(after).toBeGreaterThan(0.7);
    expect((found.from as string[])[0]).toMatch(/^left\//);
    expect(await readFile(path('changed', 'report.html'), 'utf8')).toContain('taken for right');
    const { stdout } = await run(
      'interpolate made/model spots --from right/6-3.png --minus right --plus left --strength 2 --steps 4 --out back.png',
    );
    expect(stdout).toContain('1 way of 4 steps (2 times from right to left)');
  });
});

describe('says what is wrong', () => {
  test.each([
    ['made/model spots --from 122 --to 1', 3, 'a row from 1 to 121'],
    ['made/model spots --from 0 --to 1', 3, '--from 0: expected a row from 1'],
    ['made/model spots --from left/1-1.pgn --to 1', 3, 'did you mean "left/1-1.png"?'],
    ['curve curve.csv --from 301 --to 1', 3, 'a row from 1 to 300 of curve.csv'],
    ['made/model spots --from 1', 2, 'both --from and --to'],
    ['made/model spots --from 1,2,3 --to 4,5', 2, 'one row, or as many as --from has, 3, got 2'],
    ['made/model spots --minus left', 2, 'both --minus and --plus'],
    ['made/model spots --minus left --plus left', 2, 'another class than that of --minus'],
    ['made/model spots --minus left --plus rigth', 2, 'did you mean right?'],
    ['made/model spots --minus left --plus right --to 3', 2, 'no end of the way beside'],
    ['made/model spots --strength 2', 2, '--minus and --plus beside it'],
    ['told spots --minus left --plus right', 2, 'a model that is told no classes'],
    ['curve curve.csv --minus end --plus middle', 3, 'labels, whose classes'],
    ['curve --codes codes.npy', 2, 'a model, --from and --to, and no data beside it, got no --from'],
    ['made/model --codes curve.csv --from 1 --to 2', 3, 'rows of 2 numbers, the code size'],
    ['made/model spots --steps 0', 2, 'a whole number from 1'],
    ['made/model spots --path round', 2, 'one of linear, spherical'],
    ['made/model spots --out made', 2, 'a folder without results in it'],
    ['made/model spots --out made/ways.png', 2, 'a file that is not there yet'],
    ['curve curve.csv --out way2.gif', 3, 'pictures of 1 or 3 channels, to be shown one after the other'],
    ['made/model', 2, 'a model and data, or --fit with data'],
    ['made/model missing', 3, 'or a file or folder that exists'],
    ['made/model curve.csv', 3, 'bytes of shape [1, 8, 8]'],
  ])('interpolate %s', async (words, wanted, message) => {
    const { code, stderr, stdout } = await run(`interpolate ${words}`);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([wanted, '']);
    for (const file of ['way2.gif', 'runs']) expect(existsSync(path(file))).toBe(false);
  });
});
