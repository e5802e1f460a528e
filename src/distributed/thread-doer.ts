/** Shards worked on in a thread of its own, one after the other. */
import { Worker } from 'node:worker_threads';
import { FileError, ModelFileError } from '../base/errors.ts';
import type { ShardOutcome } from './do-shard.ts';

export interface ThreadSetup {
  readonly engine: 'node' | 'web';
  readonly threads?: number;
  /** Where the model is, when that is not where the plan says. */
  readonly model?: string;
}

export interface ThreadRequest {
  readonly folder: string;
  /** Only the model is opened when absent. */
  readonly shard?: number;
}

export interface ThreadAnswer {
  readonly outcome?: ShardOutcome;
  readonly error?: { readonly message: string; readonly exitCode: number; readonly isOwn: boolean };
}

export interface ThreadDoer {
  /** Reads the plan's model. @throws ModelFileError for one that is not the plan's. */
  open(folder: string): Promise<void>;
  /** @throws FileError where the folder cannot be written to. */
  do(folder: string, shard: number): Promise<ShardOutcome>;
  end(): Promise<void>;
}

export function startThread({ engine, threads, model }: ThreadSetup): ThreadDoer {
  const workerData: ThreadSetup = { engine, threads, model };
  const thread = new Worker(new URL('./shard-thread.js', import.meta.url), { workerData });
  let fail: ((error: Error) => void) | undefined;
  thread.on('error', (error) => fail?.(error));
  let last: Promise<unknown> = Promise.resolve();
  const ask = (request: ThreadRequest): Promise<ThreadAnswer> => {
    const answer = last.then(
      () =>
        new Promise<ThreadAnswer>((resolve, reject) => {
          fail = reject;
          thread.once('message', resolve);
          thread.postMessage(request);
        }),
    );
    last = answer.catch(() => {});
    return answer;
  };
  const asked = async (request: ThreadRequest): Promise<ShardOutcome | undefined> => {
    const { outcome, error } = await ask(request);
    if (!error) return outcome;
    if (!error.isOwn) throw new Error(`in the computing thread: ${error.message}`);
    throw new (error.exitCode === 4 ? ModelFileError : FileError)(error.message);
  };
  return {
    open: async (folder) => void (await asked({ folder })),
    async do(folder, shard) {
      const outcome = await asked({ folder, shard });
      if (!outcome) throw new Error('internal: a shard without an outcome');
      return outcome;
    },
    end: async () => void (await thread.terminate()),
  };
}
