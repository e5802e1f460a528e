/** Fetches the files of a data set, checks them and keeps them in the cache folder. */
import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { throwIfAborted } from '../base/abort.ts';
import { DataError, InterruptedError } from '../base/errors.ts';
import type { FetchedFile, FetchedSet } from './fetched.ts';
import { fileError, writeFileAtomic } from './files.ts';

export interface DownloadProgress {
  readonly file: string;
  /** Bytes that have come. */
  readonly done: number;
  /** Bytes in all, where the server says. */
  readonly total?: number;
}

/** A server that says nothing for this long is given up. */
const PATIENCE_MS = 30_000;

/**
 * Fetches what `folder` lacks of the set's files. A file is kept only when its unpacked bytes have the published SHA-256.
 *
 * @throws DataError when no source gives a good file, with what each of them said; InterruptedError; FileError.
 */
export async function downloadSet(
  set: FetchedSet,
  folder: string,
  signal?: AbortSignal,
  onProgress: (progress: DownloadProgress) => void = () => {},
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw fileError(cause, folder, 'written');
  }
  for (const file of set.files) {
    const path = join(folder, file.file);
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (!isThere) await writeFileAtomic(path, await fetchFrom(set, file, folder, signal, onProgress));
  }
}

async function fetchFrom(
  set: FetchedSet,
  file: FetchedFile,
  folder: string,
  signal: AbortSignal | undefined,
  onProgress: (progress: DownloadProgress) => void,
): Promise<Uint8Array> {
  const failures: string[] = [];
  for (const source of set.sources) {
    const url = `${source}${file.file}`;
    try {
      const packed = await fetchBytes(url, file, signal, onProgress);
      check(packed, file);
      return packed;
    } catch (cause) {
      throwIfAborted(signal, url);
      if (cause instanceof InterruptedError) throw cause;
      failures.push(`${url}: ${reason(cause)}`);
    }
  }
  throw new DataError({
    where: `data set ${JSON.stringify(set.name)}`,
    expected: `to fetch ${file.file}`,
    got: failures.join(' · '),
    fix: `check the network, or put the files ${set.files.map((each) => each.file).join(', ')} into ${folder}`,
  });
}

async function fetchBytes(
  url: string,
  file: FetchedFile,
  signal: AbortSignal | undefined,
  onProgress: (progress: DownloadProgress) => void,
): Promise<Uint8Array> {
  const silence = new AbortController();
  const giveUp = (): void => silence.abort(new Error(`no answer for ${PATIENCE_MS / 1000} s`));
  let timer = setTimeout(giveUp, PATIENCE_MS);
  try {
    const signals = signal === undefined ? [silence.signal] : [silence.signal, signal];
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok || response.body === null) throw new Error(`status ${response.status} ${response.statusText}`);
    const total = Number(response.headers.get('content-length')) || undefined;
    const parts: Uint8Array[] = [];
    let done = 0;
    for await (const part of response.body) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, PATIENCE_MS);
      parts.push(part);
      done += part.length;
      if (done > file.bytes) throw new Error(`more than ${file.bytes} bytes`);
      onProgress({ file: file.file, done, total });
    }
    return Buffer.concat(parts);
  } finally {
    clearTimeout(timer);
  }
}

function check(packed: Uint8Array, { bytes, sha256 }: FetchedFile): void {
  const unpacked = gunzipSync(packed, { maxOutputLength: bytes });
  const found = createHash('sha256').update(unpacked).digest('hex');
  if (found !== sha256) throw new Error(`SHA-256 ${found} instead of ${sha256}`);
}

/** `fetch failed` hides what happened in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
