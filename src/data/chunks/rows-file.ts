/**
 * Scaled rows in a file of plain numbers, from which any block of them is read at once. It has no name while it is used (where the
 * system allows that), so that nothing of it is left whatever happens.
 *
 *   row 0 │ row 1 │ …          each `width` float32, or bytes
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { fileError } from '../files.ts';
import { writeAll } from '../sinks/row-sink.ts';

export interface RowsFile {
  /** @throws FileError for a full disk. */
  add(rows: Float32Array | Uint8Array): Promise<void>;
  /** Rows `from` … of the file into `into`. */
  read(from: number, into: Float32Array | Uint8Array): Promise<void>;
  /** Closes the file; it is gone then, or when all others who have it open have closed it. */
  end(): Promise<void>;
}

/** Opens a file for rows of `width` numbers. */
export type OpenRows = (width: number) => Promise<RowsFile>;

/** A file that is open, under a name or without. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** @param width Numbers of a row. */
export async function makeRowsFile(path: string, width: number): Promise<RowsFile> {
  const rows = rowsOn(await openRowsFile(path, 'w+'), width);
  const takeAway = (): Promise<void> => rm(path, { force: true });
  if (process.platform === 'win32') return { ...rows, end: () => rows.end().then(takeAway) };
  await takeAway();
  return rows;
}

/** A new, empty file (`w+`), or one that is there (`r`). @throws FileError */
export async function openRowsFile(path: string, flags: 'w+' | 'r'): Promise<OpenFile> {
  const handle = await open(path, flags).catch((cause: unknown) => {
    throw fileError(cause, path, flags === 'r' ? 'read' : 'written');
  });
  return { path, handle };
}

/** Rows on a file that is open. */
export function rowsOn({ path, handle }: OpenFile, width: number): RowsFile {
  const asFileError = (what: 'read' | 'written') => (cause: unknown) => {
    throw fileError(cause, path, what);
  };
  return {
    add: (rows) => writeAll(handle, bytesOf(rows)).catch(asFileError('written')),
    async read(from, into) {
      const bytes = bytesOf(into);
      const start = from * width * into.BYTES_PER_ELEMENT;
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at).catch(asFileError('read'));
        if (bytesRead === 0) throw new Error('internal: rows that were not written are read');
        at += bytesRead;
      }
    },
    end: () => handle.close(),
  };
}

function bytesOf(rows: Float32Array | Uint8Array): Uint8Array {
  return new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
}
