/** A training in a process of its own: it takes no time from the requests, and takes nothing along when it fails. */
import { fork } from 'node:child_process';
import * as z from 'zod';
import type { TrainingEvent } from '../training/events.ts';

/** What to train on what. */
export const workSchema = z.strictObject({
  folder: z.string(),
  /** Goes on from the checkpoint in `folder`; the rest is in there. */
  isResumed: z.boolean(),
  data: z.string(),
  label: z.string().optional(),
  time: z.string().optional(),
  columns: z.array(z.string()).optional(),
  limit: z.int().min(1).optional(),
  options: z.record(z.string(), z.unknown()),
  threads: z.int().min(1).optional(),
});

export type WorkRequest = z.infer<typeof workSchema>;

export type WorkOutcome =
  | { readonly type: 'done'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly message: string };

/** What the process tells. */
export type WorkMessage = { readonly type: 'event'; readonly event: TrainingEvent } | WorkOutcome;

export interface Work {
  readonly outcome: Promise<WorkOutcome>;
  /** Stops at the next safe point, with a checkpoint. */
  stop(): void;
}

export type StartWork = (request: WorkRequest, onEvent: (event: TrainingEvent) => void) => Work;

/** After so long a process that was told to stop is ended. */
const STOP_SECONDS = 30;

/** Work in processes that run the file `program`. */
export function forkedWork(program: URL): StartWork {
  return (request, onEvent) => {
    const child = fork(program, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    let last: WorkOutcome | undefined;
    child.on('message', (message: WorkMessage) => {
      if (message.type === 'event') onEvent(message.event);
      else last = message;
    });
    let timer: NodeJS.Timeout | undefined;
    const outcome = new Promise<WorkOutcome>((resolve) => {
      child.once('error', (error) => resolve({ type: 'failed', message: error.message }));
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        const end = (): void =>
          resolve(last ?? { type: 'failed', message: `the process of the training ended with ${signal ?? code}` });
        // What it told last may still be on its way.
        if (child.connected) child.once('disconnect', end);
        else end();
      });
    });
    child.send(request, () => {});
    return {
      outcome,
      stop() {
        if (timer !== undefined || child.exitCode !== null) return;
        child.kill('SIGTERM');
        timer = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
      },
    };
  };
}
