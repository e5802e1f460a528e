/** The process that trains trials of `autoencoder tune`, one after the other: told which, and telling their outcomes, over its channel. */
import { readFile, rm } from 'node:fs/promises';
import { findObjective } from '../applications/tuning/objectives.ts';
import { runTrial, type TrialPlace, type TrialStore } from '../applications/tuning/trial.ts';
import { AutoencoderError, InterruptedError } from '../base/errors.ts';
import { writeFileAtomic } from '../data/files.ts';
import { readData } from './data-flags.ts';
import { openEngine } from './engine-flags.ts';
import type { TrialAnswer, TrialMessage, TrialWork } from './trial-workers.ts';
import { trialCheckpoint, trialModel } from './tune-folder.ts';

const controller = new AbortController();
const stop = (): void => controller.abort();
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// Without the command nobody waits: what was learned is kept in the checkpoint.
process.on('disconnect', () => {
  if (!isBusy) process.exit(0);
  stop();
});

let isBusy = false;
let place: Promise<TrialPlace> | undefined;
process.on('message', async (message: TrialMessage) => {
  isBusy = true;
  const answer = await answered(message);
  isBusy = false;
  if (process.connected) process.send?.(answer);
  else process.exit(0);
});

async function answered({ work, task }: TrialMessage): Promise<TrialAnswer> {
  try {
    place ??= placeOf(work);
    return { type: 'outcome', outcome: await runTrial(await place, task, controller.signal) };
  } catch (error) {
    if (error instanceof InterruptedError) return { type: 'stopped' };
    if (error instanceof AutoencoderError) return { type: 'error', message: error.message, exitCode: error.exitCode };
    return { type: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function placeOf({ setup, objective, folder }: TrialWork): Promise<TrialPlace> {
  const source = await readData(setup.data, setup, { note: () => {} }, controller.signal);
  return {
    source,
    engine: await openEngine(setup),
    objective: findObjective(objective),
    store: folderStore(folder),
    clock: () => performance.now(),
  };
}

function folderStore(folder: string): TrialStore {
  return {
    async readCheckpoint(trial) {
      return readFile(trialCheckpoint(folder, trial)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
    },
    writeCheckpoint: (trial, bytes) => writeFileAtomic(trialCheckpoint(folder, trial), bytes),
    dropCheckpoint: (trial) => rm(trialCheckpoint(folder, trial), { force: true }),
    writeModel: (trial, bytes) => writeFileAtomic(trialModel(folder, trial), bytes),
  };
}
