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
  /** Takes the file away. */
  end(): Promise<void>;
}

/** @param width Numbers of a row. */
export async function makeRowsFile(path: string, width: number): Promise<RowsFile> {
  const asFileError = (what: 'read' | 'written') => (cause: unknown) => {
    throw fileError(cause, path, what);
  };
  const handle: FileHandle = await open(path, 'w+').catch(asFileError('written'));
  const isNameless = process.platform !== 'win32';
  if (isNameless) await rm(path, { force: true });
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
    async end() {
      await handle.close();
      if (!isNameless) await rm(path, { force: true });
    },
  };
}

function bytesOf(rows: Float32Array | Uint8Array): Uint8Array {
  return new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
}
