/** Which shards are one process's own, where many share a plan without a broker: said by a flag, or by what started them. */
import { OptionError } from '../base/errors.ts';

export interface Share {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** Reads `i/n`, i from 0 to n − 1. @throws OptionError for anything else. */
export function parseShare(text: string): Share {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (index !== undefined && Number(index) < Number(count)) return { index: Number(index), count: Number(count) };
  throw new OptionError({
    where: '--shard',
    expected: 'i/n, with i from 0 to n − 1',
    got: JSON.stringify(text),
    fix: 'with 8 processes, the first is 0/8 and the last 7/8',
  });
}

/**
 * The share that Kubernetes (an indexed job), Slurm (an array) or Open MPI gave this process; nothing where it stands alone.
 *
 * @param count How many share the plan, where it is said.
 * @throws OptionError for an index without a count, or beyond it.
 */
export function shareFrom(variables: Readonly<Record<string, string | undefined>>, count?: number): Share | undefined {
  const {
    JOB_COMPLETION_INDEX: completion,
    JOB_COMPLETIONS: completions,
    SLURM_ARRAY_TASK_ID: task,
    SLURM_ARRAY_TASK_MIN: first = '0',
    SLURM_ARRAY_TASK_STEP: step = '1',
    SLURM_ARRAY_TASK_COUNT: tasks,
    OMPI_COMM_WORLD_RANK: rank,
    OMPI_COMM_WORLD_SIZE: ranks,
  } = variables;
  if (completion !== undefined)
    return checked('JOB_COMPLETION_INDEX', completion, Number(completion), count ?? completions);
  if (task !== undefined)
    return checked('SLURM_ARRAY_TASK_ID', task, (Number(task) - Number(first)) / Number(step), count ?? tasks);
  if (rank !== undefined) return checked('OMPI_COMM_WORLD_RANK', rank, Number(rank), count ?? ranks);
  return undefined;
}

function checked(where: string, given: string, index: number, count: number | string | undefined): Share {
  if (count === undefined)
    throw new OptionError({
      where,
      expected: 'the number of processes beside it',
      got: 'none',
      fix: 'say it with --of N (or JOB_COMPLETIONS), as in completions: N of the job',
    });
  const many = Number(count);
  if (Number.isInteger(index) && index >= 0 && index < many) return { index, count: many };
  throw new OptionError({
    where,
    expected: `a number from 0 to ${many - 1}, for ${many} processes`,
    got: given,
    fix: 'give --shard i/n',
  });
}

/** Shards of a share: a run of neighbours, so that a file is read by few. */
export function shardsOf({ index, count }: Share, shards: number): number[] {
  const from = Math.floor((index * shards) / count);
  const to = Math.floor(((index + 1) * shards) / count);
  return Array.from({ length: to - from }, (_, at) => from + at);
}
