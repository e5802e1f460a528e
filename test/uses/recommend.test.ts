/** `autoencoder recommend`, by the command, on tiny data. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();

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
