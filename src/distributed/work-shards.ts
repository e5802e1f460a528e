/**
 * A worker: takes shards from the queues of one or several plans until every shard is done or has failed.
 *
 *   queue ── number of a shard ──> thread ── part ──> folder
 *     ↑ puts in again what a broker has forgotten        │ what is not done
 *     └──────────────────────────────────────────────────┘
 */
import { BrokerError, InterruptedError } from '../base/errors.ts';
import { type Broker, openBroker, type QueuedShard, type ShardConsumer, type ShardQueue } from './broker.ts';
import { addShards, nextLook } from './enqueue.ts';
import { planKey, shardKey } from './plan.ts';
import type { ShardFolder } from './shard-folder.ts';
import { startThread, type ThreadSetup } from './thread-doer.ts';

export interface WorkRequest extends ThreadSetup {
  readonly folders: readonly ShardFolder[];
  readonly broker: string;
  readonly lockSeconds: number;
  /** How long a broker may be gone. */
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  readonly onOutcome?: (folder: ShardFolder, shard: number, outcome: 'done' | 'was done' | 'failed') => void;
  readonly onBroker?: (state: 'gone' | 'back') => void;
}

export interface WorkDone {
  done: number;
  wereDone: number;
  failed: number;
}

/**
 * @throws BrokerError where the broker does not answer, or was gone for too long; ModelFileError for a model that is not the plan's;
 * FileError where a folder cannot be written to; InterruptedError when called off, after the shard that is under way.
 */
export async function workShards(request: WorkRequest): Promise<WorkDone> {
  const { folders, signal, waitSeconds, onBroker } = request;
  const broker = await openBroker(request.broker);
  const thread = startThread(request);
  const totals: WorkDone = { done: 0, wereDone: 0, failed: 0 };
  const state: { broken?: Error } = {};
  const consumers: ShardConsumer[] = [];
  const queues: ShardQueue[] = [];
  try {
    for (const { path } of folders) await thread.open(path);
    for (const folder of folders) {
      const key = planKey(folder.plan);
      queues.push(broker.queue(key));
      consumers.push(
        broker.consume(key, {
          lockSeconds: request.lockSeconds,
          work: (job) => workOn(folder, job),
          onLost: (job, reason) => void lost(folder, job, reason),
        }),
      );
    }
    await untilAllEnded();
  } finally {
    await Promise.all([...consumers, ...queues].map((open) => open.close()));
    await thread.end();
  }
  return totals;

  async function workOn(folder: ShardFolder, { shard, key }: QueuedShard): Promise<'ended' | 'again'> {
    if (state.broken || signal.aborted) return 'again';
    // Left in the queue by another plan.
    if (shard >= folder.plan.shards.length || shardKey(folder.plan, shard) !== key) return 'ended';
    try {
      const { type } = await thread.do(folder.path, shard);
      totals[type === 'was done' ? 'wereDone' : type]++;
      request.onOutcome?.(folder, shard, type);
      return 'ended';
    } catch (error) {
      // A full disk, say: no fault of the shard, and no work for this worker.
      state.broken = error instanceof Error ? error : new Error(String(error));
      return 'again';
    }
  }

  async function lost(folder: ShardFolder, { shard, key }: QueuedShard, reason: string): Promise<void> {
    if (state.broken || shard >= folder.plan.shards.length || shardKey(folder.plan, shard) !== key) return;
    // In a folder that cannot be written to, it stays to be done.
    if (!folder.isDone(shard)) await folder.markFailed(shard, reason).catch(() => {});
  }

  async function untilAllEnded(): Promise<void> {
    let goneSince: number | undefined;
    for (;;) {
      const began = performance.now();
      if (state.broken) throw state.broken;
      if (signal.aborted)
        throw new InterruptedError('worker: interrupted; what is done is kept, the rest stays in the queue');
      const isAnswered = await refill(folders, queues).then(
        (isFinished) => (isFinished ? 'finished' : 'yes'),
        () => 'no',
      );
      if (isAnswered === 'finished') return;
      if (isAnswered === 'no' && goneSince === undefined) {
        goneSince = performance.now();
        onBroker?.('gone');
      }
      if (isAnswered === 'yes' && goneSince !== undefined) {
        goneSince = undefined;
        onBroker?.('back');
      }
      if (goneSince !== undefined && performance.now() - goneSince > waitSeconds * 1000)
        throw goneForLong(broker, waitSeconds);
      await nextLook(began);
    }
  }
}

/** Puts shards into queues that have none left although some are to be done; whether there are none to be done. */
async function refill(folders: readonly ShardFolder[], queues: readonly ShardQueue[]): Promise<boolean> {
  let isFinished = true;
  for (const [at, folder] of folders.entries()) {
    const { waiting } = await folder.states();
    if (waiting.length === 0) continue;
    isFinished = false;
    const counts = await queues[at].counts();
    if (counts.waiting + counts.active > 0) continue;
    // What was done meanwhile is not put in.
    const { waiting: still } = await folder.states();
    await addShards(queues[at], folder.plan, still);
  }
  return isFinished;
}

function goneForLong({ name }: Broker, waitSeconds: number): BrokerError {
  return new BrokerError({
    where: name,
    expected: `a broker that comes back within ${waitSeconds} s`,
    got: 'no answer',
    fix: 'start it and the worker again: finished parts are kept',
  });
}
