/** A network: the body of an autoencoder, chosen by the shape of the data; any kind trains on any network. */
import type * as z from 'zod';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';

/** What a decoder may be shown of what came before. */
export interface Feedback {
  /** What is to be told, `[batch, …]` of the shape of x: where likelihoods are worked out, a part given those before it. */
  readonly target?: Tensor;
  /** Its own output as if it were data, same shape; `beside` are the slices of what goes along. */
  readonly shown: (output: Tensor, beside: readonly Tensor[]) => Tensor;
  /** Tensors `[time, …]` that `shown` reads step by step. */
  readonly beside?: readonly Tensor[];
}

export interface Network {
  /**
   * Data to the `heads` numbers for each number of the code: `[batch, …shape] → [batch, heads · latent]`, without a final activation.
   * Where `missing` (bool, the shape of x) holds, x is 0.
   */
  encode(trace: Trace, x: Tensor, latent: number, heads: number, missing?: Tensor): Tensor;
  /**
   * Code to the parameters of the likelihood: `[batch, latent] → [batch, …shape]`, without a final activation. `shape` has the data's
   * axes, but may have more channels. Networks that give one part after the other may read the parts before it, as `feedback` says.
   */
  decode(trace: Trace, code: Tensor, shape: Shape, feedback?: Feedback): Tensor;
  /** The weights `[latent, units]` that the code enters the decoder by, where it does so by one product. */
  readonly dictionary?: string;
  /** Its layers by name, where it is nothing but affine maps with max(x, 0) between them. */
  readonly chain?: Chain;
  /** Of a code that is a map: its channels. The code has all places of the first channel first. */
  readonly codeChannels?: number;
}

/** What the names of parameters (`….weight` `[inputs, units]`, `….bias` `[units]`) begin with, layer by layer. */
export interface Chain {
  readonly encoder: readonly string[];
  /** What the encoder ends with: a layer for each of the `heads` numbers for a number of the code, side by side. */
  readonly heads: (heads: number) => readonly string[];
  readonly decoder: readonly string[];
}

/** What a network is chosen by, where the user does not choose. */
export interface DataForm {
  /** Of one example. */
  readonly shape: Shape;
  /** Bytes are pictures. */
  readonly isBytes: boolean;
}

/** A shallower network on the way to a whole one. */
export interface Stage {
  /** Of the same family. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly latent: number;
  /** What one of its parameters is called in the whole network; undefined where that has none like it. */
  readonly nameOf: (parameter: string) => string | undefined;
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
  /** The code where that is a map; undefined where it is one vector. Networks with maps take data of any height and width. */
  readonly map?: (options: Options) => CodeMap | undefined;
  /** The shallower networks that the whole one can be grown from, one layer deeper each. */
  readonly stages?: (options: Options) => readonly Stage[];
}

/** A code that has a vector for every place of a picture, or for every few of them. */
export interface CodeMap {
  /** Numbers in the code of data of `shape`. */
  latent(shape: Shape): number;
  /** Pixels around a pixel that its reconstruction depends on, at most. */
  readonly reach: number;
}
