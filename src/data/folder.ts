/** A few files that belong together, by their paths within a folder: on a disk, or in memory where there is none. */
import { ModelFileError } from '../base/errors.ts';

/** Files by their paths within their folder, in the order in which they are to be written: what names others comes last. */
export type FolderFiles = Readonly<Record<string, Uint8Array>>;

/** Where files are read from. */
export interface Folder {
  /** For messages. */
  readonly name: string;
  /** @throws FileError or ModelFileError where there is no such file. */
  read(path: string): Promise<Uint8Array>;
}

/** Files that are in memory, or the folder itself. */
export function folderOf(files: FolderFiles | Folder, name = ''): Folder {
  if (isFolder(files)) return files;
  return {
    name,
    async read(path) {
      if (Object.hasOwn(files, path)) return files[path];
      throw new ModelFileError({
        where: pathIn({ name }, path),
        expected: 'a file of that name',
        got: Object.keys(files).join(', ') || 'none',
        fix: 'give all files of the folder',
      });
    },
  };
}

/** What a file is called in messages. */
export function pathIn({ name }: Pick<Folder, 'name'>, path: string): string {
  return name === '' ? path : `${name.replace(/\/$/, '')}/${path}`;
}

/** @throws As `read`. */
export async function readText(folder: Folder, path: string): Promise<string> {
  return new TextDecoder().decode(await folder.read(path));
}

function isFolder(files: FolderFiles | Folder): files is Folder {
  return typeof files.read === 'function';
}
