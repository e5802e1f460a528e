/** Labels that do not fit, found by the command. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { makeWorkplace } from '../command.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();
const wrong = [12, 77, 140, 201];

beforeAll(async () => {
  const random = createRandom(2);
  const rows = Array.from({ length: 240 }, (_, row) => {
    const isLeft = row % 2 === 0;
    const place = (isLeft ? -2 : 2) + 0.4 * random.normal();
    const cells = [place, 2 * place, -place].map((value) => (value + 0.2 * random.normal()).toFixed(3));
    return [...cells, isLeft !== wrong.includes(row + 1) ? 'left' : 'right'].join(',');
  });
  await write('sides.csv', `x,y,z,side\n${rows.join('\n')}\n`);
  await write(
    'few.csv',
    `x,y,side\n${rows.map((row, at) => `${row.split(',', 2).join(',')},${at < 2 ? 'up' : 'down'}`).join('\n')}\n`,
  );
});

describe('label-errors', () => {
  test('puts wrong labels first, with what they should be', async () => {
    const found = await json(
      'label-errors --fit sides.csv --label side --latent 1 --hidden 8 --epochs 20 --threads 1 --top 4 --out sides',
    );
    expect(found).toMatchObject({
      model: 'sides/model/model.safetensors',
      labelErrors: 'sides/label-errors.csv',
      report: 'sides/report.html',
      labels: 240,
      trial: { changed: 12 },
    });
    const top = found.top as { example: number; isSuspect: boolean; label: string; suggested: string }[];
    expect(top.map(({ example }) => example).sort((a, b) => a - b)).toEqual(wrong);
    for (const { label, suggested } of top) expect(label).not.toBe(suggested);
    expect(top.filter(({ isSuspect }) => isSuspect).length).toBeGreaterThan(1);
    const [head, ...rows] = (await readFile(path('sides', 'label-errors.csv'), 'utf8')).trim().split('\n');
    expect(head).toBe('example,label,suggested,suspect,score,chance of left,chance of right');
    expect(rows).toHaveLength(240);
    expect(await readFile(path('sides', 'report.html'), 'utf8')).toContain('The labels that fit least');
  });

  test('takes a model that is trained already, and shows a table', async () => {
    const { stdout, code } = await run('label-errors sides/model sides.csv --label side --top 3 --out again');
    expect(code).toBe(0);
    expect(stdout).toContain('codes of this model');
    expect(await readFile(path('again', 'label-errors.csv'), 'utf8')).toBe(
      await readFile(path('sides', 'label-errors.csv'), 'utf8'),
    );
  });

  test('shows pictures', async () => {
    await run('label-errors --fit digits --limit 200 --epochs 2 --latent 4 --hidden 16 --threads 1 --out digits');
    expect(await readFile(path('digits', 'report.html'), 'utf8')).toContain('The pictures that fit least');
  });

  test.each([
    ['label-errors sides/model sides.csv --out none', 'expected labels'],
    ['label-errors --fit sides.csv --label z --out many', 'at least 5 rows of each class'],
    ['label-errors --fit few.csv --label side --out few', '2 of "up"'],
    ['label-errors --fit sides.csv --label color --epochs 1 --out color', 'one of the columns'],
  ])('%s: says what is wrong', async (words, message) => {
    const { code, stderr } = await run(words);
    expect([code, stderr]).toEqual([3, expect.stringContaining(message)]);
    expect(stderr).not.toContain('Training');
  });
});
