/**
 * The folder of a batch job, which alone says what is done: brokers and processes may come and go.
 *
 *   plan.json
 *   parts/00012.parquet              the rows of a shard
 *   done/00012.<key>.json            says that the part is whole, and of which shard: written after it
 *   failed/00012.<key>.json          why a shard failed
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../base/errors.ts';
import { fileError, writeFileAtomic } from '../data/files.ts';
import { decodePlan, encodePlan, type ShardPlan, shardKey, shardWords } from './plan.ts';

const PLAN_FILE = 'plan.json';

export interface FailedShard {
  readonly shard: number;
  readonly rows: string;
  readonly reason: string;
}

export interface ShardStates {
  readonly done: ReadonlySet<number>;
  readonly failed: ReadonlySet<number>;
  /** Neither, in order. */
  readonly waiting: readonly number[];
}

export interface ShardFolder {
  readonly path: string;
  readonly plan: ShardPlan;
  partFile(shard: number): string;
  isDone(shard: number): boolean;
  states(): Promise<ShardStates>;
  failures(): Promise<FailedShard[]>;
  /** Called when the part is written. */
  markDone(shard: number, facts: Readonly<Record<string, unknown>>): Promise<void>;
  markFailed(shard: number, reason: string): Promise<void>;
  /** Gives failed shards another chance. */
  forgetFailed(shards: Iterable<number>): Promise<void>;
}

export function hasPlan(folder: string): boolean {
  return existsSync(join(folder, PLAN_FILE));
}

/** @throws FileError where it cannot be written. */
export async function writePlan(folder: string, plan: ShardPlan): Promise<void> {
  await writeFileAtomic(join(folder, PLAN_FILE), encodePlan(plan));
}

/** @throws FileError for a folder without a plan, DataError for one that is damaged. */
export async function openShardFolder(path: string): Promise<ShardFolder> {
  const file = join(path, PLAN_FILE);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw hasPlan(path) ? fileError(cause, file, 'read') : noPlan(path, cause);
  });
  const plan = decodePlan(text, file);
  const keys = plan.shards.map((_, shard) => shardKey(plan, shard));
  const named = (shard: number): string => String(shard).padStart(5, '0');
  const at = {
    part: (shard: number) => join(path, 'parts', `${named(shard)}.${plan.parts}`),
    done: (shard: number) => join(path, 'done', `${named(shard)}.${keys[shard]}.json`),
    failed: (shard: number) => join(path, 'failed', `${named(shard)}.${keys[shard]}.json`),
  };
  /** Shards that have a note of this plan. */
  const noted = async (kind: 'done' | 'failed'): Promise<Set<number>> => {
    const found = new Set<number>();
    for (const name of await namesIn(join(path, kind))) {
      const [, digits, key] = /^(\d+)\.([0-9a-f]+)\.json$/.exec(name) ?? [];
      if (digits !== undefined && keys[Number(digits)] === key) found.add(Number(digits));
    }
    return found;
  };
  const states = async (): Promise<ShardStates> => {
    const [parts, noteds, faileds] = await Promise.all([namesIn(join(path, 'parts')), noted('done'), noted('failed')]);
    const there = new Set(parts);
    const done = new Set([...noteds].filter((shard) => there.has(`${named(shard)}.${plan.parts}`)));
    const failed = new Set([...faileds].filter((shard) => !done.has(shard)));
    return { done, failed, waiting: [...keys.keys()].filter((shard) => !done.has(shard) && !failed.has(shard)) };
  };
  return {
    path,
    plan,
    partFile: at.part,
    isDone: (shard) => existsSync(at.done(shard)) && existsSync(at.part(shard)),
    states,
    async failures() {
      const { failed } = await states();
      const list = [...failed].sort((one, other) => one - other);
      return Promise.all(
        list.map(async (shard) => {
          const note = await readFile(at.failed(shard), 'utf8').catch(() => '{}');
          const { reason = 'unknown' } = JSON.parse(note) as { reason?: string };
          return { shard, rows: shardWords(plan, shard), reason };
        }),
      );
    },
    async markDone(shard, facts) {
      await makeFolder(join(path, 'done'));
      await writeFileAtomic(at.done(shard), `${JSON.stringify({ shard, ...facts })}\n`);
      await rm(at.failed(shard), { force: true });
    },
    async markFailed(shard, reason) {
      await makeFolder(join(path, 'failed'));
      await writeFileAtomic(at.failed(shard), `${JSON.stringify({ shard, rows: shardWords(plan, shard), reason })}\n`);
    },
    async forgetFailed(shards) {
      for (const shard of shards) await rm(at.failed(shard), { force: true });
    },
  };
}

/** @throws FileError where it cannot be made. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause: unknown) => {
    throw fileError(cause, path, 'written');
  });
}

/** None where there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw fileError(cause, folder, 'read');
  }
}

function noPlan(path: string, cause: unknown): FileError {
  const complaint = {
    where: path,
    expected: `a folder with a ${PLAN_FILE}`,
    got: 'none',
    fix: `make one: autoencoder shard plan DATA --model MODEL --task encode --out ${path}`,
  };
  return new FileError(complaint, { cause });
}
