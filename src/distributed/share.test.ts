/** Shares: every shard is in exactly one, whatever says which. */
import { expect, test } from 'vitest';
import { parseShare, shardsOf, shareFrom } from './share.ts';

test.each([
  [10, 3],
  [3, 10],
  [1, 1],
  [1000, 7],
])('%i shards in %i shares, each in one', (shards, count) => {
  const all = Array.from({ length: count }, (_, index) => shardsOf({ index, count }, shards));
  expect(all.flat()).toEqual(Array.from({ length: shards }, (_, shard) => shard));
  const sizes = all.map((list) => list.length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
});

test('a share is read from a flag', () => {
  expect(parseShare('0/8')).toEqual({ index: 0, count: 8 });
  for (const text of ['8/8', '1', '-1/2', 'a/b', '0/0'])
    expect(() => parseShare(text)).toThrow(/--shard: expected i\/n, with i from 0 to n − 1/);
});

test('a share is read from what started the process', () => {
  expect(shareFrom({})).toBeUndefined();
  expect(shareFrom({ JOB_COMPLETION_INDEX: '2', JOB_COMPLETIONS: '5' })).toEqual({ index: 2, count: 5 });
  expect(shareFrom({ JOB_COMPLETION_INDEX: '2' }, 4)).toEqual({ index: 2, count: 4 });
  expect(() => shareFrom({ JOB_COMPLETION_INDEX: '2' })).toThrow(
    /expected the number of processes beside it, got none/,
  );
  expect(() => shareFrom({ JOB_COMPLETION_INDEX: '5', JOB_COMPLETIONS: '5' })).toThrow(/from 0 to 4/);
  const slurm = {
    SLURM_ARRAY_TASK_ID: '7',
    SLURM_ARRAY_TASK_MIN: '1',
    SLURM_ARRAY_TASK_STEP: '2',
    SLURM_ARRAY_TASK_COUNT: '4',
  };
  expect(shareFrom(slurm)).toEqual({ index: 3, count: 4 });
  expect(shareFrom({ OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '2' })).toEqual({ index: 0, count: 2 });
});
