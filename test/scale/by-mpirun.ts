/** Commands as ranks that mpirun starts on this machine. */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { decodeSafetensors, type NamedTensor } from '../../src/model/file/safetensors.ts';
import { commandFile, follow, type Running, type Workplace } from '../command.ts';

export const hasMpirun = spawnSync('mpirun', ['--version']).status === 0;
if (!hasMpirun) console.warn('skipped: training over ranks (mpirun is not installed on this machine)');

const MPIRUN = ['--allow-run-as-root', '--oversubscribe'];

export interface RankCommands {
  /** `mpirun WORDS`. */
  mpirun(words: readonly string[], folder?: string): Running;
  /** `autoencoder WORDS`, words split at spaces, `count` times. */
  asRanks(count: number, words: string): Running;
  /** A rank for each folder and its words. */
  asRanksIn(...ranks: readonly (readonly [folder: string, words: string])[]): Running;
  /** Two ranks on two hosts that see the same files; nothing without the right to make such hosts. */
  onTwoHosts(words: string): Running | undefined;
  parametersIn(folder: string): Promise<ReadonlyMap<string, NamedTensor>>;
}

export function ranksIn(place: Workplace): RankCommands {
  const command = (words: string): string[] => [process.execPath, commandFile, ...words.split(' ')];
  const start = (program: string, words: readonly string[], folder = place.folder): Running =>
    follow(spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }));
  const mpirun: RankCommands['mpirun'] = (words, folder) => start('mpirun', [...MPIRUN, ...words], folder);
  return {
    mpirun,
    asRanks: (count, words) => mpirun(['-np', `${count}`, ...command(words)]),
    asRanksIn: (...ranks) =>
      mpirun(
        ranks.flatMap(([folder, words], at) => [
          ...(at === 0 ? [] : [':']),
          ...['-np', '1', '-wdir', place.path(folder), ...command(words)],
        ]),
      ),
    onTwoHosts(words) {
      const name = `probe${process.pid}`;
      const isAllowed = spawnSync('ip', ['netns', 'add', name]).status === 0;
      spawnSync('ip', ['netns', 'del', name]);
      const script = new URL('../../bench/two-hosts.sh', import.meta.url).pathname;
      return isAllowed ? start('sh', [script, ...command(words)]) : undefined;
    },
    async parametersIn(folder) {
      const path = place.path(folder, 'model.safetensors');
      return (await decodeSafetensors(await readFile(path), path)).tensors;
    },
  };
}

/** The processes of a rank that train into `folder`, by their environment. */
export function ranksOf(folder: string, rank = 1): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--out\0${folder}`);
      } catch {
        return false;
      }
    })
    .filter((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`OMPI_COMM_WORLD_RANK=${rank}\0`));
}
