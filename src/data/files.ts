/** Files of this machine: read as streams, written whole or not at all. */
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DataError, FileError } from '../base/errors.ts';
import { type ByteStream, DEFLATE_MOST } from './bytes.ts';
import type { Folder, FolderFiles } from './folder.ts';

const CHUNK = 1 << 20;

/**
 * Writes `path` so that an interruption leaves the old file or the new one, never half: to a temporary name in the same
 * folder, flushed to the disk, renamed. The temporary file is removed on failure.
 *
 * @throws FileError for a full disk, a missing folder, no permission.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  await writeAtomically(path, (handle) => handle.writeFile(content));
}

/** As `writeFileAtomic`, for what is not in memory as a whole. @throws FileError as it, and what `write` throws. */
export async function writeAtomically<Result>(
  path: string,
  write: (handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  try {
    const { handle, temporary } = await openTemporary(path);
    try {
      let result: Result;
      try {
        result = await write(handle);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
      return result;
    } catch (cause) {
      await rm(temporary, { force: true });
      throw cause;
    }
  } catch (cause) {
    throw fileError(cause, path, 'written');
  }
}

/** A new file beside `path`; a name that another writer holds is left to it. */
async function openTemporary(path: string): Promise<{ handle: FileHandle; temporary: string }> {
  for (let attempt = 0; ; attempt++) {
    const temporary = `${path}.${process.pid}-${attempt}.tmp`;
    try {
      return { handle: await open(temporary, 'wx'), temporary };
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST' || attempt === 100) throw cause;
    }
  }
}

/** The file as a stream, unpacked where its name ends in `.gz`. */
export async function openFile(path: string): Promise<ByteStream> {
  const size = await fileSize(path);
  const isPacked = /\.gz$/i.test(path);
  return {
    name: path,
    chunks: isPacked ? unpackedChunks(path) : fileChunks(path),
    mostBytes: isPacked ? size * DEFLATE_MOST : size,
    whole: isPacked ? undefined : () => readBytes(path),
  };
}

/** The bytes of a file from `from` up to `to`. */
export function openPart(path: string, from: number, to: number): ByteStream {
  return { name: path, chunks: partChunks(path, from, to), mostBytes: to - from };
}

async function* partChunks(path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (to <= from) return;
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK, start: from, end: to - 1 });
  } catch (cause) {
    throw fileError(cause, path, 'read');
  }
}

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size > MOST_AT_ONCE) return await readInPieces(path);
    const { buffer, byteOffset, length } = await readFile(path);
    // A plain array: some libraries refuse Node's own kind.
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    throw fileError(cause, path, 'read');
  }
}

/** Node reads no more bytes in one go. */
const MOST_AT_ONCE = 2 ** 31 - 1;
const PIECE = 1 << 28;

/** A folder of this machine, of which files are read when they are asked for. */
export function openFolder(path: string): Folder {
  return { name: path, read: (file) => readBytes(join(path, file)) };
}

/**
 * Writes files one after another, each whole or not at all, into a folder that is made where it is not there.
 *
 * @throws FileError for a full disk, no permission, a file in the way.
 */
export async function writeFolder(path: string, files: FolderFiles): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true }).catch((cause: unknown) => {
      throw fileError(cause, file, 'written');
    });
    await writeFileAtomic(file, bytes);
  }
}

async function readInPieces(path: string): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const bytes = new Uint8Array((await handle.stat()).size);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(PIECE, bytes.length - at), at);
      // Cut short by another program while it is read.
      if (bytesRead === 0) return bytes.subarray(0, at);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw fileError(cause, path, 'read');
  }
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK });
  } catch (cause) {
    throw fileError(cause, path, 'read');
  }
}

async function* unpackedChunks(path: string): AsyncGenerator<Uint8Array> {
  const unpack = createGunzip({ chunkSize: CHUNK });
  try {
    // Errors of either stream come out of the iteration, so the callback has nothing to add.
    yield* pipeline(createReadStream(path, { highWaterMark: CHUNK }), unpack, () => {});
  } catch (cause) {
    if (!codeOf(cause)?.startsWith('Z_')) throw fileError(cause, path, 'read');
    const complaint = {
      where: path,
      expected: 'a complete gzip file',
      got: cause instanceof Error ? cause.message : String(cause),
      fix: 'the file is cut short, damaged or not gzip: fetch it again',
    };
    throw new DataError(complaint, { cause });
  }
}

/** An error of the system as a `FileError`; errors of ours pass unchanged. */
export function fileError(cause: unknown, path: string, what: 'read' | 'written'): Error {
  const code = codeOf(cause);
  if (code === undefined || !(cause instanceof Error)) return cause instanceof Error ? cause : new Error(String(cause));
  const [got, fix] = reasons[code] ?? [cause.message, 'see what the system says'];
  const isMissingFolder = code === 'ENOENT' && what === 'written';
  return new FileError(
    {
      where: path,
      expected: what === 'read' ? 'a file that can be read' : 'a file that can be written',
      got: isMissingFolder ? 'no such folder' : got,
      fix: isMissingFolder ? 'make the folder first' : fix,
    },
    { cause },
  );
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['no such file', 'check the path'],
  ENOTDIR: ['a path that goes through a file', 'check the path'],
  EACCES: ['no permission', 'change the permissions, or choose another place'],
  EPERM: ['no permission', 'change the permissions, or choose another place'],
  EROFS: ['a read-only disk', 'choose another place'],
  ENOSPC: ['a full disk', 'free some space, or choose another place'],
  EDQUOT: ['a used-up quota', 'free some space, or choose another place'],
  EISDIR: ['a folder', 'name a file'],
  EMFILE: ['too many open files', 'raise the limit with ulimit -n'],
};

/** The system's code of an error, e.g. `ENOENT`. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
