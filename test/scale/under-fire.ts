/** Workers that are killed while they work, and started again. */
import { spawn } from 'node:child_process';
import type { Random } from '../../src/base/random.ts';
import { openShardFolder, type ShardFolder } from '../../src/distributed/shard-folder.ts';

export interface UnderFire {
  /** The file of the command. */
  readonly command: string;
  readonly job: string;
  readonly broker: string;
  readonly workers: number;
  /** Which of the workers dies is drawn. */
  readonly random: Random;
  /** Whether one is to be killed now; asked ten times a second. */
  readonly isTime: (seconds: number, kills: number, done: number) => boolean;
}

export interface Fought {
  readonly kills: number;
  readonly seconds: number;
  /** Exit codes of the workers that were not killed. */
  readonly codes: readonly (number | null)[];
  /** What they wrote to standard error. */
  readonly said: string;
}

/** Resolves when a worker has ended of itself, and the others after it. */
export async function workUnderFire(request: UnderFire): Promise<Fought> {
  const { command, job, broker, workers, random, isTime } = request;
  const folder: ShardFolder = await openShardFolder(job);
  const words = [command, 'worker', job, '--broker', broker, '--lock', '3', '--threads', '1'];
  const codes: (number | null)[] = [];
  const running = new Set<ReturnType<typeof spawn>>();
  let said = '';
  const start = (): void => {
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-10_000);
    });
    running.add(child);
    child.once('exit', (code, signal) => {
      running.delete(child);
      if (signal === 'SIGKILL') start();
      else codes.push(code);
    });
  };
  for (let worker = 0; worker < workers; worker++) start();
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  let kills = 0;
  let ended: number | undefined;
  while (running.size > 0) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { waiting, done } = await folder.states();
    if (waiting.length === 0) ended ??= seconds();
    if (codes.length > 0 || waiting.length === 0 || !isTime(seconds(), kills, done.size)) continue;
    const list = [...running];
    list[Math.floor(random.uniform() * list.length)]?.kill('SIGKILL');
    kills += 1;
  }
  return { kills, seconds: ended ?? seconds(), codes, said };
}
