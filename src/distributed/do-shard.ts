/** One shard from its rows to its part. */
import { dirname } from 'node:path';
import { DataError, InterruptedError } from '../base/errors.ts';
import { writeFileAtomic } from '../data/files.ts';
import { encodeSource, formatOf } from '../data/formats/formats.ts';
import { makePieces, type Pieces } from '../data/pieces/pieces.ts';
import { sourceCount } from '../data/split.ts';
import type { Engine } from '../engine/engine.ts';
import { reasonOf, statFile } from './make-plan.ts';
import { type ShardPlan, shardKey } from './plan.ts';
import { makeFolder, type ShardFolder } from './shard-folder.ts';
import { openShardModel } from './shard-model.ts';
import { makeShardWorker, type ShardWorker } from './shard-task.ts';

/** How a shard ended; `was done` where its part was there already. */
export type ShardOutcome =
  | { readonly type: 'done'; readonly rows: number }
  | { readonly type: 'was done' }
  | { readonly type: 'failed'; readonly reason: string };

export interface ShardDoer {
  /**
   * Works on a shard and leaves its part, or the reason why there is none, in the folder.
   *
   * @throws FileError where the folder cannot be written to: that is no fault of the shard.
   */
  do(shard: number): Promise<ShardOutcome>;
  dispose(): Promise<void>;
}

/** @throws ModelFileError for a model that is not the plan's. */
export async function openShardDoer(folder: ShardFolder, engine: Engine, model?: string): Promise<ShardDoer> {
  const { plan } = folder;
  const worker = makeShardWorker(plan.task, await openShardModel(plan, engine, model));
  const pieces = makePieces();
  return {
    async do(shard) {
      if (folder.isDone(shard)) return { type: 'was done' };
      let bytes: Uint8Array;
      try {
        bytes = await partOf(plan, shard, pieces, worker);
      } catch (error) {
        if (error instanceof InterruptedError) throw error;
        const reason = reasonOf(error);
        await folder.markFailed(shard, reason);
        return { type: 'failed', reason };
      }
      const file = folder.partFile(shard);
      await makeFolder(dirname(file));
      await writeFileAtomic(file, bytes);
      const { rows } = plan.shards[shard];
      await folder.markDone(shard, { rows, bytes: bytes.length });
      return { type: 'done', rows };
    },
    dispose: () => worker.dispose(),
  };
}

/** @throws DataError for rows that cannot be read or that the model cannot take. */
async function partOf(plan: ShardPlan, shard: number, pieces: Pieces, worker: ShardWorker): Promise<Uint8Array> {
  const { file: index, ...piece } = plan.shards[shard];
  const file = plan.files[index];
  const { bytes, modified } = await statFile(file.path);
  if (bytes !== file.bytes || modified !== file.modified) throw changed(file.path, `one of ${bytes} bytes`);
  if (file.problem !== undefined) throw new DataError(file.problem);
  // A piece whose rows name their cells may lack columns that others have.
  const mayLackColumns = formatOf(file.path)?.hasNamedCells;
  const { columns, ...reading } = worker.reading;
  const options = { ...plan.reading, ...reading, ...(mayLackColumns ? {} : { columns }), layout: file.layout };
  const source = await pieces.read(file.path, piece, options);
  if (sourceCount(source) !== piece.rows)
    throw changed(file.path, `${sourceCount(source)} rows instead of ${piece.rows}`);
  const result = await worker.work(source, shardKey(plan, shard));
  return encodeSource(`.${plan.parts}`, result);
}

function changed(where: string, got: string): DataError {
  return new DataError({
    where,
    expected: 'the file as it was when it was planned',
    got,
    fix: 'plan anew: autoencoder shard plan --overwrite; finished parts of other files are kept',
  });
}
