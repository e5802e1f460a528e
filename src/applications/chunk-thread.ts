/** The thread that reads and scales rows while another one computes: the runtime keeps the thread that called it busy. */
import { parentPort, workerData } from 'node:worker_threads';
import { AutoencoderError } from '../base/errors.ts';
import { type PreparedChunk, type PreparedRequest, prepareChunks } from './prepared-chunks.ts';
import type { ThreadMessage } from './threaded-chunks.ts';

/** Chunks that lie ready. */
const AHEAD = 3;

let given = 0;
let taken = 0;
let wake = (): void => {};
parentPort?.on('message', () => {
  taken += 1;
  wake();
});

function tell(message: ThreadMessage, buffers: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...buffers]);
}

try {
  const prepared = await prepareChunks(workerData as PreparedRequest);
  tell({ type: 'open', reader: prepared.reader, rows: prepared.rows });
  for await (const chunk of prepared.chunks()) {
    while (given - taken >= AHEAD)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    given += 1;
    tell({ type: 'chunk', chunk }, buffersOf(chunk));
  }
  tell({ type: 'end' });
} catch (error) {
  const isOwn = error instanceof AutoencoderError;
  const message = error instanceof Error ? (isOwn ? error.message : (error.stack ?? error.message)) : String(error);
  tell({ type: 'error', message, exitCode: isOwn ? error.exitCode : undefined });
}

/** What is handed over rather than copied. */
function buffersOf({ parts }: PreparedChunk): ArrayBuffer[] {
  return [...new Set(parts.map(({ data }) => data.values.buffer as ArrayBuffer))];
}
