/** `autoencoder complete`, by the command, on tiny data. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeTexts } from '../../src/applications/text-file.ts';
import { createRandom } from '../../src/base/random.ts';
import { makeSentences } from '../../src/data/builtin/sentences.ts';
import { commandFile, follow, makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { folder, path, write, start, run, json } = await makeWorkplace();

const small = '--limit 300 --epochs 2 --units 16 --latent 8 --embedding 8 --threads 1';
const tiny = '--epochs 1 --units 8 --latent 4 --embedding 4 --threads 1';
const read = (...parts: string[]): Promise<Buffer> => readFile(path(...parts));
/** As `run`, with words that have spaces or nothing in them. */
const runWords = (...words: string[]) =>
  follow(spawn(process.execPath, [commandFile, ...words], { cwd: folder })).outcome;

let made: Record<string, unknown>;
beforeAll(async () => {
  made = await json(`complete --fit sentences ${small} --out made`);
  const verse = 'the day goes on\nand on, and on\n\nthe night is long\n';
  await write('poem.txt', verse.repeat(10));
  await write('few.txt', 'one line\n'.repeat(19));
});

describe('texts that each stand for themselves', () => {
  test('a model of them is measured beside counted runs, and kept', async () => {
    expect(made).toMatchObject({
      model: 'made',
      report: 'made/report.html',
      data: 'sentences',
      epochs: 2,
      baselines: { nGrams: { order: expect.any(Number) } },
    });
    const { results, baselines, texts, measured, examples, leftOut } = made as {
      results: { natsPerPiece: number; natsPerCharacter: number };
      baselines: { nGrams: { natsPerPiece: number; natsPerCharacter: number } };
      texts: { begun: string; told: string; was: string }[];
      measured: number;
      examples: number;
      leftOut: number;
    };
    // Of 300 texts, 15 are held out to choose by; each of the others is shown whole and as it begins. Others are measured on.
    expect(examples / 2 + leftOut).toBe(285);
    expect(measured).toBeGreaterThan(250);
    expect(measured).toBeLessThanOrEqual(300);
    const { nGrams } = baselines;
    expect(nGrams.natsPerPiece).toBeLessThan(results.natsPerPiece);
    expect(results.natsPerPiece / results.natsPerCharacter).toBeCloseTo(
      nGrams.natsPerPiece / nGrams.natsPerCharacter,
      6,
    );
    expect(texts).toHaveLength(12);
    expect(readdirSync(path('made')).sort()).toEqual(['metrics.jsonl', 'model', 'report.html', 'texts.json']);
    expect(readdirSync(path('made', 'model'))).toEqual(['model.safetensors']);
    const saved = decodeTexts((await read('made', 'texts.json')).toString(), 'texts.json');
    expect(saved).toMatchObject({ use: 'complete', model: 'model/model.safetensors', isRunning: false });
    const page = (await read('made', 'report.html')).toString();
    expect(page).toContain(texts[0].begun);
    expect(page).not.toMatch(/(src|href)="(?!#)/);
  });

  test('goes on from beginnings, in several ways where that is asked for', async () => {
    const { code, stdout } = await runWords('complete', 'made', 'the old', 'my', '--threads', '1');
    expect(code).toBe(0);
    const lines = stdout.slice(0, -1).split('\n');
    expect(lines).toEqual([expect.stringMatching(/^the old/), expect.stringMatching(/^my/)]);
    const { texts } = await json('complete made my --times 8 --seed 1 --threads 1');
    const ways = (texts as { begun: string; text: string }[]).map(({ text }) => text);
    expect(ways).toHaveLength(8);
    expect(ways.every((text) => text.startsWith('my'))).toBe(true);
    expect(new Set(ways).size).toBeGreaterThan(4);
    const again = await json('complete made my --times 8 --seed 2 --threads 1');
    expect(again.texts).not.toEqual(texts);
  });

  test('writes new texts, and texts between two', async () => {
    const { samples } = await json('complete made --sample 3 --seed 1 --threads 1');
    expect(samples).toHaveLength(3);
    const { stdout } = await run('complete made --sample 3 --seed 1 --threads 1');
    expect(stdout).toBe(`${(samples as string[]).join('\n')}\n`);
    const { between } = await json('complete made dogs birds --interpolate --threads 1');
    expect(between).toHaveLength(6);
  });
});

describe('one running text', () => {
  test('goes on by as many pieces as are asked for, with the ends of its lines', async () => {
    const found = await json(`complete --fit poem.txt --window 8 --pieces characters ${tiny} --out poem`);
    // 36 of the 40 lines, read as one text of single characters.
    const text = 'the day goes on\nand on, and on\n\nthe night is long\n'.repeat(9).slice(0, -1);
    expect(found).toMatchObject({ data: 'poem.txt', leftOut: 0, examples: Math.floor((text.length - 8) / 4) + 1 });
    const saved = decodeTexts((await read('poem', 'texts.json')).toString(), 'texts.json');
    expect(saved).toMatchObject({ isRunning: true, pieces: { joined: [] } });
    expect(saved.pieces.characters).toContain('\n');
    const beginning = 'on\n\nthe night is';
    const { code, stdout } = await runWords('complete', 'poem', beginning, '--further', '20', '--temperature', '1');
    expect(code).toBe(0);
    expect(stdout.startsWith(beginning)).toBe(true);
    expect([...stdout.slice(0, -1)].length).toBeGreaterThanOrEqual(beginning.length + 20);
  });
});

describe.skipIf(process.platform === 'win32')('interrupted training', () => {
  const long =
    'complete --fit lines.txt --epochs 10 --units 24 --latent 16 --embedding 8 --batch-size 8 --patience 0 --threads 1';

  test('Ctrl-C saves and says how to go on; going on ends with the same bytes', async () => {
    const lines = makeSentences('train', createRandom(0))[0].values.slice(0, 150).join('\n');
    await write('lines.txt', lines);
    expect(await run(`${long} --out whole`)).toMatchObject({ code: 0 });
    const running = start(`${long} --out stopped`);
    await running.shows('epoch 2 ');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain('Go on with: autoencoder complete --resume stopped');
    expect(readdirSync(path('stopped')).sort()).toEqual(['checkpoint.safetensors', 'metrics.jsonl']);
    expect((await run('translate --resume stopped')).stderr).toContain('use it with: autoencoder complete stopped');
    await write('lines.txt', lines.replace('the', 'teh'));
    expect((await run('complete --resume stopped')).stderr).toContain('expected the data that the run began with');
    await write('lines.txt', lines);
    expect(await run('complete --resume stopped')).toMatchObject({ code: 0 });
    for (const parts of [['model', 'model.safetensors'], ['texts.json']])
      expect((await read('stopped', ...parts)).equals(await read('whole', ...parts))).toBe(true);
    expect(existsSync(path('stopped', 'checkpoint.safetensors'))).toBe(false);
  });
});

describe('bad input', () => {
  test.concurrent.each([
    ['complete', 2, 'expected the folder of a model and how texts begin, or --fit with data, got neither'],
    ['complete made', 2, 'expected how texts begin, --interpolate or --sample'],
    ['complete made dogs --interpolate', 2, '--interpolate: expected two texts, got 1'],
    ['complete made dogs --sample 2', 2, 'expected one question at a time, got "dogs" and --sample'],
    ['complete made dogs --epochs 3', 2, '--epochs: expected --fit beside it'],
    ['complete made dogs --window 3', 2, '--window: expected --fit beside it'],
    ['complete --fit poem.txt --window 8 --length 9', 2, '--length: expected no --window beside it'],
    ['complete --resume nothing', 3, 'give the folder of an interrupted run'],
    ['complete nothing dogs', 3, 'make one: autoencoder complete --fit DATA'],
    ['translate made dogs', 2, 'use it with: autoencoder complete made'],
  ])('%s: says what is wrong', async (words, expected, message) => {
    const { code, stderr } = await run(words);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at |internal/m);
    expect(code).toBe(expected);
  });

  test('a beginning without text, and one that is too long', async () => {
    const { code, stderr } = await runWords('complete', 'made', '');
    expect(stderr).toMatch(/the beginning: expected 1 … \d+ pieces: that is how long texts are, got none/);
    expect(code).toBe(2);
    const { stderr: other } = await runWords('complete', 'made', 'the dog and '.repeat(20));
    expect(other).toContain('give a shorter one, or train on longer texts');
  });

  test.concurrent.each([
    ['few.txt', 'few.txt: expected at least 20 texts, got 19'],
    ['few.txt --window 4', 'few.txt: expected at least 20 lines, got 19'],
    ['sentences --columns text,translation', 'expected a column of text, got text, translation'],
    ['poem.txt --length 2', 'or a larger --length'],
  ])('--fit %s: refused, and nothing is left behind', async (words, message) => {
    const out = words.replace(/\W+/g, '-');
    const { code, stderr, stdout } = await run(`complete --fit ${words} --out ${out}`);
    expect(stderr).toContain(message);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(existsSync(path(out))).toBe(false);
  });
});
