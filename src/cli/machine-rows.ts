/**
 * The file of scaled rows that the ranks on one machine share. The first of them makes it and the others open it while it is empty; it
 * has no name any more when it is written, so that nothing of it is left whatever happens.
 *
 *   first    made ─┐                    ┌─ its name taken away ── rows added ─┐
 *   others         ├─ meet ── opened ── meet ─────────────────────────────────┴─ meet ── read
 */
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type OpenFile, type OpenRows, openRowsFile, rowsOn } from '../data/chunks/rows-file.ts';
import type { RankSession } from '../distributed/mpi/session.ts';
import { isFirstHere } from '../distributed/mpi/started.ts';
import { makeFolder, removeUnused } from './run-folder.ts';

export interface MachineRows {
  /** What is added to the rows by others than the first of a machine goes nowhere: the first adds the same. */
  readonly open: OpenRows;
  end(): Promise<void>;
}

/**
 * Called by all ranks; they meet once more before they read.
 *
 * @param folder Made where a machine has none, and then taken away again. Of machines that see the same one, each has its file in it.
 * @throws FileError, on all ranks.
 */
export async function openMachineRows(
  folder: string,
  { together }: Pick<RankSession, 'together'>,
): Promise<MachineRows> {
  const path = join(folder, `rows-${hostname()}.tmp`);
  const isFirst = isFirstHere(process.env);
  let made: string | undefined;
  let file: OpenFile | undefined;
  try {
    await together(async () => {
      if (!isFirst) return;
      made = await makeFolder(folder);
      file = await openRowsFile(path, 'w+');
    });
    const { handle } = await together(async () => {
      file ??= await openRowsFile(path, 'r');
      return file;
    });
    return {
      async open(width) {
        const rows = rowsOn({ path, handle }, width);
        return isFirst ? rows : { ...rows, add: async () => {} };
      },
      end: () => handle.close(),
    };
  } catch (error) {
    await file?.handle.close();
    throw error;
  } finally {
    if (isFirst && file) await rm(path, { force: true });
    await removeUnused(folder, made);
  }
}
