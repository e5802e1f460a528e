/** A network: the body of an autoencoder, chosen by the shape of the data; any kind trains on any network. */
import type { z } from 'zod';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';

export interface Network {
  /** Data to the `heads` numbers for each number of the code: `[batch, …shape] → [batch, heads · latent]`, without a final activation. */
  encode(trace: Trace, x: Tensor, latent: number, heads: number): Tensor;
  /** Code to the parameters of the likelihood: `[batch, latent] → [batch, …shape]`, without a final activation. */
  decode(trace: Trace, code: Tensor, shape: Shape): Tensor;
}

/** A family of networks: what its options are and how they make a network. */
export interface NetworkFamily<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  readonly make: (options: Options) => Network;
}
