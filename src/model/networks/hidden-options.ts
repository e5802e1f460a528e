/** Options that networks with hidden layers share. */
import * as z from 'zod';
import { searched } from '../../base/search-range.ts';
import { activationNames } from '../layers/activation.ts';

export const hiddenActivation = z
  .enum(activationNames)
  .default('gelu')
  .describe('non-linearity of the hidden layers')
  .meta(searched('training', { values: ['relu', 'gelu', 'tanh'] }));

export const hiddenDropout = z
  .number()
  .min(0)
  .lt(1)
  .default(0)
  .describe('share of hidden units dropped at each step')
  .meta(searched('training', { values: [0, 0.05, 0.1, 0.2] }));
