/** The checkpoint of a use that is being trained: what it keeps of its command, and how it is written and read. */
import { join } from 'node:path';
import * as z from 'zod';
import { parseOptions } from '../base/options.ts';
import { writeFileAtomic } from '../data/files.ts';
import { type Checkpoint, encodeCheckpoint } from '../training/checkpoint.ts';
import type { TrainingState } from '../training/state.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { makeFolder, openCheckpoint } from './run-folder.ts';

/** What is kept of every command. */
export const keptOfAll = {
  /** The data. */
  fit: z.string(),
  limit: z.number().optional(),
  engine: z.enum(['node', 'web']),
  threads: z.number().optional(),
  options: z.record(z.string(), z.unknown()),
  /** SHA-256 of the data. */
  fingerprint: z.string().optional(),
};

export interface UseCheckpoint<Setup> {
  /** Keeps what an unfinished training goes on from. */
  save(folder: string, state: TrainingState, setup: Setup): Promise<void>;
  /** @throws FileError where there is none, ModelFileError for a damaged one, OptionError for one of another use. */
  read(folder: string): Promise<{ readonly checkpoint: Checkpoint; readonly setup: Setup }>;
}

/** Checkpoints with what `schema` says, of a use that leaves the file `finished` when it has ended. */
export function useCheckpoint<Setup>(schema: z.ZodType<Setup>, finished: string): UseCheckpoint<Setup> {
  return {
    async save(folder, state, setup) {
      await makeFolder(folder);
      await writeFileAtomic(join(folder, CHECKPOINT_FILE), await encodeCheckpoint(state, setup));
    },
    async read(folder) {
      const { checkpoint, path } = await openCheckpoint(folder, finished);
      return { checkpoint, setup: parseOptions(schema, checkpoint.setup, path) };
    },
  };
}
