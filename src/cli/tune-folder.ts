/** The folder of a search: what it was begun with, its log, and what its trials go on from. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { EndedJob } from '../applications/tuning/decide.ts';
import { FileError, ModelFileError } from '../base/errors.ts';
import { parseOptions } from '../base/options.ts';
import { writeFileAtomic } from '../data/files.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { setupSchema } from './run-folder.ts';

export const TUNE_FILE = 'tune.json';
export const TRIALS_FILE = 'trials.jsonl';
/** Of a search that is not over. */
export const TRIALS_FOLDER = 'trials';

const tuneSchema = z.strictObject({
  setup: setupSchema,
  search: z.string().optional(),
  method: z.string(),
  objective: z.string(),
  trials: z.int().min(1),
  minutes: z.number().optional(),
  parallel: z.int().min(1),
});

/** What a search was begun with. */
export type TuneSetup = z.infer<typeof tuneSchema>;

const jobSchema = z.strictObject({
  job: z.int().min(0),
  trial: z.int().min(0),
  rung: z.int().min(0),
  point: z.record(z.string(), z.unknown()),
  isLast: z.boolean().optional(),
  elapsed: z.number(),
  outcome: z.discriminatedUnion('status', [
    z.strictObject({
      status: z.literal('measured'),
      value: z.number(),
      parts: z.record(z.string(), z.number()).optional(),
      tenths: z.array(z.number()).optional(),
      ranks: z.array(z.array(z.int().min(0))).optional(),
      validation: z.record(z.string(), z.number()),
      resolved: z.record(z.string(), z.unknown()),
      seconds: z.number(),
    }),
    z.strictObject({ status: z.literal('failed'), reason: z.string(), seconds: z.number() }),
  ]),
});

export function trialCheckpoint(folder: string, trial: number): string {
  return join(folder, TRIALS_FOLDER, `${trial}.checkpoint.safetensors`);
}

export function trialModel(folder: string, trial: number): string {
  return join(folder, TRIALS_FOLDER, `${trial}.model.safetensors`);
}

export async function writeTuneSetup(folder: string, setup: TuneSetup): Promise<void> {
  await writeFileAtomic(join(folder, TUNE_FILE), `${JSON.stringify(setup, undefined, 2)}\n`);
}

/** The log as it is now: a line for each training that ended. */
export async function writeLog(folder: string, ended: readonly EndedJob[]): Promise<void> {
  await writeFileAtomic(join(folder, TRIALS_FILE), ended.map((job) => `${JSON.stringify(job)}\n`).join(''));
}

/** @throws FileError where there is no search to go on with, ModelFileError for a damaged log. */
export async function readTuneFolder(folder: string): Promise<{ setup: TuneSetup; log: EndedJob[] }> {
  const file = join(folder, TUNE_FILE);
  if (!existsSync(file) || existsSync(join(folder, MODEL_FILE)))
    throw new FileError({
      where: `--resume ${folder}`,
      expected: 'the folder of an interrupted search',
      got: existsSync(file) ? 'one that is over' : 'none',
      fix: existsSync(file)
        ? `its model is ${join(folder, MODEL_FILE)}`
        : 'begin one: autoencoder tune DATA --out FOLDER',
    });
  const setup = parseOptions(tuneSchema, parsed(await readFile(file, 'utf8'), file), file);
  const logFile = join(folder, TRIALS_FILE);
  const lines = existsSync(logFile) ? (await readFile(logFile, 'utf8')).split('\n').filter((line) => line !== '') : [];
  const log = lines.map((line, at): EndedJob => {
    const where = `${logFile}, line ${at + 1}`;
    return parseOptions(jobSchema, parsed(line, where), where);
  });
  return { setup, log };
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelFileError(`${where}: expected JSON; got something else; begin the search anew`, { cause });
  }
}
