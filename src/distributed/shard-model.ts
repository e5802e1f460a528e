/** The model that shards are worked on by: known by the fingerprint of its file, so that no other one takes its place unnoticed. */
import { readFile } from 'node:fs/promises';
import { refuseBytes } from '../applications/impute.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { ModelFileError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import { fileError } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { decodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import type { ShardPlan, ShardTask } from './plan.ts';

/** @throws FileError for a missing file, ModelFileError for one that is no model, DataError for one that cannot do `task`. */
export async function readShardModel(path: string, task: ShardTask) {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw fileError(cause, path, 'read');
  });
  const decoded = await decodeModelFile(bytes, path);
  if (task === 'impute') refuseBytes(decoded.card.blueprint.inputScale !== 1, path);
  return { ...decoded, fingerprint: await sha256(bytes) };
}

/**
 * The plan's model, from where the plan says or from `path`.
 *
 * @throws ModelFileError for any other model.
 */
export async function openShardModel(
  { model: planned, task }: ShardPlan,
  engine: Engine,
  path = planned.path,
): Promise<TrainedModel> {
  const { fingerprint, card, model, parameters } = await readShardModel(path, task);
  if (fingerprint !== planned.fingerprint)
    throw new ModelFileError({
      where: path,
      expected: `the model of the plan, with SHA-256 ${planned.fingerprint.slice(0, 12)}…`,
      got: `another one, ${fingerprint.slice(0, 12)}…`,
      fix: 'bring the model back, or plan anew: autoencoder shard plan --overwrite',
    });
  return { engine, runner: makeRunner(engine, model, parameters), model, parameters, card };
}
