/** The learning rate over time, as a factor of its full value. */
import * as z from 'zod';
import { searched } from '../base/search-range.ts';

export const scheduleSchema = z.strictObject({
  learningRate: z
    .number()
    .gt(0)
    .default(2e-3)
    .describe('full learning rate')
    .meta(searched('training', { from: 3e-4, to: 1e-2, scale: 'log' })),
  schedule: z
    .enum(['cosine', 'constant', 'step'])
    .default('cosine')
    .describe('how the learning rate falls: along a cosine to 0, not at all, or tenfold at half and at three quarters'),
  warmup: z.number().min(0).default(0).describe('epochs over which the learning rate grows from 0'),
});

/** The learning rate of a step, given the share of all steps done (0 … 1) and the epochs done. */
export function learningRateAt(
  { learningRate, schedule, warmup }: z.infer<typeof scheduleSchema>,
  at: { readonly share: number; readonly epoch: number },
): number {
  const rise = warmup > 0 ? Math.min(1, at.epoch / warmup) : 1;
  return learningRate * rise * decay(schedule, at.share);
}

function decay(schedule: z.infer<typeof scheduleSchema>['schedule'], share: number): number {
  switch (schedule) {
    case 'constant':
      return 1;
    case 'cosine':
      return (1 + Math.cos(Math.PI * share)) / 2;
    case 'step':
      return share < 0.5 ? 1 : share < 0.75 ? 0.1 : 0.01;
    default:
      return schedule satisfies never;
  }
}
