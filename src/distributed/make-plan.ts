/** Makes a plan: counts the rows of every file and cuts them into shards. A file that cannot be read is one shard, which will fail and say why. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { throwIfAborted } from '../base/abort.ts';
import { AutoencoderError, DataError, OptionError } from '../base/errors.ts';
import { fileError } from '../data/files.ts';
import { findFiles } from '../data/find-files.ts';
import { makePieces } from '../data/pieces/pieces.ts';
import type { ModelCard } from '../model/file/model-file.ts';
import type { PlannedFile, Shard, ShardPlan, ShardTask } from './plan.ts';
import { readShardModel } from './shard-model.ts';

export interface PlanRequest extends Pick<ShardPlan, 'task' | 'parts' | 'reading'> {
  /** Files, folders, patterns. */
  readonly data: readonly string[];
  /** Path of the model's file, or of the detector's folder. */
  readonly model: string;
  /** The most rows of a shard; of a series, it has all of its file. */
  readonly rows: number;
  readonly signal?: AbortSignal;
  readonly onFile?: (done: number, total: number) => void;
}

/** @throws DataError where no file is found or none has a row; ModelFileError for a model that is none. */
export async function makePlan({
  data,
  rows,
  task,
  parts,
  reading,
  signal,
  ...request
}: PlanRequest): Promise<ShardPlan> {
  const { fingerprint, card, tellsTexts, isOfSeries } = await readShardModel(request.model, task);
  if (parts === 'npy') refuseTexts(task, card, tellsTexts);
  const paths = await findFiles(data);
  const files: PlannedFile[] = [];
  const shards: Shard[] = [];
  for (const path of paths) {
    throwIfAborted(signal, path);
    const planned = await surveyFile(path, isOfSeries ? Number.MAX_SAFE_INTEGER : rows, reading);
    for (const piece of planned.pieces) shards.push({ file: files.length, ...piece });
    files.push(planned.file);
    request.onFile?.(files.length, paths.length);
  }
  if (shards.length === 0)
    throw new DataError({
      where: data.join(' '),
      expected: 'at least 1 row',
      got: 'none',
      fix: 'name files that hold data',
    });
  const model = { path: resolve(request.model), fingerprint };
  return { format: 'autoencoder-shards', version: 1, task, model, parts, reading, files, shards };
}

/** @throws OptionError for rows with texts in a format of numbers. */
function refuseTexts(task: ShardTask, { scaling }: ModelCard, tellsTexts: boolean): void {
  const isWhole = task === 'reconstruct' || task === 'impute';
  const text =
    scaling.form === 'columns' && isWhole ? scaling.columns.find(({ type }) => type === 'category') : undefined;
  if (text === undefined && !tellsTexts) return;
  throw new OptionError({
    where: '--format npy',
    expected: 'columns of numbers, which is all that .npy holds',
    got: text ? `a model with texts in ${JSON.stringify(text.name)}` : 'a detector, which names columns',
    fix: 'plan with --format parquet or csv',
  });
}

async function surveyFile(
  path: string,
  most: number,
  reading: ShardPlan['reading'],
): Promise<{ file: PlannedFile; pieces: Omit<Shard, 'file'>[] }> {
  const facts = { path, bytes: 0, modified: 0, ...(await statFile(path).catch(() => undefined)) };
  try {
    const { rows, pieces, layout } = await makePieces().survey(path, most, reading);
    const plain = layout && { names: [...layout.names], delimiter: layout.delimiter };
    return { file: { ...facts, rows, ...(plain ? { layout: plain } : {}) }, pieces: [...pieces] };
  } catch (error) {
    const problem = reasonOf(error);
    return { file: { ...facts, rows: 0, problem }, pieces: [{ from: 0, rows: 0 }] };
  }
}

/** What tells that a file is still the one that was planned. @throws FileError where it is gone. */
export async function statFile(path: string): Promise<Pick<PlannedFile, 'bytes' | 'modified'>> {
  const { size, mtimeMs } = await stat(path).catch((cause: unknown) => {
    throw fileError(cause, path, 'read');
  });
  return { bytes: size, modified: Math.floor(mtimeMs / 1000) };
}

/** Why something failed, on one line. */
export function reasonOf(error: unknown): string {
  if (error instanceof AutoencoderError) return error.message;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return words.replaceAll(/\s+/g, ' ').slice(0, 500);
}
