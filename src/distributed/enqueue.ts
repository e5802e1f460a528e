/** A plan and its queue, seen from outside: put in, looked at, waited for. */
import { InterruptedError } from '../base/errors.ts';
import { openBroker, type QueueCounts, type ShardQueue } from './broker.ts';
import { planKey, type ShardPlan, shardKey } from './plan.ts';
import type { ShardFolder } from './shard-folder.ts';

/** The least and the most time between two looks at a folder. */
const [LOOK_MS, LONG_LOOK_MS] = [500, 2000];

/** Puts what is not done into the queue, what failed too, and gives how many shards that are. @throws BrokerError */
export async function addToQueue(folder: ShardFolder, url: string): Promise<number> {
  return withQueue(folder, url, async (queue) => {
    const { waiting, failed } = await folder.states();
    await folder.forgetFailed(failed);
    const open = [...waiting, ...failed].sort((one, other) => one - other);
    await addShards(queue, folder.plan, open);
    return open.length;
  });
}

export async function addShards(queue: ShardQueue, plan: ShardPlan, shards: readonly number[]): Promise<void> {
  await queue.add(shards.map((shard) => ({ shard, key: shardKey(plan, shard) })));
}

/** @throws BrokerError */
export async function queueCounts(folder: ShardFolder, url: string): Promise<QueueCounts> {
  return withQueue(folder, url, (queue) => queue.counts());
}

async function withQueue<Result>(
  { plan }: ShardFolder,
  url: string,
  use: (queue: ShardQueue) => Promise<Result>,
): Promise<Result> {
  const queue = (await openBroker(url)).queue(planKey(plan));
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}

/** Waits until every shard is done or has failed. @throws InterruptedError; workers go on all the same. */
export async function followShards({
  folder,
  signal,
  onShard,
  end,
}: {
  readonly folder: ShardFolder;
  readonly signal: AbortSignal;
  readonly onShard: (ended: number, total: number) => void;
  readonly end: () => void;
}): Promise<void> {
  const total = folder.plan.shards.length;
  for (;;) {
    const began = performance.now();
    const { waiting } = await folder.states();
    onShard(total - waiting.length, total);
    if (waiting.length === 0) break;
    if (signal.aborted)
      throw new InterruptedError(
        `${folder.path}: not waited for any longer, ${waiting.length} shards to be done; workers go on`,
      );
    await nextLook(began);
  }
  end();
}

/** Waits a moment; longer where a look takes long, as in folders of very many shards. */
export async function nextLook(began: number): Promise<void> {
  const pauseMs = Math.min(LONG_LOOK_MS, Math.max(LOOK_MS, 10 * (performance.now() - began)));
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
}
