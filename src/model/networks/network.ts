/** A network: the body of an autoencoder, chosen by the shape of the data; any kind trains on any network. */
import type { z } from 'zod';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';

export interface Network {
  /**
   * Data to the `heads` numbers for each number of the code: `[batch, …shape] → [batch, heads · latent]`, without a final activation.
   * Where `missing` (bool, the shape of x) holds, x is 0.
   */
  encode(trace: Trace, x: Tensor, latent: number, heads: number, missing?: Tensor): Tensor;
  /**
   * Code to the parameters of the likelihood: `[batch, latent] → [batch, …shape]`, without a final activation. In training, networks
   * that give one part after the other may read the parts before it from `target`, `[batch, …shape]` of the data.
   */
  decode(trace: Trace, code: Tensor, shape: Shape, target?: Tensor): Tensor;
  /** The weights `[latent, units]` that the code enters the decoder by, where it does so by one product. */
  readonly dictionary?: string;
}

/** A family of networks: what its options are and how they make a network. */
export interface NetworkFamily<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  readonly make: (options: Options) => Network;
}
