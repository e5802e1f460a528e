/** Chunks that a thread of its own reads and scales, a few of them ahead. */
import { Worker } from 'node:worker_threads';
import { throwIfAborted } from '../base/abort.ts';
import { DataError, FileError, ModelFileError, OptionError } from '../base/errors.ts';
import type { PreparedChunk, PreparedChunks, PreparedRequest } from './prepared-chunks.ts';

export type ThreadMessage =
  | { readonly type: 'open'; readonly reader: 'duckdb' | 'own'; readonly rows?: number }
  | { readonly type: 'chunk'; readonly chunk: PreparedChunk }
  | { readonly type: 'end' }
  /** An error of ours has an exit code. */
  | { readonly type: 'error'; readonly message: string; readonly exitCode?: number };

export interface ThreadedChunks extends PreparedChunks {
  end(): Promise<void>;
}

/** As `prepareChunks`, in a thread. */
export async function prepareInThread(request: PreparedRequest, signal: AbortSignal): Promise<ThreadedChunks> {
  const thread = new Worker(new URL('./chunk-thread.js', import.meta.url), { workerData: request });
  const arrived: ThreadMessage[] = [];
  let wake = (): void => {};
  const arrive = (message: ThreadMessage): void => {
    arrived.push(message);
    wake();
  };
  const stop = (): void => wake();
  thread.on('message', arrive);
  thread.on('error', (error) => arrive({ type: 'error', message: error.stack ?? error.message }));
  signal.addEventListener('abort', stop);
  const next = async (): Promise<ThreadMessage> => {
    for (;;) {
      throwIfAborted(signal, request.reading.files[0]);
      const message = arrived.shift();
      if (message?.type === 'error') throw errorOf(message);
      if (message) return message;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const end = async (): Promise<void> => {
    signal.removeEventListener('abort', stop);
    await thread.terminate();
  };
  try {
    const opened = await next();
    if (opened.type !== 'open') throw new Error('internal: a thread that does not begin');
    return {
      reader: opened.reader,
      rows: opened.rows,
      end,
      async *chunks() {
        for (let message = await next(); message.type === 'chunk'; message = await next()) {
          thread.postMessage('taken');
          yield message.chunk;
        }
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function errorOf({ message, exitCode }: Extract<ThreadMessage, { type: 'error' }>): Error {
  if (exitCode === undefined) return new Error(`in the reading thread: ${message}`);
  const classes = { 2: OptionError, 3: DataError, 4: ModelFileError } as const;
  return new (exitCode === 2 || exitCode === 3 || exitCode === 4 ? classes[exitCode] : FileError)(message);
}
