/**
 * Trainings that are asked for over HTTP: one at a time, the others wait. Every job has a folder with what it is (`job.json`), what
 * happened (`events.jsonl`), its checkpoint while it is unfinished, and its model once it is done.
 *
 *   queued ── running ── done
 *       └───────┴── stopped ── (resume) ── queued      failed
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeFileAtomic } from '../data/files.ts';
import type { TrainingEvent } from '../training/events.ts';
import { type JobLog, openJobLog } from './job-log.ts';
import { type StartWork, type Work, workSchema } from './job-work.ts';
import { Refusal } from './refusal.ts';

const states = ['queued', 'running', 'done', 'stopped', 'failed'] as const;

/** What is asked for; `path` is what `data` stands for on this machine. */
const wishSchema = workSchema.omit({ folder: true, isResumed: true, threads: true }).extend({ path: z.string() });
export type JobWish = z.infer<typeof wishSchema>;

const savedSchema = z.strictObject({
  id: z.string(),
  state: z.enum(states),
  wish: wishSchema,
  result: z.record(z.string(), z.unknown()).optional(),
  message: z.string().optional(),
});

type SavedJob = z.infer<typeof savedSchema>;

/** What is told of a job. */
export const jobSchema = z.object({
  id: z.string(),
  state: z.enum(states),
  data: z.string(),
  options: z.record(z.string(), z.unknown()),
  canResume: z.boolean(),
  result: z.record(z.string(), z.unknown()).optional(),
  /** Why it failed. */
  message: z.string().optional(),
});

export type JobDescription = z.infer<typeof jobSchema>;

export interface Job {
  readonly log: JobLog;
  describe(): JobDescription;
}

export interface Jobs {
  all(): readonly Job[];
  /** @throws Refusal 404 */
  get(id: string): Job;
  /** @throws Refusal 429 when too many wait. */
  add(wish: JobWish): Promise<Job>;
  /** Stops it, the checkpoint kept. @throws Refusal 409 for one that is neither waiting nor running. */
  stop(id: string): Promise<Job>;
  /** @throws Refusal 409 for one that was not stopped, or left no checkpoint. */
  resume(id: string): Promise<Job>;
  /** Stops what runs; nothing begins any more. */
  close(): Promise<void>;
}

export interface JobsOptions {
  readonly folder: string;
  readonly start: StartWork;
  readonly threads?: number;
  /** Jobs that may wait. */
  readonly mostWaiting: number;
  /** Called with the model of a job that is done; also at the start, for those that were done before. */
  readonly onModel: (id: string, file: string) => Promise<void>;
}

const [JOB_FILE, LOG_FILE, MODEL_FILE, CHECKPOINT_FILE] = [
  'job.json',
  'events.jsonl',
  'model.safetensors',
  'checkpoint.safetensors',
];
const ID = /^job-[\da-f]{12}$/;
/** Progress is told at most so often: it comes for every block of steps. */
const PROGRESS_MS = 500;

interface Held extends Job {
  readonly id: string;
  readonly folder: string;
  saved: SavedJob;
  work?: Work;
}

/** The jobs in a folder. Those that were under way when the last server ended are stopped. */
export async function openJobs({ folder, start, threads, mostWaiting, onModel }: JobsOptions): Promise<Jobs> {
  await mkdir(folder, { recursive: true });
  const jobs = new Map<string, Held>();
  const queue: Held[] = [];
  let running: Promise<void> | undefined;
  let isClosed = false;

  const hold = (saved: SavedJob): Held => {
    const place = join(folder, saved.id);
    const log = openJobLog(join(place, LOG_FILE));
    const held: Held = { id: saved.id, folder: place, saved, log, describe: () => describe(held) };
    jobs.set(saved.id, held);
    return held;
  };
  const change = async (job: Held, news: Partial<SavedJob>): Promise<void> => {
    job.saved = { ...job.saved, ...news };
    await writeFileAtomic(join(job.folder, JOB_FILE), `${JSON.stringify(job.saved, undefined, 2)}\n`);
    job.log.add('state', describe(job));
    if (job.saved.state !== 'queued' && job.saved.state !== 'running') job.log.end();
  };
  const enqueue = async (job: Held): Promise<Job> => {
    await change(job, { state: 'queued', message: undefined });
    queue.push(job);
    running ??= work();
    return job;
  };
  const refuseMany = (): void => {
    if (isClosed || queue.length >= mostWaiting) throw tooMany();
  };

  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await runJob(job);
    running = undefined;
  };
  const runJob = async (job: Held): Promise<void> => {
    const { path, data: _, ...rest } = job.saved.wish;
    const isResumed = existsSync(join(job.folder, CHECKPOINT_FILE));
    job.work = start({ ...rest, data: path, folder: job.folder, isResumed, threads }, teller(job.log));
    await change(job, { state: 'running' });
    const outcome = await job.work.outcome;
    job.work = undefined;
    if (outcome.type === 'done') {
      const file = join(job.folder, MODEL_FILE);
      const failure = await onModel(job.id, file).then(() => undefined, String);
      await (failure === undefined
        ? change(job, { state: 'done', result: { ...outcome.result } })
        : change(job, { state: 'failed', message: failure }));
    } else if (outcome.type === 'stopped') await change(job, { state: 'stopped' });
    // The path of the data is the server's own business.
    else await change(job, { state: 'failed', message: outcome.message.replaceAll(path, job.saved.wish.data) });
  };

  for (const entry of (await readdir(folder)).filter((name) => ID.test(name)).sort()) {
    const saved = await readSaved(join(folder, entry, JOB_FILE));
    if (saved?.id !== entry) continue;
    const held = hold(saved);
    if (saved.state === 'queued' || saved.state === 'running') await change(held, { state: 'stopped' });
    if (saved.state === 'done') await onModel(entry, join(folder, entry, MODEL_FILE));
  }

  const get = (id: string): Held => {
    const job = jobs.get(id);
    if (job) return job;
    throw new Refusal(404, { where: 'the id of the job', expected: 'a job', got: 'none', fix: 'see GET /jobs' });
  };
  return {
    all: () => [...jobs.values()],
    get,
    async add(wish) {
      refuseMany();
      const id = `job-${randomBytes(6).toString('hex')}`;
      await mkdir(join(folder, id));
      return enqueue(hold({ id, state: 'queued', wish }));
    },
    async stop(id) {
      const job = get(id);
      if (job.work) job.work.stop();
      else if (queue.includes(job)) {
        queue.splice(queue.indexOf(job), 1);
        await change(job, { state: 'stopped' });
      } else throw conflict('a job that waits or runs', job.saved.state);
      return job;
    },
    async resume(id) {
      const job = get(id);
      if (job.saved.state !== 'stopped') throw conflict('a job that was stopped', job.saved.state);
      refuseMany();
      return enqueue(job);
    },
    async close() {
      isClosed = true;
      for (const job of queue.splice(0)) await change(job, { state: 'stopped' });
      for (const { work: under } of jobs.values()) under?.stop();
      await running;
      for (const { log } of jobs.values()) await log.written();
    },
  };
}

function describe({ id, saved: { state, wish, result, message } }: Held): JobDescription {
  const { data, options } = wish;
  const more = { ...(result ? { result } : {}), ...(message === undefined ? {} : { message }) };
  return { id, state, data, options, canResume: state === 'stopped', ...more };
}

/** Tells the log of the training, of progress only now and then. */
function teller(log: JobLog): (event: TrainingEvent) => void {
  let last = -Infinity;
  return ({ type, ...data }) => {
    const now = performance.now();
    if (type === 'progress' && now - last < PROGRESS_MS) return;
    if (type === 'progress') last = now;
    log.add(type, data);
  };
}

/** Nothing for a folder without a job in it, or with a damaged one. */
async function readSaved(file: string): Promise<SavedJob | undefined> {
  try {
    return savedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function tooMany(): Refusal {
  return new Refusal(429, {
    where: 'the jobs',
    expected: 'fewer that wait',
    got: 'as many as the server keeps',
    fix: 'try again when one has ended, or stop one',
  });
}

function conflict(expected: string, got: string): Refusal {
  return new Refusal(409, { where: 'the job', expected, got: `one that is ${got}`, fix: 'see GET /jobs/ID' });
}
