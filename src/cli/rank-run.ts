/** A command as one of several ranks: rank 0 speaks, writes and validates, the others compute. */
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { AutoencoderError, DivergenceError, InterruptedError, OptionError } from '../base/errors.ts';
import { joinRanks, type RankSession } from '../distributed/mpi/session.ts';
import { ranksHere } from '../distributed/mpi/started.ts';
import type { Setup } from './run-folder.ts';
import { ToldElsewhere } from './told-elsewhere.ts';
import { packageVersion } from './version.ts';

/** Does `work` beside the other ranks. What fails on all is told by rank 0. */
export async function asRank(work: (session: RankSession) => Promise<void>): Promise<void> {
  const session = await joinRanks();
  try {
    await work(session);
  } catch (error) {
    const { rank } = session.ranks;
    // Losses are of the whole batch, and the wish to stop is everyone's: none ends so alone.
    const isAlike = error instanceof DivergenceError || error instanceof InterruptedError;
    if (isAlike) session.endAlike();
    if (rank === 0 || !(error instanceof AutoencoderError)) throw error;
    if (!session.isAlike()) process.stderr.write(`error: rank ${rank}: ${error.message}\n`);
    throw new ToldElsewhere(error.exitCode, { cause: error });
  }
}

/**
 * Before anything is read: whether all ranks were given the same command.
 *
 * @param folder Of the run; the others do not know it.
 * @returns The folder on rank 0, by its full path, for all.
 * @throws OptionError where they were not.
 */
export async function beginCommand(setup: Setup, session: RankSession, folder = ''): Promise<string> {
  const { engine: _, threads: __, log: ___, fingerprint: ____, ...asked } = setup;
  await session.agree([
    { name: 'version of autoencoder', value: packageVersion(), fix: 'install the same version on every machine' },
    { name: 'options', value: JSON.stringify(asked), fix: 'start all ranks with the same command' },
  ]);
  return new TextDecoder().decode(await session.shared(new TextEncoder().encode(resolve(folder))));
}

/** @throws OptionError for data that only one rank could read. */
export function requireDataOfAll({ data }: Setup): void {
  if (data !== '-') return;
  throw new OptionError({
    where: 'data -',
    expected: 'data that every rank can read',
    got: 'standard input, which only one has',
    fix: 'put it into a file',
  });
}

/** The setup as this rank runs it: all cores that it was given, or its share of the machine's. */
export function setupHere(setup: Setup): Setup {
  const own = availableParallelism();
  const isBound = own < cpus().length;
  const share = isBound ? own : Math.max(1, Math.floor(own / ranksHere(process.env)));
  return { ...setup, threads: setup.threads ?? share };
}
