/** What `mpirun` (or `srun --mpi=pmix`) tells the processes that it starts. */

type Variables = Readonly<Record<string, string | undefined>>;

/** Whether this process is one of several that were started together. */
export function isStartedTogether({ OMPI_COMM_WORLD_SIZE: size, PMIX_RANK: rank }: Variables): boolean {
  return size === undefined ? rank !== undefined : Number(size) > 1;
}

/** Whether another rank than this one speaks for all. */
export function isOtherRank({ OMPI_COMM_WORLD_RANK: rank, PMIX_RANK: other = '0' }: Variables): boolean {
  return Number(rank ?? other) > 0;
}

/** How many of the ranks share this machine. */
export function ranksHere({ OMPI_COMM_WORLD_LOCAL_SIZE: size, SLURM_NTASKS_PER_NODE: tasks = '1' }: Variables): number {
  return Math.max(1, Number.parseInt(size ?? tasks, 10) || 1);
}

/** Whether this rank is the first of those that share its machine. */
export function isFirstHere({ OMPI_COMM_WORLD_LOCAL_RANK: rank, SLURM_LOCALID: other = '0' }: Variables): boolean {
  return Number(rank ?? other) === 0;
}
