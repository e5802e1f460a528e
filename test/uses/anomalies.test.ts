/** `autoencoder anomalies`, by the command, on built-in and tiny data. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { commandFile, makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const { folder, path, write, run, json } = await makeWorkplace();

const HEADER = 'speed,flow,pressure,current,temperature,coolant,vibration,mode';

beforeAll(async () => {
  await run('anomalies --fit sensors --epochs 15 --models 1 --threads 1 --out pump');
  const rows = Array.from({ length: 200 }, (_, i) => `${Math.sin(i / 4).toFixed(4)},${i % 2 ? 'a' : 'b'}`);
  await write('wave.csv', `x,kind\n${rows.join('\n')}\n`);
});

describe('a table', () => {
  test('a detector finds faults that simple methods miss, and says why', async () => {
    const found = await json('anomalies pump sensors --threads 1 --out again');
    expect(found).toMatchObject({ examples: 2000, normal: 'normal', scores: 'again/anomalies.csv' });
    const { results } = found as { results: Record<string, number> };
    expect(results.auroc).toBeGreaterThan(0.88);
    const lines = (await readFile(path('again', 'anomalies.csv'), 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('example,time,score,rarity,anomaly,because,nats,value,expected,label');
    expect(lines).toHaveLength(2001);
    expect(await readFile(path('pump', 'anomalies.csv'), 'utf8')).toBe(
      await readFile(path('again', 'anomalies.csv'), 'utf8'),
    );
    const page = await readFile(path('pump', 'report.html'), 'utf8');
    expect(page).toContain('The most surprising examples');
    expect(page).toContain('Isolation forest');
    expect(page).not.toMatch(/(src|href)="(?!#)/);
  });

  test.each([
    ['share:0.01', 20],
    ['share:0.1', 200],
  ])('--threshold %s calls that many', async (rule, expected) => {
    const { anomalies } = await json(`anomalies pump sensors --threads 1 --overwrite --out share --threshold ${rule}`);
    expect(anomalies).toBe(expected);
  });

  test('a model without a detector is told by the data what is usual', async () => {
    const { stdout, stderr, code } = await run('anomalies pump/model sensors --limit 300 --threads 1 --out bare');
    expect([code, stderr]).toEqual([0, expect.stringContaining('is no detector')]);
    expect(stdout).toContain('this detector');
    expect(stdout).not.toContain('isolation forest');
  });

  test('what was normal in training is normal afterwards, too, and not the first class that is called so', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => (i % 3 === 0 ? `${5 + (i % 7) / 10},0` : `${(i % 7) / 10},1`));
    await write('zeros.csv', `x,kind\n${rows.join('\n')}\n`);
    const words = '--label kind --threads 1';
    await run(`anomalies --fit zeros.csv --normal 1 --epochs 20 --models 1 ${words} --out ones`);
    const found = await json(`anomalies ones zeros.csv ${words} --out ones-again`);
    expect(found).toMatchObject({ normal: '1', results: { auroc: 1 } });
    expect(await json(`anomalies ones zeros.csv --normal 0 ${words} --out ones-zero`)).toMatchObject({ normal: '0' });
  });

  test('several robust models are kept as one detector', async () => {
    await run('anomalies --fit wave.csv --robust --models 2 --epochs 5 --threads 1 --out robust');
    expect(existsSync(path('robust', 'model', '2', 'model.safetensors'))).toBe(true);
    await write('new.csv', 'x,kind\n0.5,a\n9,zebra\n');
    const found = await json('anomalies robust new.csv --threads 1 --out new');
    expect(found).toMatchObject({ examples: 2, unseen: 1 });
    const [, , second] = (await readFile(path('new', 'anomalies.csv'), 'utf8')).split('\n');
    expect(second).toContain(',yes,');
  });
});

describe('a series', () => {
  test('rows are scored through windows, and called in stretches', async () => {
    const found = await json('anomalies --fit sensors --window 20 --epochs 5 --threads 1 --out series');
    expect(found).toMatchObject({ examples: 2000, results: { events: { found: expect.any(Number) } } });
    expect(found.stretches).not.toHaveLength(0);
    const { stdout } = await run('anomalies series sensors --threads 1 --out series-again');
    expect(stdout).toMatch(/unusual stretch/);
    expect(stdout).toContain('labelled stretches');
  });

  test('a window longer than the series is refused', async () => {
    const { code, stderr } = await run('anomalies --fit wave.csv --window 500 --threads 1 --out long');
    expect([code, stderr]).toEqual([3, expect.stringContaining('at least the 500 rows of a window, got 200')]);
    expect(existsSync(path('long'))).toBe(false);
  });
});

describe('a stream', () => {
  test('every line is scored, a malformed one reported with its number, an unseen category scored', async () => {
    const lines = [
      HEADER,
      '1500,30,2.5,12,60,25,1.2,run',
      '1500,30',
      '1500,much,2.5,12,60,25,1.2,run',
      '1500,30,2.5,12,60,25,1.2,sideways',
      '{"speed":1500,"flow":30,"pressure":2.5,"current":12,"temperature":60,"coolant":25,"vibration":1.2,"mode":"run"}',
    ];
    const { code, stdout, stderr } = await run('anomalies pump --stream --threads 1', `${lines.join('\n')}\n`);
    expect(code).toBe(0);
    const rows = stdout.trim().split('\n');
    expect(rows.map((row) => row.split(',')[0])).toEqual(['line', '2', '5', '6']);
    expect(rows[1].split(',')[1]).toBe(rows[3].split(',')[1]);
    expect(Number(rows[2].split(',')[1])).toBeGreaterThan(Number(rows[1].split(',')[1]));
    expect(stderr).toContain('line 3: ');
    expect(stderr).toContain('line 4: column "flow": expected a number, got "much"');
    expect(stderr).toContain('3 lines, ');
  });

  test('a score comes before the next line, and a closed pipe ends it quietly', async () => {
    const child = spawn(process.execPath, [commandFile, 'anomalies', 'pump', '--stream', '--threads', '1'], {
      cwd: folder,
    });
    const ended = once(child, 'exit');
    child.stdin.on('error', () => {});
    child.stdin.write(`${HEADER}\n1500,30,2.5,12,60,25,1.2,run\n`);
    let text = '';
    for await (const chunk of child.stdout) {
      text += chunk;
      if (text.includes('\n2,')) break;
    }
    // Leaving the loop closed its standard output.
    for (let i = 0; i < 2000; i++) child.stdin.write('1500,30,2.5,12,60,25,1.2,run\n');
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
  });

  test.each([
    ['anomalies pump --stream', 'a,b\n1,2\n', 3, 'the header: expected a column "speed"'],
    ['anomalies --stream', '', 2, 'expected the folder of a detector'],
    ['anomalies pump --stream --json', '', 2, 'no --stream beside it'],
  ])('%s with %j: says what is wrong', async (words, input, expected, message) => {
    const { code, stderr } = await run(words, input);
    expect([code, stderr]).toEqual([expected, expect.stringContaining(message)]);
  });
});

test.each([
  ['anomalies --fit wave.csv --threshold most', 2, 'expected quantile:Q'],
  ['anomalies --fit wave.csv --threshold labels --epochs 1 --models 1', 2, 'no labels'],
  ['anomalies --fit sensors --limit 60 --label mode --normal asleep --epochs 1', 2, '--normal asleep'],
  ['anomalies pump sensors --robust', 2, '--fit beside it'],
  ['anomalies pump wave.csv', 3, 'the columns of training'],
  ['anomalies pump', 2, 'expected a model and data'],
])('%s: says what is wrong', async (words, expected, message) => {
  const { code, stderr, stdout } = await run(words);
  expect([code, stderr, stdout]).toEqual([expected, expect.stringContaining(message), '']);
});
