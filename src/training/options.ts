/** How long and how a model is trained, besides what the optimiser and the schedule take. */
import { z } from 'zod';
import { optimiserSchema } from './optimisers.ts';
import { scheduleSchema } from './schedules.ts';

export const trainingSchema = z.strictObject({
  epochs: z.int().min(1).default(20).describe('passes over the training examples'),
  batchSize: z.int().min(1).default(128).describe('examples per step'),
  ...optimiserSchema.shape,
  ...scheduleSchema.shape,
  clip: z.number().min(0).default(0).describe('largest norm of the gradient; 0 for any'),
  patience: z
    .int()
    .min(0)
    .default(10)
    .describe('epochs without a better validation loss before stopping; 0 never stops early'),
  seed: z.int().min(0).default(0).describe('where all randomness comes from'),
});

export type TrainingOptions = z.infer<typeof trainingSchema>;
