/** Training over ranks that mpirun starts: the same model, ranks that are killed, and what cannot begin. */
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import { openMpi } from '../../src/distributed/mpi/binding.ts';
import { isFirstHere, isOtherRank, isStartedTogether, ranksHere } from '../../src/distributed/mpi/started.ts';
import { sumInPlace } from '../../src/distributed/mpi/sum-in-place.ts';
import { kinds } from '../../src/model/kinds/kinds.ts';
import { makeWorkplace } from '../command.ts';
import { hasMpirun, ranksIn, ranksOf } from './by-mpirun.ts';

// Processes that wait for each other on cores that others use, too.
vi.setConfig({ testTimeout: 120_000 });

const place = await makeWorkplace();
const { mpirun, asRanks, asRanksIn, onTwoHosts, parametersIn } = ranksIn(place);
const SMALL = 'digits --limit 300 --hidden 16 --latent 4 --batch-size 30 --threads 1';

describe('without mpirun', () => {
  test('what is told by the environment', () => {
    expect(isStartedTogether({})).toBe(false);
    expect(isStartedTogether({ OMPI_COMM_WORLD_SIZE: '1', PMIX_RANK: '0' })).toBe(false);
    expect(isStartedTogether({ OMPI_COMM_WORLD_SIZE: '2' })).toBe(true);
    expect(isStartedTogether({ PMIX_RANK: '0' })).toBe(true);
    expect([isOtherRank({}), isOtherRank({ OMPI_COMM_WORLD_RANK: '0' }), isOtherRank({ PMIX_RANK: '3' })]).toEqual([
      false,
      false,
      true,
    ]);
    expect([ranksHere({}), ranksHere({ OMPI_COMM_WORLD_LOCAL_SIZE: '4' })]).toEqual([1, 4]);
    expect([isFirstHere({}), isFirstHere({ SLURM_LOCALID: '1' })]).toEqual([true, false]);
    expect(isFirstHere({ OMPI_COMM_WORLD_LOCAL_RANK: '0', SLURM_LOCALID: '1' })).toBe(true);
  });

  test('a library that is not there is named, with what to install', async () => {
    await expect(openMpi(['libnowhere.so.40'])).rejects.toThrow(
      'training over ranks (mpirun): expected the library of Open MPI, libnowhere.so.40, got none; install Open MPI',
    );
    // A library, but of something else.
    await expect(openMpi(['libm.so.6'])).rejects.toThrow('expected Open MPI 4 or 5');
  });

  test('arrays of all sizes are summed where they are', () => {
    const arrays = [3, 20_000, 0, 1, 16_384].map((length) => new Float32Array(length).fill(length + 1));
    const calls: number[] = [];
    sumInPlace(arrays, (values) => {
      calls.push(values.length);
      for (const [at, value] of values.entries()) values[at] = 2 * value;
    });
    for (const array of arrays)
      expect(new Set(array)).toEqual(new Set(array.length > 0 ? [2 * (array.length + 1)] : []));
    expect(calls).toEqual([4, 20_000, 16_384]);
  });

  test('to meet alone is refused', async () => {
    const { code, stderr } = await place.run('train digits --limit 100 --sync-every 3');
    expect(code).toBe(2);
    expect(stderr).toContain('--sync-every: expected several ranks');
  });
});

describe.skipIf(!hasMpirun)('by mpirun', () => {
  const script = ({ pathname }: URL, ...words: string[]) =>
    mpirun(
      ['-np', '3', process.execPath, '--import', 'tsx', pathname, ...words],
      new URL('../..', import.meta.url).pathname,
    ).outcome;

  // float32 sums in another order, after 12 steps.
  test('three ranks learn what one process learns, every kind', async () => {
    const { code, stdout, stderr } = await script(new URL('./rank-trainings.ts', import.meta.url));
    expect(code, stderr).toBe(0);
    const differences: Record<string, number> = JSON.parse(stdout);
    expect(Object.keys(differences)).toEqual(expect.arrayContaining(kinds.map(({ name }) => name)));
    for (const [name, difference] of Object.entries(differences)) expect(difference, name).toBeLessThan(1e-4);
  });

  test('in the library, from memory and from files, and ranks that ask for different things', async () => {
    const rows = Array.from({ length: 90 }, (_, row) => `${row % 7},${(row * row) % 11},${row % 3}`);
    for (const part of [1, 2]) await place.write(`part${part}.csv`, `a,b,c\n${rows.join('\n')}\n`);
    const { code, stdout, stderr } = await script(
      new URL('./rank-library.ts', import.meta.url),
      place.path('part*.csv'),
      place.folder,
    );
    expect(code, stderr).toBe(0);
    const { together, alone, refused } = JSON.parse(stdout) as Record<string, Record<string, number[]>>;
    for (const from of ['memory', 'files']) {
      expect(together[from].length).toBe(20);
      for (const [at, value] of together[from].entries()) expect(value).toBeCloseTo(alone[from][at], 4);
    }
    const { code: ended } = await script(
      new URL('./rank-library.ts', import.meta.url),
      place.path('part*.csv'),
      place.folder,
      'one ends',
    );
    expect(ended).not.toBe(0);
    expect(refused).toMatch('ranks 1, 2: expected the same options as on rank 0');
    expect((await readdir(place.folder)).filter((name) => name.startsWith('autoencoder-rows'))).toEqual([]);
  });

  test('the command: rank 0 writes and speaks, and the model is that of one process', async () => {
    const alone = await place.run(`train ${SMALL} --epochs 3 --out alone --json`);
    const together = await asRanks(2, `train ${SMALL} --epochs 3 --out together --json`).outcome;
    expect(together.code, together.stderr).toBe(0);
    const [expected, found] = [alone, together].map(({ stdout }) => JSON.parse(stdout));
    expect(found.validation.loss / expected.validation.loss).toBeCloseTo(1, 4);
    expect(found.epochs).toBe(3);
    expect((await readdir(place.path('together'))).toSorted()).toEqual((await readdir(place.path('alone'))).toSorted());
    expect(together.stderr).toContain('2 ranks of onnxruntime-node');
    expect(together.stderr.match(/^epoch 3 /gm)).toHaveLength(1);
  });

  test('a rank that is killed ends the job, and from the checkpoint the model is the same', async () => {
    const words = `${SMALL} --epochs 50 --patience 0`;
    expect((await asRanks(2, `train ${words} --out whole`).outcome).code).toBe(0);
    const running = asRanks(2, `train ${words} --checkpoint-every 0.1 --out shot`);
    await running.shows('epoch 5 ');
    for (const pid of ranksOf('shot')) process.kill(pid, 'SIGKILL');
    expect((await running.outcome).code).not.toBe(0);
    expect(await readdir(place.path('shot'))).not.toContain('model.safetensors');
    await mkdir(place.path('other'));
    await copyFile(place.path('shot', 'checkpoint.safetensors'), place.path('other', 'checkpoint.safetensors'));

    const resumed = await asRanks(2, 'train --resume shot --json').outcome;
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain('Going on in epoch');
    const expected = await parametersIn('whole');
    expect(expected.size).toBeGreaterThan(3);
    expect(await parametersIn('shot')).toEqual(expected);

    // On another number of ranks, up to the order of additions.
    const three = await asRanks(3, 'train --resume other --json').outcome;
    expect(three.code, three.stderr).toBe(0);
    const losses = [resumed, three].map(({ stdout }) => JSON.parse(stdout).validation.loss);
    expect(losses[1] / losses[0]).toBeCloseTo(1, 2);
  });

  test('told to stop, all stop at the same step and one process can go on', async () => {
    const running = asRanks(2, `train ${SMALL} --epochs 20000 --patience 0 --out stopped`);
    await running.shows('epoch 3 ');
    for (const pid of ranksOf('stopped')) process.kill(pid, 'SIGTERM');
    const { code, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain('autoencoder train --resume stopped');
    expect((await stat(place.path('stopped', 'checkpoint.safetensors'))).size).toBeGreaterThan(1000);
  });

  test('two hosts, which are network namespaces joined by a cable', async ({ skip }) => {
    const running = onTwoHosts(`train ${SMALL} --epochs 2 --out hosts`);
    if (!running) return skip('no right to make network namespaces');
    const { code, stderr } = await running.outcome;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('2 ranks of onnxruntime-node');
    expect(await readdir(place.path('hosts'))).toContain('model.safetensors');
  });

  test('averages every few steps', async () => {
    const { code, stdout, stderr } = await asRanks(2, `train ${SMALL} --epochs 40 --sync-every 4 --out local --json`)
      .outcome;
    expect(code, stderr).toBe(0);
    const { validation, baselines } = JSON.parse(stdout);
    expect(validation.mse).toBeLessThan(baselines.mean.mse);
  });

  describe('what cannot begin is told once, and leaves nothing', () => {
    const cases: readonly (readonly [string, string, number, string])[] = [
      ['an option that there is not', 'digits --nonsense', 2, "unknown option '--nonsense'"],
      ['an option of no meaning', 'digits --sync-every 0', 2, '--sync-every: expected a whole number'],
      ['no data', 'nowhere.csv', 3, 'data "nowhere.csv": expected'],
      ['a batch of fewer than ranks', 'digits --limit 100 --batch-size 1', 2, '--batch-size: expected at least one'],
      ['no file of rows, from disk', 'digits --from disk', 2, '--from disk: expected a file of rows'],
      ['a window of data in memory', 'digits --window 9', 2, '--window: expected data on disk'],
      ['standard input', '-', 2, 'data -: expected data that every rank can read'],
    ];
    test.each(cases)('%s', async (_, words, exit, message) => {
      const { code, stderr } = await asRanks(2, `train ${words} --out never`).outcome;
      expect(code).toBe(exit);
      expect(stderr.split(message)).toHaveLength(2);
      expect(await readdir(place.folder)).not.toContain('never');
    });

    test('ranks with different data', async () => {
      for (const [rank, first] of [1, 2].entries())
        await place.write(
          `host${rank}/table.csv`,
          `a,b,c\n${Array.from({ length: 50 }, (_, row) => `${first * row},${row % 7},${Math.sin(row)}`).join('\n')}\n`,
        );
      const words = `train table.csv --out ${place.path('never')}`;
      const { code, stderr } = await asRanksIn(['host0', words], ['host1', words]).outcome;
      expect(code).toBe(3);
      expect(
        stderr.split('error: rank 1: expected the same data as on rank 0, got another; put the same'),
      ).toHaveLength(2);
    });

    test('ranks with different options', async () => {
      const words = `train ${SMALL} --out never`;
      const { code, stderr } = await asRanksIn(['', words], ['', `${words} --seed 5`]).outcome;
      expect(code).toBe(2);
      expect(stderr).toContain('rank 1: expected the same options as on rank 0');
    });

    test('data that only one rank has', async () => {
      const words = `train table.csv --out ${place.path('never')}`;
      const { code, stderr } = await asRanksIn(['host0', words], ['', words]).outcome;
      expect(code).toBe(3);
      expect(stderr).toContain('error: rank 1: data "table.csv": expected');
    });

    test('a training that diverges ends with the step, once', async () => {
      const { code, stderr } = await asRanks(
        2,
        `train ${SMALL} --epochs 2 --output linear --optimizer sgd --learning-rate 1e20 --out far`,
      ).outcome;
      expect(code).toBe(5);
      expect(stderr.match(/term reconstruction: expected a finite number/g)).toHaveLength(1);
    });
  });
});
