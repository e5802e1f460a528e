/** The data that jobs may learn from: built-in sets, and the files that lie directly in one folder. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { builtIns } from '../data/builtin/builtin.ts';
import { formatOf } from '../data/formats/formats.ts';
import { Refusal } from './refusal.ts';

export interface DataShelf {
  names(): Promise<readonly string[]>;
  /** What `loadData` reads for that name. @throws Refusal 404 for a name that is not among `names`, whatever it points at. */
  find(name: string): Promise<string>;
}

/** Links are no files: what they point at may lie elsewhere. */
export function makeDataShelf(folder: string | undefined): DataShelf {
  const files = async (): Promise<string[]> => {
    if (folder === undefined) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && formatOf(entry.name) !== undefined).map(({ name }) => name);
  };
  const sets = builtIns.map(({ name }) => name);
  return {
    names: async () => [...sets, ...(await files()).sort()],
    async find(name) {
      if (sets.includes(name)) return name;
      if (folder !== undefined && (await files()).includes(name)) return join(folder, name);
      throw new Refusal(404, {
        where: 'data',
        expected: 'a built-in set, or a file of the folder of data',
        got: 'neither',
        fix: 'see GET /data',
      });
    },
  };
}
