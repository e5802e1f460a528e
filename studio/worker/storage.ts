/**
 * What outlives the tab: the origin of the data, the options and the last checkpoint or model, in the browser's private files. A file is
 * replaced only when the new one is written whole.
 */
import type { Origin, Roles } from './data.ts';

export interface Kept {
  readonly origin: Origin;
  readonly roles: Roles;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of a training that has not ended: epochs done and planned. */
  readonly epochs?: readonly [number, number];
  readonly savedAt: number;
}

const NOTE = 'session.json';
const CHECKPOINT = 'checkpoint.safetensors';
const MODEL = 'model.safetensors';
const FILES = 'files';

export async function keepNote(note: Kept): Promise<void> {
  await write(NOTE, new TextEncoder().encode(JSON.stringify(note)));
}

export async function keptNote(): Promise<Kept | undefined> {
  const bytes = await read(NOTE);
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Kept;
  } catch {
    // A note that cannot be read is as good as none; the next training writes a new one.
    return undefined;
  }
}

export const keepCheckpoint = (bytes: Uint8Array): Promise<void> => write(CHECKPOINT, bytes);
export const keptCheckpoint = (): Promise<Uint8Array | undefined> => read(CHECKPOINT);
export const dropCheckpoint = (): Promise<void> => remove(CHECKPOINT);
export const keepModel = (bytes: Uint8Array): Promise<void> => write(MODEL, bytes);
export const keptModel = (): Promise<Uint8Array | undefined> => read(MODEL);

/** Copies of dropped files, so that a training can go on after the tab was closed. */
export async function keepFiles(files: readonly File[]): Promise<void> {
  const root = await folder();
  await root.removeEntry(FILES, { recursive: true }).catch(() => {});
  const into = await root.getDirectoryHandle(FILES, { create: true });
  for (const [at, file] of files.entries()) {
    const path = encodeURIComponent(file.webkitRelativePath || file.name);
    const handle = await into.getFileHandle(`${String(at).padStart(6, '0')} ${path}`, { create: true });
    const writable = await handle.createWritable();
    await file.stream().pipeTo(writable);
  }
}

export async function keptFiles(): Promise<File[]> {
  const root = await folder();
  const from = await root.getDirectoryHandle(FILES).catch(() => undefined);
  if (!from) return [];
  const entries: [string, File][] = [];
  for await (const [name, handle] of from.entries())
    if (handle.kind === 'file') entries.push([name, await (handle as FileSystemFileHandle).getFile()]);
  return entries
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    .map(([name, file]) => {
      const path = decodeURIComponent(name.slice(7));
      const named = new File([file], path.split('/').at(-1) ?? path);
      Object.defineProperty(named, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
      return named;
    });
}

/** Everything that was kept. */
export async function forgetAll(): Promise<void> {
  for (const name of [NOTE, CHECKPOINT, MODEL]) await remove(name);
  await (await folder()).removeEntry(FILES, { recursive: true }).catch(() => {});
}

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('autoencoder-studio', { create: true });
}

/** A writable stream takes the place of the file only when it is closed. */
async function write(name: string, bytes: Uint8Array): Promise<void> {
  const handle = await (await folder()).getFileHandle(name, { create: true });
  const writable = await handle.createWritable();
  try {
    await writable.write(bytes.slice());
    await writable.close();
  } catch (cause) {
    await writable.abort().catch(() => {});
    throw cause;
  }
}

async function read(name: string): Promise<Uint8Array | undefined> {
  const handle = await (await folder()).getFileHandle(name).catch(() => undefined);
  if (!handle) return undefined;
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
  return bytes.length > 0 ? bytes : undefined;
}

async function remove(name: string): Promise<void> {
  await (await folder()).removeEntry(name).catch(() => {});
}
