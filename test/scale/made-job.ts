/** A small model and files for it, to be worked on in shards. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TableSource } from '../../src/data/dataset.ts';
import { encodeSource } from '../../src/data/formats/formats.ts';
import { dataEnvironment, loadData } from '../../src/data/load.ts';
import { takeRows } from '../../src/data/split.ts';
import { makePlan, type PlanRequest } from '../../src/distributed/make-plan.ts';
import { makeFolder, openShardFolder, type ShardFolder, writePlan } from '../../src/distributed/shard-folder.ts';
import { savableAutoencoder } from '../../src/model-files.ts';

export interface MadeJob {
  readonly folder: string;
  readonly model: string;
  /** Rows as the model knows them, some cells missing. */
  readonly rows: TableSource;
  path(...parts: string[]): string;
  /** Writes rows `from` up to `to` in the format of the name. */
  write(name: string, from: number, to: number): Promise<string>;
  plan(name: string, request: Partial<PlanRequest> & Pick<PlanRequest, 'data'>): Promise<ShardFolder>;
  remove(): Promise<void>;
}

/** Sensor values, some of them missing, without labels and times. */
export async function sensorRows(count: number): Promise<TableSource> {
  const { train } = await loadData('sensors', { environment: dataEnvironment({}), limit: count });
  if (train.form !== 'table') throw new Error('sensors are a table');
  const { labels: _, time: __, ...plain } = train;
  return {
    ...plain,
    columns: plain.columns.map((column, at) =>
      column.type === 'numeric' && at === 1
        ? { ...column, values: column.values.map((value, row) => (row % 7 === 3 ? Number.NaN : value)) }
        : column,
    ),
  };
}

export async function makeJob(count = 600): Promise<MadeJob> {
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-shards-'));
  const rows = await sensorRows(count);
  const model = join(folder, 'model.safetensors');
  const autoencoder = savableAutoencoder({ latent: 3, hidden: [8], seed: 1 });
  await autoencoder.fit(rows, { epochs: 2 });
  await autoencoder.save(model);
  const path = (...parts: string[]): string => join(folder, ...parts);
  return {
    folder,
    model,
    rows,
    path,
    async write(name, from, to) {
      const part = takeRows(
        rows,
        Int32Array.from({ length: to - from }, (_, row) => from + row),
      );
      await mkdir(join(path(name), '..'), { recursive: true });
      await writeFile(path(name), encodeSource(name, part));
      return path(name);
    },
    async plan(name, request) {
      const plan = await makePlan({ model, task: 'encode', rows: 50, parts: 'parquet', reading: {}, ...request });
      await makeFolder(path(name));
      await writePlan(path(name), plan);
      return openShardFolder(path(name));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
