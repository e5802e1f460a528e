/** Processes that train one model together: what the trainer asks of whatever connects them. */
import { OptionError } from '../base/errors.ts';
import type { SumOverRanks } from '../engine/across.ts';
import type { BatchPart } from '../model/whole-batch.ts';

/** All calls are made by all ranks, in the same order: each waits for the others. */
export interface Ranks {
  /** From 0. */
  readonly rank: number;
  readonly size: number;
  readonly sum: SumOverRanks;
  /** Overwrites `bytes` with those of rank 0. */
  readonly fromFirst: (bytes: Uint8Array) => Promise<void>;
}

/** Something that has to be the same on all ranks. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** What there is to do where it is not. */
  readonly fix: string;
  readonly isData?: true;
}

/** Ranks that fail, and begin, as one. */
export interface RankGroup {
  readonly ranks: Ranks;
  /** What `work` gives on this rank. @throws where it failed on any: the error of the first such rank, on all. */
  together<Made>(work: () => Promise<Made>): Promise<Made>;
  /** @throws DataError, OptionError where a fact is not the same on all ranks. */
  agree(facts: readonly Fact[]): Promise<void>;
}

/** The rows of every batch that a rank has: as many as the others have, or one more. @throws OptionError where there are fewer than ranks. */
export function partOf(batchSize: number, { rank, size }: Pick<Ranks, 'rank' | 'size'>): BatchPart {
  if (batchSize < size)
    throw new OptionError({
      where: '--batch-size',
      expected: `at least one example for each of the ${size} ranks`,
      got: `${batchSize}`,
      fix: `raise it (and give more data than that), or start fewer ranks`,
    });
  const from = Math.floor((rank * batchSize) / size);
  return { from, rows: Math.floor(((rank + 1) * batchSize) / size) - from, count: batchSize };
}

/** Numbers as rank 0 has them, for all: exactly. */
export async function asFirst(ranks: Ranks, numbers: readonly number[]): Promise<readonly number[]> {
  const values = Float64Array.from(numbers);
  await ranks.fromFirst(new Uint8Array(values.buffer));
  return [...values];
}
