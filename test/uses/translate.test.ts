/** `autoencoder translate`, by the command, on tiny data. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { bleu } from '../../src/applications/bleu.ts';
import { decodeTexts } from '../../src/applications/text-file.ts';
import { createRandom } from '../../src/base/random.ts';
import { makeSentences } from '../../src/data/builtin/sentences.ts';
import { quoteWhereNeeded } from '../../src/data/formats/csv.ts';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { path, write, start, run, json } = await makeWorkplace();

const small = '--limit 300 --epochs 2 --units 16 --latent 8 --embedding 8 --threads 1';
const tiny = '--epochs 1 --units 8 --latent 4 --embedding 4 --threads 1';
const read = (...parts: string[]): Promise<Buffer> => readFile(path(...parts));

/** Sentences and their translations. */
const [english, french] = makeSentences('train', createRandom(0)).map(({ values }) => Array.from(values, String));
const file = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

let made: Record<string, unknown>;
beforeAll(async () => {
  made = await json(`translate --fit sentences ${small} --out made`);
  await write('english.txt', file(english.slice(0, 60)));
  await write('french.txt', file(french.slice(0, 60)));
  await write('short.txt', file(english.slice(0, 59)));
  await write('few.txt', file(english.slice(0, 19)));
  await write('one.csv', `text\n${file(english.slice(0, 60))}`);
  await write('latin.txt', Buffer.from('d\xe9j\xe0\n', 'latin1'));
});

describe('what is made', () => {
  test('is measured beside what needs no network, and kept', async () => {
    expect(made).toMatchObject({
      model: 'made',
      report: 'made/report.html',
      data: 'sentences',
      epochs: 2,
      measured: 300,
    });
    const { pairs, leftOut, results, baselines, examples } = made as {
      pairs: number;
      leftOut: number;
      results: { bleu: number };
      baselines: Record<string, { bleu: number }>;
      examples: { from: string; told: string; to: string }[];
    };
    // A twentieth is held out to choose by.
    expect(pairs + leftOut).toBe(285);
    for (const value of [results.bleu, baselines.wordByWord.bleu, baselines.memory.bleu]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(100);
    }
    expect(baselines.wordByWord.bleu).toBeGreaterThan(10);
    expect(examples).toHaveLength(12);
    expect(readdirSync(path('made')).sort()).toEqual(['metrics.jsonl', 'model', 'report.html', 'texts.json']);
    expect(readdirSync(path('made', 'model'))).toEqual(['model.safetensors']);
    expect((await read('made', 'metrics.jsonl')).toString().trim().split('\n')).toHaveLength(2);
    const saved = decodeTexts((await read('made', 'texts.json')).toString(), 'texts.json');
    expect(saved).toMatchObject({ use: 'translate', model: 'model/model.safetensors', isRunning: false });
    const page = (await read('made', 'report.html')).toString();
    expect(page).toContain(examples[0].to);
    expect(page).not.toMatch(/(src|href)="(?!#)/);
  });

  test('translates files and standard input line by line, and is compared with what people wrote', async () => {
    const lines = [...english.slice(0, 255), ''];
    await write('test.txt', file(lines).replaceAll('\n', '\r\n'));
    const told = await run('translate made --lines test.txt --threads 1');
    const answers = told.stdout.slice(0, -1).split('\n');
    expect(answers).toHaveLength(256);
    expect(answers[255]).toBe('');
    expect(answers.filter((answer) => answer !== '').length).toBeGreaterThan(100);
    expect((await run('translate made --lines - --threads 1', file(lines))).stdout).toBe(told.stdout);

    await write('told.txt', told.stdout);
    const same = await json('translate made --lines test.txt --reference told.txt --threads 1');
    expect(same).toMatchObject({ lines: 'test.txt', reference: 'told.txt' });
    expect((same.translations as { translation: string }[]).map(({ translation }) => translation)).toEqual(answers);
    expect((same.results as { bleu: number }).bleu).toBeCloseTo(100, 6);
    const wanted = [...french.slice(0, 255), ''];
    await write('people.txt.gz', gzipSync(file(wanted)));
    const { stderr } = await run('translate made --lines test.txt --reference people.txt.gz --threads 1');
    const [, value] = /BLEU beside people.txt.gz: ([\d.]+) \(256 lines\)/.exec(stderr) ?? [];
    expect(Number(value)).toBeCloseTo(bleu(answers, wanted), 3);
  });

  test('lines end at line ends alone, and a file without text has none to tell', async () => {
    await write('odd.txt', '\uFEFFthe dog\u2028sleeps\rhere\n\n');
    const { translations } = await json('translate made --lines odd.txt --threads 1');
    expect(translations).toHaveLength(2);
    expect(translations).toMatchObject([{}, { translation: '' }]);
    expect(await run('translate made --lines -', '')).toMatchObject({ code: 0, stdout: '' });
  });

  test('lines are told one by one, and texts between two begin and end with what those are told as', async () => {
    const { code, stdout } = await run('translate made dogs birds --threads 1');
    expect(code).toBe(0);
    const told = stdout.slice(0, -1).split('\n');
    expect(await json('translate made dogs birds --threads 1')).toEqual({
      model: 'made',
      translations: [
        { text: 'dogs', translation: told[0] },
        { text: 'birds', translation: told[1] },
      ],
    });
    const kept = await json('translate made dogs birds --threads 1 --out kept');
    expect(kept.file).toBe('kept/translations.csv');
    const table = await readFile(path('kept', 'translations.csv'), 'utf8');
    expect(table).toBe(`text,translation\ndogs,${quoteWhereNeeded(told[0])}\nbirds,${quoteWhereNeeded(told[1])}\n`);
    await write('two.txt', 'dogs\nbirds\n');
    await run('translate made --lines two.txt --threads 1 --out kept --format jsonl');
    const lines = (await readFile(path('kept', 'translations.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(kept.translations);
    expect(await run('translate made dogs --threads 1 --out kept')).toMatchObject({ code: 2 });
    const between = (await json('translate made dogs birds --interpolate --threads 1')).between as string[];
    expect(between).toHaveLength(6);
    expect([between[0].trim(), between[5].trim()]).toEqual(told);
  });
});

test('two files of lines are what a table with two columns is', async () => {
  await write('pairs.csv', `english,french\n${file(english.slice(0, 60).map((text, at) => `${text},${french[at]}`))}`);
  const lines = await json(`translate --fit english.txt --into french.txt ${tiny} --out lines`);
  const table = await json(`translate --fit pairs.csv ${tiny} --out table`);
  expect(lines).toMatchObject({ data: 'english.txt', pairs: expect.any(Number) });
  for (const name of ['pairs', 'measured', 'results', 'baselines', 'examples'])
    expect(lines[name]).toEqual(table[name]);
  const back = await json(`translate --fit pairs.csv --columns french,english ${tiny} --out back`);
  const [{ from, to }] = lines.examples as { from: string; to: string }[];
  expect(back.examples).toContainEqual(expect.objectContaining({ from: to, to: from }));
});

test('a kind with a prior writes new lines, others with another seed', async () => {
  await json(`translate --fit english.txt --into french.txt --kind variational ${tiny} --out drawn`);
  const draw = async (seed: number): Promise<unknown> =>
    (await json(`translate drawn --sample 4 --temperature 1 --seed ${seed} --threads 1`)).samples;
  const samples = await draw(1);
  expect(samples).toHaveLength(4);
  expect(await draw(2)).not.toEqual(samples);
});

describe.skipIf(process.platform === 'win32')('interrupted training', () => {
  const long =
    'translate --fit sentences --limit 200 --epochs 10 --units 24 --latent 16 --embedding 8 --batch-size 8 --patience 0 --threads 1';

  test('Ctrl-C saves and says how to go on; going on ends with the same bytes', async () => {
    expect(await run(`${long} --out whole`)).toMatchObject({ code: 0 });
    const running = start(`${long} --out stopped`);
    await running.shows('epoch 2 ');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain('Go on with: autoencoder translate --resume stopped');
    expect(readdirSync(path('stopped')).sort()).toEqual(['checkpoint.safetensors', 'metrics.jsonl']);
    expect((await run('translate stopped dogs')).stderr).toContain(
      'go on with: autoencoder translate --resume stopped',
    );
    expect((await run('complete --resume stopped')).stderr).toContain('use it with: autoencoder translate stopped');
    expect(await run('translate --resume stopped')).toMatchObject({ code: 0 });
    expect(await read('stopped', 'metrics.jsonl').then((text) => text.toString().trim().split('\n'))).toHaveLength(10);
    expect(
      (await read('stopped', 'model', 'model.safetensors')).equals(await read('whole', 'model', 'model.safetensors')),
    ).toBe(true);
    expect((await read('stopped', 'texts.json')).equals(await read('whole', 'texts.json'))).toBe(true);
    expect(existsSync(path('stopped', 'checkpoint.safetensors'))).toBe(false);
  });
});

describe('bad input', () => {
  test.concurrent.each([
    ['translate', 2, 'expected the folder of a model and lines to translate, or --fit with data, got neither'],
    ['translate made dogs --lines english.txt', 2, 'expected one question at a time, got "dogs" and --lines'],
    ['translate made dogs --reference french.txt', 2, '--reference: expected --lines beside it'],
    ['translate made dogs --format csv', 2, '--format csv: expected --out beside it'],
    ['translate --fit sentences --format csv', 2, '--fit: expected no texts'],
    ['translate made --sample 2', 2, 'train one with --kind variational'],
    [
      'translate --fit english.txt --into french.txt dogs',
      2,
      'expected no texts and no other model beside it, got dogs',
    ],
    ['translate --fit sentences --lines english.txt', 2, 'got --lines'],
    ['translate --resume made --limit 3', 2, 'leave --limit out'],
    ['translate --resume nothing', 3, 'give the folder of an interrupted run'],
    ['translate nothing dogs', 3, 'make one: autoencoder translate --fit DATA'],
    ['translate made --lines latin.txt', 3, 'expected UTF-8 text'],
    [
      'translate made --lines english.txt --reference short.txt',
      3,
      'short.txt: expected 60 lines, as in english.txt, got 59',
    ],
    ['complete made dogs', 2, 'use it with: autoencoder translate made'],
  ])('%s: says what is wrong', async (words, expected, message) => {
    const { code, stderr } = await run(words);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at |internal/m);
    expect(code).toBe(expected);
  });

  test.concurrent.each([
    ['one.csv', 3, 'one.csv: expected 2 columns of text, got 1; name them with --columns from,to'],
    ['english.txt --into short.txt', 3, 'short.txt: expected 60 lines, as in english.txt'],
    ['few.txt --into few.txt', 3, 'few.txt: expected at least 20 pairs of texts, got 19'],
    ['english.txt --into french.txt --length 2', 3, 'or a larger --length'],
  ])('--fit %s: refused, and nothing is left behind', async (words, expected, message) => {
    const out = words.replace(/\W+/g, '-');
    const { code, stderr, stdout } = await run(`translate --fit ${words} --out ${out}`);
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
    expect(stdout).toBe('');
    expect(existsSync(path(out))).toBe(false);
  });

  test('a folder whose parts do not fit each other is no model', async () => {
    const texts = JSON.parse((await read('made', 'texts.json')).toString());
    await write('damaged/model/model.safetensors', await read('made', 'model', 'model.safetensors'));
    const told = async (changed: unknown): Promise<string> => {
      await write('damaged/texts.json', JSON.stringify(changed));
      const { code, stderr } = await run('translate damaged dogs');
      expect(code).toBe(4);
      return stderr;
    };
    expect(await told({ ...texts, model: '../made/model/model.safetensors' })).toContain('with a valid model');
    const { characters, joined } = texts.pieces;
    expect(await told({ ...texts, pieces: { characters, joined: joined.slice(0, -1) } })).toContain(' tokens, got ');
  });
});
