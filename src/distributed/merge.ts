/** Parts in their order as one file, of which no more than one part is in memory. */
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../base/abort.ts';
import { DataError, OptionError } from '../base/errors.ts';
import { writeAtomically } from '../data/files.ts';
import { openCsvSink, openNpySink, openParquetSink, type PartSink } from './part-sinks.ts';
import type { ShardPlan } from './plan.ts';
import type { ShardFolder } from './shard-folder.ts';

export interface MergeRequest {
  readonly folder: ShardFolder;
  /** Ends in `.parquet`, `.csv` or `.npy`. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly onPart?: (done: number, total: number) => void;
}

/** Parts that are named where some are missing. */
const NAMED = 10;

/** What parts of a format can be put together to. */
const endings: Readonly<Record<ShardPlan['parts'], readonly string[]>> = {
  parquet: ['.parquet', '.csv', '.npy'],
  csv: ['.csv'],
  npy: ['.npy'],
};

const sinks: Readonly<Record<string, typeof openCsvSink>> = {
  '.parquet': openParquetSink,
  '.csv': openCsvSink,
  '.npy': openNpySink,
};

/**
 * Writes `out` and gives its number of rows.
 *
 * @throws DataError while parts are missing, or for a part of another size or with other columns than it should have; OptionError for
 * an ending that the parts cannot be put together to.
 */
export async function mergeParts({ folder, out, signal, onPart }: MergeRequest): Promise<number> {
  const { plan } = folder;
  const ending = endingOf(out, plan.parts);
  await requireAll(folder);
  const total = plan.shards.reduce((sum, { rows }) => sum + rows, 0);
  await writeAtomically(out, async (handle) => {
    const sink: PartSink = await sinks[ending](handle, total);
    for (const [shard, { rows }] of plan.shards.entries()) {
      throwIfAborted(signal, out);
      const file = folder.partFile(shard);
      const got = await sink.add(file);
      if (got !== rows)
        throw new DataError({
          where: file,
          expected: `${rows} rows, as in the plan`,
          got: `${got}`,
          fix: 'delete this part and run its shard again',
        });
      onPart?.(shard + 1, plan.shards.length);
    }
    await sink.finish();
  });
  await removeLeftovers(join(folder.path, 'parts'));
  return total;
}

/** The ending of `out`. @throws OptionError where these parts do not become such a file. */
export function endingOf(out: string, parts: ShardPlan['parts']): string {
  const ending = endings[parts].find((candidate) => out.toLowerCase().endsWith(candidate));
  if (ending !== undefined) return ending;
  throw new OptionError({
    where: `--out ${out}`,
    expected: `a name that ends in ${endings[parts].join(', ')}, for parts in .${parts}`,
    got: JSON.stringify(out.replace(/^.*[/\\]/, '')),
    fix: parts === 'parquet' ? 'choose one of these endings' : 'choose this ending, or plan with --format parquet',
  });
}

async function requireAll(folder: ShardFolder): Promise<void> {
  const { waiting, failed } = await folder.states();
  const missing = [...waiting, ...failed].sort((one, other) => one - other);
  if (missing.length === 0) return;
  const named = missing.slice(0, NAMED).join(', ');
  throw new DataError({
    where: folder.path,
    expected: `all ${folder.plan.shards.length} parts`,
    got: `${missing.length} missing (shard ${named}${missing.length > NAMED ? ` and ${missing.length - NAMED} more` : ''}), of which ${failed.size} failed`,
    fix: `run: autoencoder shard run ${folder.path}; why some failed: autoencoder shard status ${folder.path}`,
  });
}

/** What processes that were killed while writing have left. */
async function removeLeftovers(parts: string): Promise<void> {
  for (const name of await readdir(parts))
    if (name.endsWith('.tmp')) await rm(join(dirname(parts), 'parts', name), { force: true });
}
