/** The plain autoencoder: reconstruct the input through a narrow code. Rumelhart, Hinton & Williams 1986; Hinton & Salakhutdinov 2006. */
import * as z from 'zod';
import { activationNames, activations } from '../layers/activation.ts';
import type { Kind } from './kind.ts';

const options = z.strictObject({
  codeActivation: z.enum(activationNames).default('linear').describe('non-linearity of the code'),
});

export const vanilla: Kind<z.infer<typeof options>> = {
  name: 'vanilla',
  summary: 'reconstruct the input through a narrow code',
  source: 'Hinton & Salakhutdinov 2006, Reducing the dimensionality of data with neural networks',
  diagram: 'x ── encode ── code ── decode ── x̂',
  formula: '−log p(x | code): half the squared error, the cross-entropy, or what else --loss says',
  use: 'Reduce dimensions, compress, find anomalies by their error: where nothing more is asked of the code than to be narrow.',
  options,
  make: ({ codeActivation }) => ({
    headsPerCode: 1,
    isStochastic: false,
    allowsOvercomplete: false,
    posterior: (head) => ({ code: activations[codeActivation].apply(head) }),
    terms: ({ code, negativeLogLikelihood }) => ({ reconstruction: negativeLogLikelihood(code) }),
  }),
};
