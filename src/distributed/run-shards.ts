/** Works on shards one after the other, in this process, without a broker. */
import { InterruptedError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { openShardDoer } from './do-shard.ts';
import type { ShardFolder } from './shard-folder.ts';
import { type Share, shardsOf } from './share.ts';

export interface RunShardsRequest {
  readonly folder: ShardFolder;
  /** Opened when there is something to do. */
  readonly engine: () => Promise<Engine>;
  /** Where the model is, when that is not where the plan says. */
  readonly model?: string;
  /** All shards when absent. */
  readonly share?: Share;
  readonly signal: AbortSignal;
  readonly onShard?: (ended: number, total: number) => void;
}

export interface ShardsRun {
  readonly shards: number;
  readonly done: number;
  readonly wereDone: number;
  readonly failed: number;
  readonly rows: number;
}

/**
 * Does what is not done yet, and tries again what failed.
 *
 * @throws InterruptedError between two shards, FileError where the folder cannot be written to; finished parts are kept.
 */
export async function runShards({
  folder,
  engine,
  model,
  share,
  signal,
  onShard,
}: RunShardsRequest): Promise<ShardsRun> {
  const own = shardsOf(share ?? { index: 0, count: 1 }, folder.plan.shards.length);
  const { done: before } = await folder.states();
  const open = own.filter((shard) => !before.has(shard));
  let [done, wereDone, failed, rows] = [0, own.length - open.length, 0, 0];
  if (open.length > 0) {
    const doer = await openShardDoer(folder, await engine(), model);
    try {
      for (const shard of open) {
        if (signal.aborted)
          throw new InterruptedError(
            `${folder.path}: interrupted, ${done + wereDone} of ${own.length} shards done; the same command goes on`,
          );
        const outcome = await doer.do(shard);
        if (outcome.type === 'done') [done, rows] = [done + 1, rows + outcome.rows];
        else if (outcome.type === 'was done') wereDone += 1;
        else failed += 1;
        onShard?.(done + wereDone + failed, own.length);
        // Lets a signal be heard: a shard may never wait for anything.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      await doer.dispose();
    }
  }
  return { shards: own.length, done, wereDone, failed, rows };
}
