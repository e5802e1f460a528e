/** `autoencoder impute`, by the command, on tiny data. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();

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
    await write('curve.csv', 'along,up\n1,1\n2,4\n');
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
