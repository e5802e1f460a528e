import { describe, expect, test } from 'vitest';
import { InterruptedError } from '../../base/errors.ts';
import type { EndedJob, Job, Method } from './decide.ts';
import { type SearchRequest, search } from './search.ts';
import type { Space } from './space.ts';
import type { TrialOutcome } from './trial.ts';

const space: Space = ['x', 'y'].map((name) => ({
  name,
  range: { type: 'range', from: 0, to: 1, scale: 'linear', isWhole: false },
}));

/** A made-up training: its error falls towards what the point is worth, and beyond x = 0.9 it diverges. */
function outcomeOf({ point, rung }: Job): TrialOutcome {
  const { x = 0.5, y = 0.5 } = point as { x?: number; y?: number };
  if (x > 0.9) return { status: 'failed', reason: 'diverged', seconds: 1 };
  const value = (x - 0.3) ** 2 + (y - 0.6) ** 2 + 1 / (1 + rung);
  return { status: 'measured', value, validation: { mse: value }, resolved: { x: 0.5, y: 0.5 }, seconds: 1 };
}

/** Runs jobs that take a little while, longer for some than for others. */
async function searched(
  more: Partial<SearchRequest> = {},
  {
    method = 'tpe-asha',
    pauseOf = (job: Job) => (job.trial % 3) * 2,
  }: { method?: Method; pauseOf?: (job: Job) => number } = {},
) {
  const ran: Job[] = [];
  const kept: (readonly EndedJob[])[] = [];
  const ended = await search({
    space,
    initial: { x: 0.5, y: 0.5 },
    isActive: () => true,
    method,
    trials: 20,
    rungs: method === 'tpe' || method === 'random' ? [9] : [1, 3, 9],
    seed: 4,
    parallel: 1,
    log: [],
    clock: () => 0,
    run: async (job) => {
      ran.push(job);
      await new Promise((resolve) => setTimeout(resolve, pauseOf(job)));
      return outcomeOf(job);
    },
    keep: async (now) => void kept.push(now),
    ...more,
  });
  return { ran, kept, ended };
}

const points = (jobs: readonly EndedJob[]) => jobs.map(({ job, trial, rung, point }) => ({ job, trial, rung, point }));

describe('search', () => {
  test.each(['tpe-asha', 'asha', 'tpe', 'random'] as const)('%s: makes its trials, and ends', async (method) => {
    const { ended } = await searched({}, { method });
    expect(new Set(ended.map(({ trial }) => trial)).size).toBe(20);
    const complete = ended.filter(({ rung }) => rung === (method.includes('asha') ? 2 : 0));
    // What is better than two thirds goes on: what is proposed after better ones is so more often than what is drawn.
    expect(complete.length).toBeLessThan({ asha: 8, 'tpe-asha': 14, tpe: 21, random: 21 }[method]);
    expect(complete.some(({ trial }) => trial === 0)).toBe(true);
    // Never past a rung, never twice.
    const keys = ended.map(({ trial, rung }) => `${trial} ${rung}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { trial, rung } of ended) if (rung > 0) expect(keys).toContain(`${trial} ${rung - 1}`);
  });

  test('the same seed gives the same trials, however long each takes; another seed others', async () => {
    const slow = await searched({ parallel: 3 }, { pauseOf: ({ job }) => (job % 2) * 5 });
    const fast = await searched({ parallel: 3 }, { pauseOf: ({ job }) => (job % 3) * 3 });
    expect(points(slow.ended)).toEqual(points(fast.ended));
    expect(points((await searched({ seed: 5 })).ended)).not.toEqual(points((await searched()).ended));
  });

  test.each([1, 3])(
    'going on from any point of the log equals not stopping, and repeats nothing, %i at a time',
    async (parallel) => {
      const { ended, kept } = await searched({ parallel });
      for (const log of [kept[0], kept[5], kept[11], kept[kept.length - 2]]) {
        const again = await searched({ parallel, log });
        expect(points(again.ended)).toEqual(points(ended));
        const done = new Set(log.map(({ job }) => job));
        expect(again.ran.filter(({ job }) => done.has(job))).toEqual([]);
        expect(again.ran).toHaveLength(ended.length - log.length);
      }
    },
  );

  test('cancelled, it ends with what has ended kept', async () => {
    const controller = new AbortController();
    const kept: (readonly EndedJob[])[] = [];
    const cancelled = searched({
      parallel: 2,
      signal: controller.signal,
      keep: async (now) => {
        kept.push(now);
        if (now.length === 4) controller.abort();
      },
    });
    await expect(cancelled).rejects.toThrow(InterruptedError);
    const log = kept[kept.length - 1];
    expect(log.length).toBeGreaterThanOrEqual(4);
    expect(points((await searched({ parallel: 2, log })).ended)).toEqual(
      points((await searched({ parallel: 2 })).ended),
    );
  });

  test('with the time nearly up, nothing is begun that would not end in it, and the most promising trial is trained to the end', async () => {
    let now = 0;
    const { ended } = await searched({
      trials: 1000,
      budget: 12,
      clock: () => now,
      run: async (job) => {
        const seconds = [0.5, 1, 3][job.rung];
        now += 1000 * seconds;
        return { ...outcomeOf(job), seconds };
      },
    });
    const last = ended[ended.length - 1];
    expect(last.elapsed).toBeLessThanOrEqual(12);
    expect(last.elapsed).toBeGreaterThan(9);
    expect(ended.some(({ trial, rung }) => trial !== 0 && rung === 2)).toBe(true);
  });

  test.each([1, 2, 3])(
    'time that is too short for anything still trains the default model to the end, %i at a time',
    async (parallel) => {
      let now = 0;
      const { ended } = await searched({
        budget: 1,
        parallel,
        clock: () => now,
        run: async (job) => {
          now += 2000;
          return { ...outcomeOf(job), seconds: 2 };
        },
      });
      expect(ended.filter(({ trial }) => trial === 0).map(({ rung }) => rung)).toEqual([0, 1, 2]);
      expect(ended.filter(({ rung }) => rung > 0).every(({ trial }) => trial === 0)).toBe(true);
      const again = await searched({ budget: 1, parallel, log: ended.slice(0, -1) });
      expect(points(again.ended)).toEqual(points(ended));
    },
  );

  test('a space of few points is tried in full, once each', async () => {
    const choice: Space = [{ name: 'x', range: { type: 'choice', values: [0.1, 0.2, 0.5] } }];
    const { ended } = await searched({ space: choice, initial: { x: 0.5 }, trials: 50 }, { method: 'tpe' });
    // The default is at 0.5.
    expect(ended.map(({ point }) => point.x).toSorted()).toEqual([0.1, 0.2, undefined]);
  });

  test('a log of another search is refused', async () => {
    const { kept } = await searched({ seed: 5 });
    await expect(searched({ log: kept[8] })).rejects.toThrow('trials.jsonl, job');
  });
});
