/**
 * What shards are worked on by, a model or a detector of several: known by the fingerprint of its files, so that no other one takes its
 * place unnoticed.
 */
import type { Detector } from '../applications/detector.ts';
import { isDetectorFolder, readDetectorFolder } from '../applications/detector-folder.ts';
import { refuseBytes } from '../applications/impute.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { ModelFileError, OptionError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import { readBytes } from '../data/files.ts';
import type { Engine } from '../engine/engine.ts';
import { decodeModelFile, type ModelCard } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import type { ShardPlan, ShardTask } from './plan.ts';

/** Ready to work. */
export type ShardModel = TrainedModel | { readonly detector: Detector; readonly threshold: number };

export interface ShardModelFiles {
  /** Of the model, or of the first of a detector. */
  readonly card: ModelCard;
  readonly fingerprint: string;
  /** Whether it tells texts besides numbers, whatever the task. */
  readonly tellsTexts: boolean;
  /** Whether what is said of a row depends on those before it: then a file is a series of its own, and one shard. */
  readonly isOfSeries: boolean;
  open(engine: Engine): ShardModel;
}

/**
 * @param path A model's file, or a detector's folder.
 * @throws FileError for a missing file, ModelFileError for one that is no model, DataError, OptionError for what cannot do `task`.
 */
export async function readShardModel(path: string, task: ShardTask): Promise<ShardModelFiles> {
  if (isDetectorFolder(path)) return readShardDetector(path, task);
  const bytes = await readBytes(path);
  const { card, model, parameters } = await decodeModelFile(bytes, path);
  if (task === 'impute') refuseBytes(card.blueprint.inputScale !== 1, path);
  return {
    card,
    fingerprint: await sha256(bytes),
    tellsTexts: false,
    isOfSeries: false,
    open: (engine) => ({ engine, runner: makeRunner(engine, model, parameters), model, parameters, card }),
  };
}

async function readShardDetector(path: string, task: ShardTask): Promise<ShardModelFiles> {
  if (task !== 'score')
    throw new OptionError({
      where: `--task ${task}`,
      expected: 'score, which is what a detector does',
      got: `the detector ${path}`,
      fix: `choose --task score, or name one of its models: ${path}/model`,
    });
  const { cards, bytes, threshold, isOfSeries, open } = await readDetectorFolder(path);
  const each = await Promise.all(bytes.map(sha256));
  return {
    card: cards[0],
    fingerprint: await sha256(new TextEncoder().encode(each.join())),
    tellsTexts: true,
    isOfSeries,
    open: (engine) => ({ detector: open(engine), threshold }),
  };
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
): Promise<ShardModel> {
  const { fingerprint, open } = await readShardModel(path, task);
  if (fingerprint !== planned.fingerprint)
    throw new ModelFileError({
      where: path,
      expected: `the model of the plan, with SHA-256 ${planned.fingerprint.slice(0, 12)}…`,
      got: `another one, ${fingerprint.slice(0, 12)}…`,
      fix: 'bring the model back, or plan anew: autoencoder shard plan --overwrite',
    });
  return open(engine);
}
