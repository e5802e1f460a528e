/** Runs on a tracking server of MLflow, by its REST interface (mlflow.org/docs/latest/rest-api.html, version 2.0). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { type Ending, figuresOf, type RunLog } from './run-log.ts';

export interface MlflowOptions {
  readonly url: string;
  /** Made where there is none of that name. */
  readonly experiment: string;
  /** Where the run is noted, so that it goes on as one. */
  readonly folder: string;
  /** What the run is called. */
  readonly name: string;
  /** Kept with the run as they are. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** In the folder of a run: where else it is told. */
const NOTE_FILE = 'mlflow.json';
const noteSchema = z.strictObject({ url: z.string(), run: z.string() });

/** Longest name or value of an option that every server takes. */
const LONGEST = 500;
/** Options of one request. */
const MOST_OPTIONS = 100;
/** A server that takes longer is as good as none. */
const PATIENCE_MS = 10_000;

const ENDINGS: Readonly<Record<Ending, string>> = { done: 'FINISHED', interrupted: 'KILLED', failed: 'FAILED' };

/** @throws OptionError where no server answers, or one that is none of MLflow. */
export async function mlflowLog({ url, experiment, folder, name, options, now }: MlflowOptions): Promise<RunLog> {
  const base = url.replace(/\/+$/, '');
  const ask = (path: string, body: unknown): Promise<Answer> => post(`${base}/api/2.0/mlflow/${path}`, body);
  const time = (): number => Math.round(1000 * now());
  const begun = async (): Promise<string> => {
    const id = await experimentOf(ask, experiment);
    const { run } = await ask('runs/create', { experiment_id: id, run_name: name, start_time: time() });
    const made = z.object({ info: z.object({ run_id: z.string() }) }).safeParse(run);
    if (!made.success) throw notMlflow(base);
    const params = Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ key: key.slice(0, LONGEST), value: String(value).slice(0, LONGEST) }));
    const { run_id } = made.data.info;
    await ask('runs/log-batch', { run_id, params: params.slice(0, MOST_OPTIONS) });
    await writeFileAtomic(join(folder, NOTE_FILE), `${JSON.stringify({ url: base, run: run_id })}\n`);
    return run_id;
  };
  const known = await noted(folder, base);
  if (known !== undefined) await ask('runs/update', { run_id: known, status: 'RUNNING' });
  const run_id = known ?? (await begun());
  /** What the server has not taken yet: it may come back. */
  let waiting: { key: string; value: number; timestamp: number; step: number }[] = [];
  return {
    async add(record) {
      // It takes no numbers that are none.
      for (const [key, value] of figuresOf(record))
        if (Number.isFinite(value)) waiting.push({ key, value, timestamp: time(), step: record.epoch });
      await ask('runs/log-batch', { run_id, metrics: waiting });
      waiting = [];
    },
    async end(ending) {
      if (waiting.length > 0) await ask('runs/log-batch', { run_id, metrics: waiting });
      await ask('runs/update', { run_id, status: ENDINGS[ending], end_time: time() });
    },
  };
}

type Answer = Readonly<Record<string, unknown>>;
type Ask = (path: string, body: unknown) => Promise<Answer>;

async function experimentOf(ask: Ask, name: string): Promise<string> {
  const made = await ask('experiments/create', { name }).catch((error: unknown) => {
    // Of that name there may be one.
    if (error instanceof Refused && error.code === 'RESOURCE_ALREADY_EXISTS') return undefined;
    throw error;
  });
  if (made) return String(made.experiment_id);
  const { experiments } = await ask('experiments/search', {
    max_results: 1,
    filter: `name = '${name.replaceAll("'", "\\'")}'`,
  });
  const found = z.array(z.object({ experiment_id: z.string() })).safeParse(experiments);
  if (found.data?.[0]) return found.data[0].experiment_id;
  throw new OptionError({
    where: `--log mlflow, experiment ${JSON.stringify(name)}`,
    expected: 'one that takes runs',
    got: 'one that was deleted',
    fix: 'restore it on the server, or name another one',
  });
}

async function noted(folder: string, url: string): Promise<string | undefined> {
  const text = await readFile(join(folder, NOTE_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const note = noteSchema.safeParse(JSON.parse(text));
  return note.success && note.data.url === url ? note.data.run : undefined;
}

/** The server understood, and does not. */
class Refused extends OptionError {
  readonly code: string;

  constructor(url: string, code: string, message: string) {
    super({
      where: url,
      expected: 'a server of MLflow that takes runs',
      got: `${code}: ${message}`,
      fix: 'see its log',
    });
    this.code = code;
  }
}

async function post(url: string, body: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((cause: unknown) => {
    throw new OptionError(
      {
        where: `--log mlflow, ${url}`,
        expected: 'an answer',
        got: cause instanceof Error && cause.name === 'TimeoutError' ? 'none in 10 s' : 'none',
        fix: 'start the server (mlflow server), or leave --log out',
      },
      { cause },
    );
  });
  const text = await response.text();
  let answer: Answer;
  try {
    answer = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw notMlflow(url);
  }
  if (!response.ok) throw new Refused(url, String(answer.error_code ?? response.status), String(answer.message ?? ''));
  return answer;
}

function notMlflow(url: string): OptionError {
  return new OptionError({
    where: url,
    expected: 'a tracking server of MLflow',
    got: 'answers of something else',
    fix: 'name the address of the server, e.g. --log mlflow=http://127.0.0.1:5000',
  });
}
