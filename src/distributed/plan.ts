/**
 * `plan.json`: which rows of which files are worked on by which model, shard by shard. It holds descriptions only, no data.
 *
 *   files ── survey ──> shards of at most so many rows ── run, by anybody, in any order ──> parts/00000 … ── merge ──> one file
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DataError } from '../base/errors.ts';

export const shardTasks = ['encode', 'score', 'reconstruct', 'impute'] as const;
export type ShardTask = (typeof shardTasks)[number];

export const partFormats = ['parquet', 'csv', 'npy'] as const;

const count = z.int().min(0);

const shardSchema = z.strictObject({
  /** Index of the file. */
  file: count,
  /** Rows of the file before it. */
  from: count,
  /** 0 where the file could not be read when the plan was made. */
  rows: count,
  bytes: z.tuple([count, count]).readonly().optional(),
  line: count.optional(),
  isWhole: z.boolean().optional(),
});

const planSchema = z.strictObject({
  format: z.literal('autoencoder-shards'),
  version: z.literal(1),
  task: z.enum(shardTasks),
  model: z.strictObject({
    path: z.string(),
    /** SHA-256 of the file. */
    fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  /** Of the parts. */
  parts: z.enum(partFormats),
  reading: z.strictObject({ header: z.enum(['auto', 'yes', 'no']).optional(), label: z.string().optional() }),
  files: z.array(
    z.strictObject({
      path: z.string(),
      bytes: count,
      /** Seconds since 1970. */
      modified: count,
      rows: count,
      layout: z.strictObject({ names: z.array(z.string()), delimiter: z.string() }).optional(),
      /** Why it could not be read. */
      problem: z.string().optional(),
    }),
  ),
  shards: z.array(shardSchema),
});

export type ShardPlan = z.infer<typeof planSchema>;
export type PlannedFile = ShardPlan['files'][number];
export type Shard = z.infer<typeof shardSchema>;

export function encodePlan(plan: ShardPlan): string {
  const { files, shards, ...rest } = plan;
  const lines = (rows: readonly unknown[]): string => rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n');
  return `${JSON.stringify(rest).slice(0, -1)},\n"files":[\n${lines(files)}\n],\n"shards":[\n${lines(shards)}\n]}\n`;
}

/** @throws DataError for anything that is no plan. */
export function decodePlan(text: string, where: string): ShardPlan {
  const refused = (got: string, cause?: unknown): DataError =>
    new DataError(
      { where, expected: 'a plan of shards', got, fix: 'make it anew: autoencoder shard plan --overwrite' },
      { cause },
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused('no JSON', cause);
  }
  const { success, data, error } = planSchema.safeParse(value);
  if (!success) throw refused(`${error.issues[0].path.join('.')}: ${error.issues[0].message}`);
  const lost = data.shards.find(({ file }) => file >= data.files.length);
  if (lost) throw refused(`a shard of file ${lost.file} among ${data.files.length}`);
  return data;
}

/** What makes a part the part of this shard: rows, model and task. A plan that is made again keeps what agrees. */
export function shardKey(plan: ShardPlan, number: number): string {
  const { file, from, rows } = plan.shards[number];
  const { path, bytes, modified } = plan.files[file];
  const { task, model, parts, reading } = plan;
  const facts = [task, model.fingerprint, parts, reading, path, bytes, modified, from, rows];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

/** What all shards together are known by: the name of their queue. */
export function planKey(plan: ShardPlan): string {
  const hash = createHash('sha256');
  for (const number of plan.shards.keys()) hash.update(shardKey(plan, number));
  return hash.digest('hex').slice(0, 16);
}

/** A shard in words: `a.csv rows 1001–2000`. */
export function shardWords(plan: ShardPlan, number: number): string {
  const { file, from, rows } = plan.shards[number];
  return rows === 0 ? plan.files[file].path : `${plan.files[file].path} rows ${from + 1}–${from + rows}`;
}
