/** How long and how a model is trained, besides what the optimiser and the schedule take. */
import * as z from 'zod';
import { searched } from '../base/search-range.ts';
import { optimiserSchema } from './optimisers.ts';
import { scheduleSchema } from './schedules.ts';

export const trainingSchema = z.strictObject({
  epochs: z
    .int()
    .min(1)
    .default(20)
    .describe('passes over the training examples; more of them by default for small data'),
  batchSize: z
    .int()
    .min(1)
    .default(256)
    .describe('examples per step; fewer by default for small data')
    .meta(searched('training', { values: [16, 32, 64, 128, 256, 512] })),
  ...optimiserSchema.shape,
  ...scheduleSchema.shape,
  clip: z.number().min(0).default(0).describe('largest norm of the gradient; 0 for any'),
  patience: z
    .int()
    .min(0)
    .default(10)
    .describe('epochs without a better validation loss before stopping; 0 never stops early'),
  pretraining: z
    .int()
    .min(0)
    .default(0)
    .describe('epochs that each hidden layer is trained for, one deeper at a time, before the whole'),
  seed: z.int().min(0).default(0).describe('where all randomness comes from'),
});

export type TrainingOptions = z.infer<typeof trainingSchema>;

/** Steps that a default training takes at least, unless that would be more than `MOST_EPOCHS`. */
const LEAST_STEPS = 2000;
const MOST_EPOCHS = 200;
/** Steps of an epoch that are worth smaller batches. */
const EPOCH_STEPS = 64;
const SMALLEST_BATCH = 16;

/**
 * The defaults of epochs and batch size, for data of `count` examples: a few hundred examples in batches of 256 would be a step
 * or two an epoch, and nothing would be learned.
 */
export function defaultsFor(
  count: number,
  batchSize?: number,
): { readonly epochs: number; readonly batchSize: number } {
  const preset = trainingSchema.parse({});
  const fitting = 2 ** Math.floor(Math.log2(Math.max(1, count / EPOCH_STEPS)));
  const batch = batchSize ?? Math.min(preset.batchSize, Math.max(SMALLEST_BATCH, fitting));
  const stepsPerEpoch = Math.max(1, Math.floor(count / batch));
  const epochs = Math.min(MOST_EPOCHS, Math.max(preset.epochs, Math.ceil(LEAST_STEPS / stepsPerEpoch)));
  return { epochs, batchSize: batch };
}
