/** What a training run learns from, in memory or on disk: for one process, or for one of several ranks, each of which reads all of it. */
import { basename } from 'node:path';
import type { LearnRequest } from '../applications/begin-learning.ts';
import { sameData } from '../applications/begin-together.ts';
import type { Recipe } from '../applications/recipe.ts';
import type { RankSession } from '../distributed/mpi/session.ts';
import { readData } from './data-flags.ts';
import { diskData, refuseWindow } from './disk-training.ts';
import { openMachineRows } from './machine-rows.ts';
import { rowFilesOf } from './row-files.ts';
import type { Setup } from './run-folder.ts';
import type { Terminal } from './terminal.ts';

export interface TrainingDataRequest {
  readonly setup: Setup;
  readonly recipe: Recipe;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** The other ranks, where this is one of several. */
  readonly session?: RankSession;
}

export interface TrainingData {
  readonly source: LearnRequest['source'];
  end(): Promise<void>;
}

/**
 * Reads into memory, or makes ready on disk, as the setup says; from then on it says where the rows are.
 *
 * @param folder Of the run.
 * @throws DataError, FileError, OptionError, InterruptedError; of ranks, all do where one does.
 */
export async function openTrainingData(folder: string, request: TrainingDataRequest): Promise<TrainingData> {
  const { setup, terminal, signal, session } = request;
  const { together } = session ?? alone;
  const files = await together(async () => {
    const found = await rowFilesOf(setup.data, setup.from ?? 'auto', terminal);
    if (!found) refuseWindow(setup.window);
    return found;
  });
  // Where another machine has other files, the ranks would not meet at the same places.
  await session?.agree([sameData(setup.data, files?.map((file) => basename(file)) ?? 'in memory')]);
  // A run goes on from where its rows were, whatever the size of the files is then.
  setup.from = files ? 'disk' : 'memory';
  if (!files) {
    const source = await together(() => readData(setup.data, setup, terminal, signal));
    return { source, end: async () => {} };
  }
  const rows = session && (await openMachineRows(folder, session));
  try {
    const source = await together(() => diskData(files, folder, request, rows?.open));
    return { source, end: source.end };
  } catch (error) {
    await rows?.end();
    throw error;
  }
}

const alone: Pick<RankSession, 'together'> = { together: (work) => work() };
