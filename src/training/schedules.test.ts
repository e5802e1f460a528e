import { expect, test } from 'vitest';
import { learningRateAt, scheduleSchema } from './schedules.ts';

const at = (options: Readonly<Record<string, unknown>>, share: number, epoch = 100): number =>
  learningRateAt(scheduleSchema.parse({ learningRate: 2, ...options }), { share, epoch });

test('known points', () => {
  expect([0, 0.3, 0.5, 1].map((share) => at({ schedule: 'constant' }, share))).toEqual([2, 2, 2, 2]);
  expect([0, 0.49, 0.5, 0.74, 0.75, 1].map((share) => at({ schedule: 'step' }, share))).toEqual([
    2, 2, 0.2, 0.2, 0.02, 0.02,
  ]);
  const cosine = [0, 1 / 3, 0.5, 2 / 3, 1].map((share) => at({ schedule: 'cosine' }, share));
  for (const [i, expected] of [2, 1.5, 1, 0.5, 0].entries()) expect(cosine[i]).toBeCloseTo(expected, 12);
});

test('warm-up rises from 0 in a straight line and multiplies the schedule', () => {
  expect([0, 1, 2, 4, 5].map((epoch) => at({ schedule: 'constant', warmup: 4 }, 0.1, epoch))).toEqual([
    0, 0.5, 1, 2, 2,
  ]);
  expect(at({ schedule: 'step', warmup: 4 }, 0.6, 2)).toBeCloseTo(0.1, 12);
  expect(at({ schedule: 'constant', warmup: 0 }, 0, 0)).toBe(2);
});
