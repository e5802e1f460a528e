/** Processes that train trials, each with the data in memory: one that dies takes its trial along, not the search. */
import { type ChildProcess, fork } from 'node:child_process';
import type { TrialOutcome, TrialTask } from '../applications/tuning/trial.ts';
import { EngineError, InterruptedError } from '../base/errors.ts';
import type { Setup } from './run-folder.ts';

/** What all trials of a search have in common. */
export interface TrialWork {
  readonly setup: Setup;
  readonly objective: string;
  readonly folder: string;
}

export interface TrialMessage {
  readonly work: TrialWork;
  readonly task: TrialTask;
}

export type TrialAnswer =
  | { readonly type: 'outcome'; readonly outcome: TrialOutcome }
  | { readonly type: 'stopped' }
  /** Without an exit code: an error of our own. */
  | { readonly type: 'error'; readonly message: string; readonly exitCode?: number };

export interface TrialWorkers {
  /** Trains in a process that has nothing to do; starts one where there is none. */
  run(task: TrialTask, signal: AbortSignal): Promise<TrialOutcome>;
  /** Ends the processes. */
  close(): void;
}

export function trialWorkers(work: TrialWork): TrialWorkers {
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();
  const start = (): ChildProcess => {
    const child = fork(new URL('./trial-process.js', import.meta.url), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    all.add(child);
    child.once('exit', () => {
      all.delete(child);
      const at = idle.indexOf(child);
      if (at >= 0) idle.splice(at, 1);
    });
    return child;
  };
  return {
    async run(task, signal) {
      const child = idle.pop() ?? start();
      const began = performance.now();
      const answer = await asked(child, { work, task }, signal);
      if (answer === undefined) {
        if (signal.aborted) throw new InterruptedError('tuning interrupted');
        const how = child.signalCode ?? child.exitCode;
        const seconds = (performance.now() - began) / 1000;
        return { status: 'failed', reason: `its process ended with ${how}: too little memory?`, seconds };
      }
      idle.push(child);
      if (answer.type === 'outcome') return answer.outcome;
      if (answer.type === 'stopped') throw new InterruptedError('tuning interrupted');
      if (answer.exitCode === undefined) throw new Error(`internal: ${answer.message}`);
      throw new EngineError(answer.message);
    },
    close() {
      for (const child of all) child.disconnect();
    },
  };
}

/** The answer; nothing where the process ends without one. */
function asked(child: ChildProcess, message: TrialMessage, signal: AbortSignal): Promise<TrialAnswer | undefined> {
  return new Promise((resolve) => {
    const stop = (): void => void child.kill('SIGTERM');
    const end = (answer?: TrialAnswer): void => {
      child.off('message', end);
      child.off('exit', leave);
      signal.removeEventListener('abort', stop);
      resolve(answer);
    };
    const leave = (): void => end();
    child.on('message', end);
    child.once('exit', leave);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    child.send(message, () => {});
  });
}
