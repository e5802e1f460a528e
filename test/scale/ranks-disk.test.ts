/** Training over ranks on rows that stay on disk: the model of one process, one file of rows a machine, and nothing left of it. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { openMachineRows } from '../../src/cli/machine-rows.ts';
import type { TableSource } from '../../src/data/dataset.ts';
import { encodeParquet } from '../../src/data/formats/parquet.ts';
import { makeWorkplace } from '../command.ts';
import { hasMpirun, ranksIn, ranksOf } from './by-mpirun.ts';

// Processes that wait for each other on cores that others use, too.
vi.setConfig({ testTimeout: 120_000 });

const place = await makeWorkplace();
const { asRanks, asRanksIn, onTwoHosts, parametersIn } = ranksIn(place);
// Four windows of two steps, and parts of 50, 50 and 51 rows for three ranks.
const ROWS = 'parts/*.parquet --window 300 --hidden 16 --latent 3 --batch-size 151 --threads 1';

function made(rows: number, seed: number): TableSource {
  const random = createRandom(seed);
  const hidden = Float64Array.from({ length: rows }, () => random.normal());
  const numeric = Array.from({ length: 5 }, (_, at) => ({
    type: 'numeric' as const,
    name: `c${at}`,
    values: hidden.map((value, row) => (at === 4 && row % 9 === 1 ? Number.NaN : value * at + random.normal() / 10)),
  }));
  const values = Array.from(hidden, (value) => (value < 0 ? 'minus' : 'plus'));
  return { form: 'table', name: 'made', rows, columns: [...numeric, { type: 'category', name: 'sign', values }] };
}

beforeAll(async () => {
  const bytes = [500, 100, 600].map((rows, at) => encodeParquet(made(rows, at)));
  for (const folder of ['parts', 'host0/parts', 'host1/parts', 'host2/parts', 'host3/parts'])
    for (const [at, file] of bytes.entries()) {
      if (at === 0 || !folder.startsWith('host2')) await place.write(`${folder}/${at}.parquet`, file);
    }
  await place.write('host1/parts/1.parquet', encodeParquet(made(100, 7)));
  await place.write('host3/parts/1.parquet', bytes[1].subarray(0, 1000));
});

const rowsFiles = (folder: string): string[] => readdirSync(place.path(folder)).filter((name) => /^rows/.test(name));

/** The file of rows that a process has open: its name, and what tells it from others of that name. */
function openRows(pid: number): { readonly name: string; readonly inode: number } | undefined {
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    const path = `/proc/${pid}/fd/${descriptor}`;
    const name = readlinkSync(path);
    if (name.includes('/rows-')) return { name, inode: statSync(path).ino };
  }
  return undefined;
}

test('a machine without the folder of the run makes it, and takes it away before rows are written', async () => {
  const alone: Parameters<typeof openMachineRows>[1] = { together: (work) => work() };
  const rows = await openMachineRows(place.path('far', 'run'), alone);
  expect(await readdir(place.folder)).not.toContain('far');
  const file = await rows.open(2);
  await file.add(Float32Array.of(1, 2, 3, 4));
  const row = new Float32Array(2);
  await file.read(1, row);
  expect([...row]).toEqual([3, 4]);
  await rows.end();
  await expect(openMachineRows(place.path('parts', '0.parquet', 'run'), alone)).rejects.toThrow('expected a folder');
});

describe.skipIf(!hasMpirun)('by mpirun, from disk', () => {
  test('three ranks learn what one process learns', async () => {
    const words = `train ${ROWS} --epochs 4 --optimizer sgd --learning-rate 0.05`;
    const alone = await place.run(`${words} --out alone --json`);
    const together = await asRanks(3, `${words} --out together --json`).outcome;
    expect(together.code, together.stderr).toBe(0);
    const [expected, found] = [alone, together].map(({ stdout }) => JSON.parse(stdout));
    expect(found).toMatchObject({ from: 'disk', examples: expected.examples, epochs: 4 });
    expect(found.validation.loss / expected.validation.loss).toBeCloseTo(1, 4);
    const parameters = await parametersIn('together');
    for (const [name, { data }] of await parametersIn('alone')) {
      const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const others = parameters.get(name)?.data ?? [];
      for (const [at, value] of data.entries()) expect(Math.abs(value - others[at]) / scale, name).toBeLessThan(1e-4);
    }
    expect((await readdir(place.path('together'))).toSorted()).toEqual((await readdir(place.path('alone'))).toSorted());
    expect(together.stderr.match(/rows to learn from on disk/g)).toHaveLength(1);
  });

  test.each([
    ['SIGKILL', '', 'killed'],
    ['SIGTERM', ' --sync-every 3', 'stopped'],
  ] as const)('after %s to a rank%s, it goes on to the same bits', async (signal, more, folder) => {
    const words = `${ROWS} --from disk --epochs 60 --patience 0${more}`;
    expect((await asRanks(2, `train ${words} --out ${folder}-whole`).outcome).code).toBe(0);
    const running = asRanks(2, `train ${words} --checkpoint-every 0.1 --out ${folder}`);
    await running.shows('epoch 5 ');
    const [first, other] = [0, 1].flatMap((rank) => ranksOf(folder, rank));
    expect(openRows(first)?.name).toContain(`rows-${hostname()}.tmp (deleted)`);
    expect(openRows(other)).toEqual(openRows(first));
    process.kill(other, signal);
    const { code } = await running.outcome;
    if (signal === 'SIGTERM') expect(code).toBe(130);
    else expect(code).not.toBe(0);
    expect(rowsFiles(folder)).toEqual([]);
    // As one that was killed at the worst moment leaves it.
    await place.write(`${folder}/rows-${hostname()}.tmp`, 'something');

    const resumed = await asRanks(2, `train --resume ${folder} --json`).outcome;
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain('Going on in epoch');
    expect(rowsFiles(folder)).toEqual([]);
    const expected = await parametersIn(`${folder}-whole`);
    expect(expected.size).toBeGreaterThan(3);
    expect(await parametersIn(folder)).toEqual(expected);
  });

  test('two hosts that see one folder have a file each', async ({ skip }) => {
    const running = onTwoHosts(`train ${ROWS} --epochs 2 --out hosts`);
    if (!running) return skip('no right to make network namespaces');
    const { code, stderr } = await running.outcome;
    expect(code, stderr).toBe(0);
    expect(await readdir(place.path('hosts'))).toContain('model.safetensors');
    expect(rowsFiles('hosts')).toEqual([]);
  });

  describe('what cannot begin is told once, and leaves nothing', () => {
    const differs = 'rank 1: expected the same data as on rank 0, got another; put the same parts/*.parquet';
    test.each([
      ['other rows', 'host1', '', 3, differs],
      ['fewer files', 'host2', '', 3, differs],
      ['a file that is cut short', 'host3', '', 3, /rank 1: .*1\.parquet/],
      ['what needs all rows at once', 'host0', ' --decoders each', 2, '--decoders each: expected data in memory'],
    ])('%s', async (_, folder, more, exit, message) => {
      const words = `train ${ROWS} --out ${place.path('never')}${more}`;
      const { code, stderr } = await asRanksIn(['host0', words], [folder, words]).outcome;
      expect(code, stderr).toBe(exit);
      expect(stderr.split(message), stderr).toHaveLength(2);
      expect(await readdir(place.folder)).not.toContain('never');
    });

    test('a full disk', async ({ skip }) => {
      const small = place.path('small');
      await mkdir(small);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'none', small], { stdio: 'ignore' });
      } catch {
        return skip('no right to mount a small disk');
      }
      try {
        const { code, stderr } = await asRanks(2, `train ${ROWS} --out small/run`).outcome;
        expect(code, stderr).toBe(3);
        expect(stderr.split('.tmp: expected a file that can be written, got a full disk')).toHaveLength(2);
        expect(await readdir(small)).toEqual([]);
      } finally {
        execFileSync('umount', [small]);
      }
    });
  });
});
