/** The thread that computes for a worker: the thread that talks to the broker stays free to say that the work goes on. */
import { parentPort, workerData } from 'node:worker_threads';
import { AutoencoderError } from '../base/errors.ts';
import { openShardDoer, type ShardDoer } from './do-shard.ts';
import { openShardFolder } from './shard-folder.ts';
import type { ThreadAnswer, ThreadRequest, ThreadSetup } from './thread-doer.ts';

const { engine, threads, model } = workerData as ThreadSetup;
const doers = new Map<string, Promise<ShardDoer>>();

parentPort?.on('message', async (request: ThreadRequest) => {
  parentPort?.postMessage(await answer(request));
});

async function answer({ folder, shard }: ThreadRequest): Promise<ThreadAnswer> {
  try {
    const doer = doers.get(folder) ?? open(folder);
    doers.set(folder, doer);
    const ready = await doer;
    return { outcome: shard === undefined ? undefined : await ready.do(shard) };
  } catch (error) {
    if (error instanceof AutoencoderError)
      return { error: { message: error.message, exitCode: error.exitCode, isOwn: true } };
    return {
      error: {
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        exitCode: 1,
        isOwn: false,
      },
    };
  }
}

async function open(folder: string): Promise<ShardDoer> {
  const runtime =
    engine === 'web'
      ? (await import('../engine/web.ts')).webEngine({ threads })
      : (await import('../engine/node.ts')).nodeEngine({ threads });
  return openShardDoer(await openShardFolder(folder), runtime, model);
}
