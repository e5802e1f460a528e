import { expect, test } from 'vitest';
import type { EndedJob } from './decide.ts';
import { findObjective } from './objectives.ts';
import { resultOf } from './result.ts';

const plan = {
  space: [{ name: 'latent', range: { type: 'range', from: 1, to: 9, scale: 'linear', isWhole: true } }],
  initial: { latent: 4 },
  isActive: () => true,
  method: 'random',
  trials: 5,
  rungs: [3],
  seed: 0,
  objective: findObjective('anomalies'),
  fixed: { kind: 'denoising' },
  defaults: { latent: 4 },
} as const;

function ended(
  trial: number,
  value: number,
  parts?: Readonly<Record<string, number>>,
  tenths?: readonly number[],
): EndedJob {
  const outcome = {
    status: 'measured',
    value,
    parts,
    tenths,
    validation: { loss: 1, mse: 1 },
    resolved: {},
    seconds: 1,
  } as const;
  return { job: trial, trial, rung: 0, point: trial === 0 ? {} : { latent: trial }, outcome, elapsed: trial + 1 };
}

test('what is better as a whole and worse in a part than the default model is passed over', () => {
  const jobs = [
    ended(0, 0.3, { local: 0.2, global: 0.4 }),
    ended(1, 0.15, { local: 0.25, global: 0.05 }),
    ended(2, 0.28, { local: 0.2, global: 0.36 }),
    ended(3, 0.29, { local: 0.19, global: 0.39 }),
  ];
  const found = resultOf(plan, jobs);
  expect(found).toMatchObject({ best: { trial: 2 }, passedOver: { trial: { trial: 1 }, worse: ['local'] } });
  expect(found?.options).toEqual({ kind: 'denoising', latent: 2 });
  expect(found?.improvement).toBeCloseTo(1 - 0.28 / 0.3);
  expect(resultOf(plan, jobs.slice(0, 2))).toMatchObject({ best: { trial: 0 }, improvement: 0 });
});

test('where an objective has no parts, or the default model failed, the lowest is the best', () => {
  expect(resultOf(plan, [ended(0, 0.3), ended(1, 0.2)])).toMatchObject({ best: { trial: 1 } });
  const failed: EndedJob = { ...ended(0, 0), outcome: { status: 'failed', reason: 'it diverged', seconds: 1 } };
  const others = [failed, ended(1, 0.2, { local: 0.9 }), ended(2, 0.4, { local: 0.1 })];
  const found = resultOf(plan, others);
  expect(found).toMatchObject({ best: { trial: 1 } });
  expect(found?.passedOver).toBeUndefined();
});

test('what is lower by chance is passed over, what is lower throughout is not', () => {
  const before = [0.2, 0.3, 0.4, 0.3, 0.3];
  const jobs = (tenths: readonly number[]): EndedJob[] => [ended(0, 0.3, {}, before), ended(1, 0.27, {}, tenths)];
  expect(resultOf(plan, jobs([0.05, 0.45, 0.1, 0.45, 0.3]))).toMatchObject({
    best: { trial: 0 },
    passedOver: { trial: { trial: 1 }, worse: [] },
  });
  expect(resultOf(plan, jobs([0.17, 0.26, 0.38, 0.27, 0.27]))).toMatchObject({ best: { trial: 1 } });
});

test('what sees other examples as strange than the default model does is passed over', () => {
  const [order, near, far] = [
    [0, 1, 2, 3, 4],
    [1, 0, 2, 3, 4],
    [4, 3, 2, 1, 0],
  ];
  const jobs = (ranks: readonly (readonly number[])[]): EndedJob[] => {
    const [before, after] = [ended(0, 0.3, {}), ended(1, 0.2, {})];
    const ranked = (job: EndedJob, own: readonly (readonly number[])[]): EndedJob =>
      job.outcome.status === 'measured' ? { ...job, outcome: { ...job.outcome, ranks: own } } : job;
    return [ranked(before, [order, order]), ranked(after, ranks)];
  };
  expect(resultOf(plan, jobs([near, order]))).toMatchObject({ best: { trial: 1 } });
  expect(resultOf(plan, jobs([near, far]))).toMatchObject({
    best: { trial: 0 },
    passedOver: { trial: { trial: 1 }, worse: ['which normal examples surprise (rank correlation -0.05)'] },
  });
});
