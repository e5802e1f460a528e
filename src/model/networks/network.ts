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
   * Code to the parameters of the likelihood: `[batch, latent] → [batch, …shape]`, without a final activation. `shape` has the data's
   * axes, but may have more channels. In training, networks that give one part after the other may read the parts before it from
   * `target`, `[batch, …]` of the shape of x; of their own output they read what `asSeen` makes of it, along the last axis alone: what it
   * says x is.
   */
  decode(trace: Trace, code: Tensor, shape: Shape, target?: Tensor, asSeen?: (output: Tensor) => Tensor): Tensor;
  /** The weights `[latent, units]` that the code enters the decoder by, where it does so by one product. */
  readonly dictionary?: string;
}

/** What a network is chosen by, where the user does not choose. */
export interface DataForm {
  /** Of one example. */
  readonly shape: Shape;
  /** Bytes are pictures. */
  readonly isBytes: boolean;
}

/** A family of networks: what its options are and how they make a network. */
export interface NetworkFamily<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /** Whether it is what one would take for such data. */
  readonly suits: (data: DataForm) => boolean;
  readonly make: (options: Options) => Network;
}
