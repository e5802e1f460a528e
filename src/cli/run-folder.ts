/** The folder of a training run: where it is, what is in it, and the checkpoint that it goes on from. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { FileError, OptionError } from '../base/errors.ts';
import { parseOptions } from '../base/options.ts';
import { fileError } from '../data/files.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { type Checkpoint, decodeCheckpoint } from '../training/checkpoint.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';

export const METRICS_FILE = 'metrics.jsonl';
export const REPORT_FILE = 'report.html';

/** What a checkpoint keeps of the command, to set the training up again. */
export const setupSchema = z.strictObject({
  data: z.string(),
  columns: z.array(z.string()).optional(),
  label: z.string().optional(),
  time: z.string().optional(),
  target: z.string().optional(),
  header: z.enum(['auto', 'yes', 'no']).optional(),
  limit: z.number().optional(),
  strict: z.boolean().optional(),
  /** Where rows are while they are learned from; and how many of those on disk are in memory at a time. */
  from: z.enum(['auto', 'memory', 'disk']).optional(),
  window: z.number().optional(),
  engine: z.enum(['node', 'web']),
  threads: z.number().optional(),
  options: z.record(z.string(), z.unknown()),
  /** Steps between the meetings of ranks, as of `--sync-every`. */
  syncEvery: z.int().min(1).optional(),
  /** Where else the run is told, as of `--log`. */
  log: z.array(z.string()).optional(),
  /** SHA-256 of the training values. */
  fingerprint: z.string().optional(),
});

export type Setup = z.infer<typeof setupSchema>;

/** The first of the folders on the way that was made now; undefined where all were there already. */
export async function makeFolder(folder: string): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && (cause.code === 'EEXIST' || cause.code === 'ENOTDIR')))
      throw fileError(cause, folder, 'written');
    const got = cause.code === 'EEXIST' ? 'a file of that name' : 'a path that goes through a file';
    throw new FileError(
      { where: `--out ${folder}`, expected: 'a folder', got, fix: 'choose another name, or move the file away' },
      { cause },
    );
  }
}

/** Takes away what `makeFolder` made, as far as nothing is in it. */
export async function removeUnused(folder: string, made: string | undefined): Promise<void> {
  if (made === undefined) return;
  for (let at = resolve(folder); (await readdir(at)).length === 0; at = dirname(at)) {
    await rmdir(at);
    if (at === resolve(made)) return;
  }
}

export async function readCheckpoint(folder: string): Promise<{ checkpoint: Checkpoint; setup: Setup }> {
  return checkpointIn(folder, await checkpointBytes(folder, MODEL_FILE));
}

/** The checkpoint of `folder` from its bytes, wherever they came from. */
export async function checkpointIn(
  folder: string,
  bytes: Uint8Array,
): Promise<{ checkpoint: Checkpoint; setup: Setup }> {
  const path = join(folder, CHECKPOINT_FILE);
  const checkpoint = await decodeCheckpoint(bytes, path);
  return { checkpoint, setup: parseOptions(setupSchema, checkpoint.setup, path) };
}

/** The checkpoint in `folder`; a run that has `finished` there needs none. @throws FileError where there is none. */
export async function openCheckpoint(
  folder: string,
  finished: string,
): Promise<{ readonly checkpoint: Checkpoint; readonly path: string }> {
  const path = join(folder, CHECKPOINT_FILE);
  return { checkpoint: await decodeCheckpoint(await checkpointBytes(folder, finished), path), path };
}

/** @throws FileError where there is none. */
export async function checkpointBytes(folder: string, finished: string): Promise<Uint8Array> {
  const path = join(folder, CHECKPOINT_FILE);
  return readFile(path).catch((cause: unknown) => {
    const isDone = existsSync(join(folder, finished));
    throw new FileError(
      {
        where: path,
        expected: 'the checkpoint of an interrupted run',
        got: 'none',
        fix: isDone
          ? `this run has finished: its model is ${join(folder, finished)}`
          : 'give the folder of an interrupted run',
      },
      { cause },
    );
  });
}

/**
 * That `folder` has the file that says what a use keeps beside its model.
 *
 * @throws FileError where there is none, with what to do.
 */
export function requireUseFile(folder: string, name: string, use: string, fit: string): void {
  if (existsSync(join(folder, name))) return;
  const isUnfinished = existsSync(join(folder, CHECKPOINT_FILE));
  throw new FileError({
    where: folder,
    expected: `the folder of autoencoder ${use}, with its ${name}`,
    got: isUnfinished ? 'a training that is not finished' : 'none',
    fix: isUnfinished
      ? `go on with: autoencoder ${use} --resume ${folder}`
      : `make one: autoencoder ${use} --fit ${fit}`,
  });
}

/**
 * Where results go: `out`, or a fresh folder named after the data and what was done.
 *
 * @throws OptionError when `out` has one of the files `held` already, and that is not to be replaced.
 */
export function outputFolder(
  data: string,
  what: string,
  held: readonly string[],
  { out, overwrite }: { readonly out?: string; readonly overwrite?: boolean },
): string {
  if (out !== undefined) {
    const found = held.find((file) => existsSync(join(out, file)));
    if (found !== undefined && !overwrite)
      throw new OptionError({
        where: `--out ${out}`,
        expected: 'a folder without results in it',
        got: `one with ${found}`,
        fix: `choose another folder, ${found === CHECKPOINT_FILE ? `go on with --resume ${out}, ` : ''}or add --overwrite`,
      });
    return out;
  }
  const stem = join('runs', `${(basename(data).replace(/\.[^.]*$/, '') || 'data').replace(/[^\w.-]+/g, '-')}-${what}`);
  for (let number = 1; ; number++) {
    const folder = number === 1 ? stem : `${stem}-${number}`;
    if (!existsSync(folder)) return folder;
  }
}
