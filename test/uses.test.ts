/** What trained models are used for, by the command, on tiny data. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../src/base/random.ts';
import { makeWorkplace } from './command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();

beforeAll(async () => {
  const random = createRandom(1);
  // Points along a curve in three columns, its ends of one sort and its middle of another; a few values missing.
  const rows = Array.from({ length: 300 }, (_, i) => {
    const place = 4 * random.uniform() - 2;
    const cells = [place, place ** 2, Math.sin(2 * place)].map((value) => (value + random.normal() / 20).toFixed(4));
    if (i % 40 === 3) cells[1] = '';
    return [...cells, Math.abs(place) > 1 ? 'end' : 'middle'].join(',');
  });
  await write('curve.csv', `along,up,wave,sort\n${rows.join('\n')}\n`);
});

describe('reduce', () => {
  test('trains where it is told to fit, and beats a straight line along a curve', async () => {
    const found = await json(
      'reduce --fit curve.csv --label sort --latent 1 --hidden 16 --epochs 100 --learning-rate 0.01 --threads 1 --out curve',
    );
    expect(found).toMatchObject({
      model: 'curve/model/model.safetensors',
      codes: 'curve/codes.csv',
      report: 'curve/report.html',
      shape: [300, 1],
      measured: 30,
    });
    const { results, baselines } = found as {
      results: Record<string, number>;
      baselines: { pca: Record<string, number>; data: Record<string, number> };
    };
    expect(results.mse).toBeLessThan(0.6 * baselines.pca.mse);
    expect(results.trustworthiness).toBeGreaterThan(baselines.pca.trustworthiness);
    for (const share of [results.continuity, results.agreement, baselines.data.agreement]) {
      expect(share).toBeGreaterThan(0.5);
      expect(share).toBeLessThanOrEqual(1);
    }
    const codes = (await readFile(path('curve', 'codes.csv'), 'utf8')).trim().split('\n');
    expect(codes).toHaveLength(301);
    expect(existsSync(path('curve', 'model', 'report.html'))).toBe(true);
  });

  test('takes the model that it trained, with the same codes', async () => {
    await run('reduce curve/model curve.csv --label sort --out again');
    expect(await readFile(path('again', 'codes.csv'), 'utf8')).toBe(await readFile(path('curve', 'codes.csv'), 'utf8'));
    expect(existsSync(path('again', 'model'))).toBe(false);
  });

  test('its report is one page with both maps', async () => {
    await run('reduce --fit digits --limit 200 --epochs 2 --latent 4 --hidden 16 --threads 1 --out digits');
    const page = await readFile(path('digits', 'report.html'), 'utf8');
    expect(page).not.toMatch(/(src|href)="(?!#)/);
    for (const of of ['model', 'pca']) expect(page).toContain(`data-chart="code-map" data-of="${of}"`);
    expect(page).toContain('Trustworthiness');
  });

  test.each([
    ['reduce', 'expected a model and data, or --fit with data, got neither'],
    ['reduce curve.csv', 'got one word'],
    ['reduce curve/model curve.csv --epochs 3', '--epochs without --fit'],
    ['reduce --fit curve.csv curve/model', 'leave out curve/model'],
    ['reduce curve/model curve.csv --out curve', 'add --overwrite'],
    ['reduce curve/model curve.csv --format xls', 'expected one of csv, parquet, jsonl, npy'],
    ['reduce --fit curve.csv --beta 2', 'add --kind variational'],
  ])('%s: says what is wrong', async (words, message) => {
    const { code, stderr, stdout } = await run(words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });

  test('four rows are too few to have neighbourhoods', async () => {
    await write('few.csv', 'along,up,wave\n1,1,0.9\n0,0,0\n-1,1,-0.9\n2,4,-0.7\n');
    const { code, stderr } = await run('reduce curve/model few.csv');
    expect(code).toBe(3);
    expect(stderr).toContain('at least 5 examples');
  });
});

describe('impute', () => {
  const cellsOf = (text: string): string[][] =>
    text
      .trim()
      .split('\n')
      .map((line) => line.split(','));

  beforeAll(async () => {
    const random = createRandom(2);
    // A size in two units, a class by it, and a name; some cells of all but the name are missing.
    const rows = Array.from({ length: 300 }, (_, i) => {
      const size = 1 + random.uniform();
      const cells = [size.toFixed(3), (39.37 * size).toFixed(2), size < 1.5 ? 'small' : 'large'];
      return [`n${i}`, ...cells.map((cell) => (random.uniform() < 0.1 ? '' : cell))].join(',');
    });
    await write('sizes.csv', `name,metres,inches,class\n${rows.join('\n')}\n`);
  });

  test('fits, fills every gap, keeps the rest as it was written, and beats the mean on hidden cells', async () => {
    const found = await json(
      'impute --fit sizes.csv --columns metres,inches,class --hidden 32 --epochs 60 --threads 1 --samples 100 --out sizes',
    );
    const before = cellsOf(await readFile(path('sizes.csv'), 'utf8'));
    const after = cellsOf(await readFile(path('sizes', 'imputed.csv'), 'utf8'));
    const gaps = before.flat().filter((cell) => cell === '').length;
    expect(found).toMatchObject({
      model: 'sizes/model/model.safetensors',
      imputed: ['sizes/imputed.csv'],
      report: 'sizes/report.html',
      examples: 300,
      missing: gaps,
    });
    expect(after.map(({ length }) => length)).toEqual(before.map(({ length }) => length));
    for (const [row, cells] of before.entries())
      for (const [column, cell] of cells.entries())
        if (cell === '') expect(after[row][column]).not.toBe('');
        else expect(after[row][column]).toBe(cell);
    const { results, baselines } = found as Record<'results' | 'baselines', Record<string, never>>;
    const { mean } = baselines as Record<string, Record<string, number>>;
    expect(mean.numbers).toBeGreaterThan(0.8);
    expect(results.numbers).toBeLessThan(0.6 * mean.numbers);
    expect(results.categories).toBeLessThan(0.7 * mean.categories);
    const page = await readFile(path('sizes', 'report.html'), 'utf8');
    expect(page).toContain('Regressions in turn');
    expect(page).not.toMatch(/(src|href)="(?!#)/);
  });

  test('a model fills data with a label and other columns, several times over, in another format', async () => {
    await write('more.csv', 'class,inches,note,metres\nsmall,,a,1.10\n,70.0,b,\nhuge,,c,1.900\nlarge,70.1,,1.781\n');
    const { stdout, code } = await run(
      'impute sizes/model more.csv --label note --multiple 2 --samples 50 --threads 1 --format jsonl --out more',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('Filled in 4 of 12 cells');
    expect(stdout).toContain('1 in class');
    const [first, second] = await Promise.all(
      [1, 2].map(async (time) => (await readFile(path('more', `imputed-${time}.jsonl`), 'utf8')).trim().split('\n')),
    );
    expect(first).not.toEqual(second);
    expect(first[3]).toBe('{"class":"large","inches":70.1,"note":null,"metres":1.781}');
    expect(JSON.parse(first[0])).toMatchObject({ class: 'small', note: 'a', metres: 1.1 });
    expect(Math.abs(JSON.parse(first[0]).inches - 43.3)).toBeLessThan(12);
    expect(JSON.parse(first[2]).class).toBe('huge');
  });

  test('nothing missing: the file as it was, and said so; --report measures all the same', async () => {
    await write('full.csv', `metres,inches,class\n${'1.2,47.2,small\n1.80,70.9,large\n'.repeat(10)}`);
    const { stdout } = await run('impute sizes/model full.csv --report --samples 50 --threads 1 --out full');
    expect(stdout).toContain('Nothing is missing');
    expect(stdout).toContain('too good where the model learned from them');
    expect(stdout).toMatch(/regressions in turn +[0-9.]+ +[0-9.]+ %/);
    expect(await readFile(path('full', 'imputed.csv'), 'utf8')).toBe(await readFile(path('full.csv'), 'utf8'));
  });

  test('a simpler way fills in its place', async () => {
    const found = await json('impute sizes/model more.csv --by means --threads 1 --out means');
    expect(found.method).toBe('means');
    const rows = cellsOf(await readFile(path('means', 'imputed.csv'), 'utf8'));
    expect(Number(rows[1][1])).toBeCloseTo(70.05, 2);
  });

  test.each([
    ['impute sizes/model curve.csv', 3, 'without "metres", "inches", "class"'],
    ['impute sizes/model sizes.csv --out sizes', 2, 'add --overwrite'],
    ['impute --fit - --out none', 2, 'write it to a file first'],
    ['impute sizes/model sizes.csv --by medians', 2, 'expected one of model, means, neighbours, regressions'],
    ['impute sizes/model sizes.csv --by means --multiple 2', 2, 'leave out --by, or --multiple'],
    ['impute sizes/model sizes.csv --multiple 0', 2, 'a whole number from 1'],
  ])('%s: says what is wrong', async (words, expected, message) => {
    const { code, stderr, stdout } = await run(words);
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
    expect(stdout).toBe('');
  });

  test('a column without any value has nothing to learn from: refused by name, and kept empty when left out', async () => {
    await write('empty.csv', `a,b,c\n${Array.from({ length: 60 }, (_, i) => `${i % 7},,${i % 5}`).join('\n')}\n`);
    const { code, stderr } = await run('impute --fit empty.csv --epochs 1 --threads 1 --out empty');
    expect(code).toBe(3);
    expect(stderr).toContain('column "b": expected at least one value to learn from');
    await json('impute --fit empty.csv --columns a,c --epochs 1 --samples 20 --threads 1 --out empty');
    expect((await readFile(path('empty', 'imputed.csv'), 'utf8')).split('\n')[1]).toBe('0,,0');
  });

  test('pictures have nothing missing: refused', async () => {
    const { code, stderr } = await run('impute --fit digits --limit 60 --threads 1 --out pictures');
    expect(code).toBe(3);
    expect(stderr).toContain('got pictures in bytes');
    expect(existsSync(path('pictures'))).toBe(false);
  });
});

describe('recommend', () => {
  const listsIn = (text: string): Map<string, string[]> => {
    const lists = new Map<string, string[]>();
    for (const line of text.trim().split('\n').slice(1)) {
      const [user, , item] = line.split(',');
      lists.set(user, [...(lists.get(user) ?? []), item]);
    }
    return lists;
  };

  beforeAll(async () => {
    const random = createRandom(3);
    // Even users like even films, and have seen most of them; of the others some.
    const rows = Array.from({ length: 40 * 16 }, (_, at) => [at % 40, Math.floor(at / 40)]).flatMap(([user, film]) => {
      const isOwn = user % 2 === film % 2;
      if (random.uniform() > (isOwn ? 0.7 : 0.4)) return [];
      return [[`u${user}`, `film ${film}`, isOwn ? 4 + random.integer(2) : 1 + random.integer(2)]];
    });
    await write('films.csv', `user,item,rating\n${rows.map((row) => row.join(',')).join('\n')}\n`);
    await write('films.base', `${rows.map((row) => [...row, 881250949].join('\t')).join('\n')}\n`);
  });

  const small =
    '--latent 4 --epochs 60 --batch-size 8 --learning-rate 0.01 --weight-decay 0.001 --validation 0.2 --threads 1';

  test('makes a recommender from ratings that beats the means, and writes lists without what was seen', async () => {
    const found = await json(`recommend --fit films.csv --top 3 ${small} --out films`);
    expect(found).toMatchObject({
      recommender: 'films',
      form: 'ratings',
      users: 40,
      items: 16,
      recommendations: 'films/recommendations.csv',
      report: 'films/report.html',
    });
    const { results, baselines } = found as Record<'results' | 'baselines', Record<string, never>>;
    const { popularity, neighbours } = baselines as Record<string, Record<string, number>>;
    expect(results.rmse).toBeLessThan(0.8 * popularity.rmse);
    expect(neighbours.rmse).toBeLessThan(popularity.rmse);
    const seen = new Set(
      (await readFile(path('films.csv'), 'utf8')).split('\n').map((line) => line.replace(/,\d$/, '')),
    );
    const lists = listsIn(await readFile(path('films', 'recommendations.csv'), 'utf8'));
    expect(lists.size).toBe(40);
    for (const [user, items] of lists) for (const item of items) expect(seen).not.toContain(`${user},${item}`);
    const page = await readFile(path('films', 'report.html'), 'utf8');
    expect(page).toContain('Means of user and item');
    expect(page).not.toMatch(/(src|href)="(?!#)/);
  });

  test('what was made answers: for users, for somebody new, for items like one; unknown users are told of', async () => {
    const users = await json('recommend films --user u3,nobody --top 3');
    const [known, unknown] = users.users as { user: string; isKnown: boolean; items: { item: string }[] }[];
    expect(known).toMatchObject({ user: 'u3', isKnown: true });
    expect(unknown).toMatchObject({ user: 'nobody', isKnown: false });
    expect(unknown.items).toHaveLength(3);
    const lists = listsIn(await readFile(path('films', 'recommendations.csv'), 'utf8'));
    expect(known.items.map(({ item }) => item)).toEqual(lists.get('u3'));
    const { stdout } = await run('recommend films --user nobody --top 2');
    expect(stdout).toContain('nobody has rated nothing that is known here; what most like:');
    await run('recommend films --out again --top 3');
    expect(await readFile(path('again', 'recommendations.csv'), 'utf8')).toBe(
      await readFile(path('films', 'recommendations.csv'), 'utf8'),
    );
  });

  test('tab-separated files without header and with an ending of their own; what was taken from a threshold on', async () => {
    const found = await json(`recommend --fit films.base --implicit 3 --top 3 ${small} --out taken`);
    expect(found).toMatchObject({ form: 'taken', users: 40, items: 16 });
    const { results, baselines } = found as Record<'results' | 'baselines', Record<string, never>>;
    const { popularity } = baselines as Record<string, Record<string, number>>;
    expect(results.ndcg).toBeGreaterThan(popularity.ndcg);
    const { stdout } = await run('recommend taken --user u5');
    expect(stdout).toMatch(/u5:\n {2}1\. film \d+ +0\.\d+/);
  });

  test.each([
    ['recommend', 2, 'expected the folder of a recommender, or --fit with data, got neither'],
    ['recommend films --user u1 --similar x', 2, 'one question at a time'],
    ['recommend films --user u1 --out here', 2, 'leave --out out'],
    ['recommend films --implicit', 2, 'it says how a recommender is made'],
    ['recommend films --epochs 3', 2, 'it says how a recommender is made'],
    ['recommend films --similar nothing', 3, 'one that nobody has rated'],
    ['recommend films --items nothing', 3, 'one that nobody has rated'],
    ['recommend none --user u1', 3, 'recommender.json'],
    ['recommend --fit films.csv films', 2, 'leave out films'],
    ['recommend --fit films.csv --user u1', 2, 'make the recommender first'],
    ['recommend --fit films.csv --out films', 2, 'add --overwrite'],
    ['recommend --fit films.csv --columns user,film,rating', 3, 'got "film"'],
    ['recommend --fit films.csv --columns item,rating,user', 3, 'expected a rating, which is a number'],
    ['recommend --fit films.csv --implicit 9', 3, 'expected ratings from 9 on'],
    ['recommend --fit films.csv --implicit many', 2, 'a number from 0'],
    ['recommend --fit digits', 3, 'got examples of shape [1,28,28]'],
  ])('%s: says what is wrong', async (words, expected, message) => {
    const { code, stderr, stdout } = await run(words);
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
    expect(stdout).toBe('');
  });

  test.each([
    ['one user', 'a,x,3\na,y,4\n', 'at least 2 users'],
    ['a word for a rating', 'a,x,3\nb,y,good\n', 'got "good"'],
    ['a pair twice', 'a,x,3\nb,y,4\na,x,5\n', 'several of item "x" by user "a"'],
    ['an empty rating', 'a,x,3\nb,y,\n', 'got nothing'],
  ])('%s: refused, and nothing is left behind', async (_, rows, message) => {
    await write('bad.csv', `user,item,rating\n${rows}`);
    const { code, stderr } = await run('recommend --fit bad.csv --out bad');
    expect(stderr).toContain(message);
    expect(code).toBe(3);
    expect(existsSync(path('bad'))).toBe(false);
  });
});
