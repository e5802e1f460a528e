/** A file that rows are appended to as they come, of which little is in memory. */
import type { FileHandle } from 'node:fs/promises';
import type { Source } from '../dataset.ts';

export interface RowSink {
  /** Appends rows with the columns of those before. */
  add(source: Source): Promise<void>;
  /** Writes what is still to be written. */
  finish(): Promise<void>;
}

export type OpenRowSink = (handle: FileHandle) => RowSink;

export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
}
