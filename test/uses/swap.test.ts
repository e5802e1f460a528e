/** `autoencoder swap`, by the command, on small drawn faces. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { encode } from 'fast-png';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const { path, write, run, json, start } = await makeWorkplace();

const TINY = '--network dense --hidden 32 --latent 6 --epochs 4 --threads 1 --seed 1';
const SIDE = 12;

function face(label: number, random: ReturnType<typeof createRandom>): Uint8Array {
  const place = 2 + random.uniform() * 7;
  const data = Uint8Array.from({ length: SIDE * SIDE }, (_, at) =>
    Math.abs((at % SIDE) - place) < 2 === (label === 0) ? 190 + 20 * random.uniform() : 50 + 20 * random.uniform(),
  );
  return encode({ width: SIDE, height: SIDE, data, channels: 1, depth: 8 });
}

beforeAll(async () => {
  const random = createRandom(1);
  for (let at = 0; at < 30; at++) {
    await write(`people/ada/a${at}.png`, face(0, random));
    await write(`people/bo/b${at}.png`, face(1, random));
  }
  await write('large/x.png', encode({ width: 20, height: 20, data: new Uint8Array(400), channels: 1, depth: 8 }));
  await json(`swap --fit people --i-have-consent ${TINY} --out two`);
});

describe('swap', () => {
  test('leaves a model, a detector and a page, and says how good they are', async () => {
    const { stdout } = await run(`swap --fit people --i-have-consent ${TINY} --out told`);
    expect(stdout).toContain('a linear classifier takes the real ones for whom they are');
    expect(stdout).toMatch(/the detector tells swapped from real .* [01](\.\d+)?\n/);
    expect((await readdir(path('told'))).sort()).toEqual([
      'metrics.jsonl',
      'model.safetensors',
      'report.html',
      'swap.json',
    ]);
    expect(await readFile(path('told', 'model.safetensors'))).toEqual(await readFile(path('two', 'model.safetensors')));
    expect(await readFile(path('told', 'report.html'), 'utf8')).toContain('as bo');
  });

  test('two folders are two sets, too', async () => {
    const { names } = await json(
      `swap --fit people/ada --and people/bo --i-have-consent ${TINY} --epochs 1 --out apart`,
    );
    expect(names).toEqual(['ada', 'bo']);
  });

  test.each([
    ['', 'whole'],
    ['--lay face --mark both', 'face'],
  ])('every picture that it makes says so %s', async (words, out) => {
    const { files } = await json(`swap two people --limit 40 --i-have-consent ${words} --out ${out}`);
    expect(files).toHaveLength(40);
    const { xmpAsString, width, height, channels } = await sharp(await readFile(path(out, 'ada', 'a0.png'))).metadata();
    expect([width, height, channels]).toEqual([SIDE, SIDE, 1]);
    expect(xmpAsString).toContain('http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia');
  });

  test('the marked one is striped at its foot, and whom it shows may be said', async () => {
    await json('swap two people/ada --to bo --i-have-consent --mark both --out striped');
    const { data } = await sharp(await readFile(path('striped', 'a0.png')))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const foot = new Set(data.subarray(-SIDE));
    expect([...foot].sort()).toEqual([0, 255]);
  });

  test('tells swapped pictures from real ones, without asking for consent', async () => {
    const { swapped } = await json('swap two people --detect');
    expect(swapped).toHaveLength(60);
    const [{ picture, chance }] = swapped as { picture: string; chance: number }[];
    expect(picture).toBe('ada/a0.png');
    expect(chance).toBeGreaterThanOrEqual(0);
    expect(chance).toBeLessThanOrEqual(1);
  });

  test('what marks a picture as made says so, and hides nothing from the detector', async () => {
    const chancesOf = async (data: string): Promise<Record<string, number>> => {
      const { swapped } = await json(`swap two ${data} --detect`);
      const rows = swapped as { picture: string; chance: number; marked: boolean }[];
      expect(rows.every(({ marked }) => marked === (data !== 'people'))).toBe(true);
      return Object.fromEntries(rows.map(({ picture, chance }) => [picture, chance]));
    };
    await chancesOf('people');
    await json('swap two people --limit 20 --i-have-consent --out bare');
    await json('swap two people --limit 20 --i-have-consent --mark both --out banded');
    const [bare, banded] = [await chancesOf('bare'), await chancesOf('banded')];
    const near = Object.keys(bare).filter((name) => Math.abs(bare[name] - banded[name]) < 0.2);
    expect(near.length).toBeGreaterThan(15);
    const { stdout } = await run('swap two banded/ada/a0.png --detect');
    expect(stdout).toMatch(/^a0.png +[\d.]+ % {2}says that it is made\n$/);
  });

  test('interrupted and gone on with, it ends with the same bits', async () => {
    const words = `swap --fit people --i-have-consent ${TINY} --epochs 60`;
    const whole = json(`${words} --out whole-run`);
    const running = start(`${words} --out part`);
    await running.shows('epoch 2 ');
    running.child.kill('SIGINT');
    expect((await running.outcome).code).toBe(130);
    await json('swap --resume part');
    await whole;
    expect(await readFile(path('part', 'model.safetensors'))).toEqual(
      await readFile(path('whole-run', 'model.safetensors')),
    );
  });

  test.each([
    ['swap --fit people', 2, 'expected --i-have-consent'],
    ['swap two people --out x', 2, 'expected --i-have-consent'],
    ['swap two portraits --out x', 3, 'as the model was trained on'],
    ['swap', 2, 'got neither'],
    ['swap two', 2, 'got no pictures'],
    ['swap two people --to eve --i-have-consent', 2, '--to eve: expected one of ada, bo'],
    [
      'swap two people/ada --i-have-consent',
      2,
      'expected --to ada or --to bo, or pictures with these labels, got neither',
    ],
    ['swap two large --to ada --i-have-consent', 3, 'expected pictures of [1,12,12]'],
    ['swap --fit people/ada --i-have-consent', 3, 'expected pictures with two labels'],
    ['swap --fit people/ada --and large --i-have-consent', 3, '--and large: expected pictures of [1,12,12]'],
    ['swap --fit sensors --i-have-consent', 3, 'expected pictures of one size'],
    ['swap two people --epochs 3 --i-have-consent', 2, '--epochs: expected --fit beside it'],
    ['swap two people --detect --lay face', 2, '--lay: expected no --detect beside it'],
    ['swap nowhere people --i-have-consent', 3, 'with its swap.json, got none'],
    ['swap --resume two', 3, 'this run has finished'],
  ])('%s', async (words, code, message) => {
    const { code: found, stderr } = await run(words);
    expect(stderr).toContain(message);
    expect(found).toBe(code);
    expect(existsSync(path('x'))).toBe(false);
  });

  test('a damaged swap.json is named', async () => {
    await mkdir(path('broken'), { recursive: true });
    await copyFile(path('two', 'model.safetensors'), path('broken', 'model.safetensors'));
    await write('broken/swap.json', '{"format":"autoencoder-swap","version":1}');
    const { code, stderr } = await run('swap broken people --i-have-consent');
    expect(code).toBe(4);
    expect(stderr).toContain('a model that swaps with a valid model');
  });
});
