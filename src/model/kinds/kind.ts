/**
 * A kind of autoencoder: what is done to the input, to the code and to the loss. The network is somebody else's business.
 *
 *   x ── corrupt ── network.encode ── posterior ── sample ── network.decode ── terms ── Σ weight · term
 */
import type * as z from 'zod';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import type { Noise } from '../noise.ts';
import type { Trace } from '../trace.ts';

/** What the encoder's head means; `code` is what `encode` gives to users: `[batch, latent]`, without randomness. */
export interface Posterior {
  readonly code: Tensor;
  readonly logVariance?: Tensor;
  /** Of codes made of entries of a codebook: which, int32 `[batch, positions]`. */
  readonly choice?: Tensor;
  /** Of codes that are rounded: what they were before, `[batch, latent]`. */
  readonly unrounded?: Tensor;
}

/** One batch on its way through the model: what a loss can be made of. */
export interface Pass {
  /** The clean input, `[batch, …shape]`, finite; tokens are one-hot. */
  readonly x: Tensor;
  /** What the encoder saw of it, to differentiate by; present where the kind asks for slopes. */
  readonly input?: Tensor;
  /** Classes, one-hot `[batch, classes]`; a row of zeros where unknown. Present where the kind asks for labels. */
  readonly label?: Tensor;
  /** What the encoder said, before and after the kind read it: `[batch, heads · latent]`. */
  readonly head: Tensor;
  readonly posterior: Posterior;
  /** What is decoded: the posterior's sample where the kind draws one, else its code. `[batch, latent]`. */
  readonly code: Tensor;
  /** Of a code that is a map: its channels, all places of the first one first; as many as numbers in other codes. */
  readonly codeChannels: number;
  /** For parameters, state and noise of the kind's own. */
  readonly trace: Trace;
  /** The decoder's output before the likelihood reads it: `[rows, latent] → [rows, …]` of the shape that the likelihood asks for. */
  decode(code: Tensor): Tensor;
  /**
   * −log p(x | code), without what is missing: `[rows, latent] → [rows]`, in nats. With k times as many rows as x has, the rows of
   * x are repeated as a whole, k times.
   */
  negativeLogLikelihood(code: Tensor): Tensor;
}

/** Where training stands, for weights that change with it. */
export interface Progress {
  /** Share of all planned steps, 0 … 1. */
  readonly share: number;
  /** Epochs so far, with the fraction of the present one. */
  readonly epoch: number;
}

/** A part of the model that is trained apart from the rest, at the same time: an adversary, a prior over codes. */
export interface TrainedApart {
  /** Its parameters begin with this and follow the gradient of its terms alone; all others follow that of the other terms. */
  readonly prefix: string;
  /** Its terms: the loss that the model is judged by leaves them out. */
  readonly terms: readonly string[];
  /** Whether the rest is trained against it: then the loss need not fall. */
  readonly isAdversary: boolean;
}

/** A kind with its options filled in. */
export interface KindParts {
  /** Numbers that the encoder's head has for each number of the code. */
  readonly headsPerCode: number;
  /** What the decoder gets is drawn at random in training. */
  readonly isStochastic: boolean;
  /** It says itself how much the reconstruction counts: the variance of numbers around it is not to be learned. */
  readonly weighsReconstruction?: boolean;
  /** Its terms differentiate by what the encoder sees; for all others, tokens need never be written out one-hot. */
  readonly asksForSlopes?: boolean;
  /** A term is about the batch as a whole, not about each example. */
  readonly comparesBatch?: boolean;
  /** What the names of parameters begin with whose gradient is an estimate, not the slope of the terms as they were drawn. */
  readonly estimatesGradient?: readonly string[];
  /** Codes may be wider than the data. */
  readonly allowsOvercomplete: boolean;
  /** Draws codes of `[count, latent]` from the distribution they have when nothing else is known; kinds with one can generate. */
  readonly prior?: (trace: Trace, shape: Shape) => Tensor;
  /** How many numbers of a code, from the first, the prior draws from the standard normal; absent where it draws none so. */
  readonly normalNumbers?: (latent: number) => number;
  /** The last numbers of a code, one for each class, say the class: 1 for that one, 0 for the others. */
  readonly codeSaysClass?: boolean;
  /** Entries of the codebook, where codes are made of them. */
  readonly codebookSize?: number;
  /** What the encoder sees in training, from the clean input. */
  readonly corrupt?: (x: Tensor, noise: Noise) => Tensor;
  /** The encoder sees how x differs from the mean of the data, and the decoder says how the reconstruction does. */
  readonly isCentred?: boolean;
  /** What codes are rounded to multiples of, where they are: `[qualities, codeChannels]`, the lowest quality first. */
  readonly steps?: (trace: Trace, codeChannels: number) => Tensor;
  /** Reads the head `[batch, heads · latent]`; `trace` is for parameters and state of the kind's own; channels as in `Pass`. */
  readonly posterior: (head: Tensor, trace: Trace, codeChannels: number) => Posterior;
  /** The code that is decoded in training; the posterior's `code` when absent. */
  readonly sample?: (posterior: Posterior, noise: Noise) => Tensor;
  /** Terms of the loss by name, each `[batch]`, in nats. */
  readonly terms: (pass: Pass) => Readonly<Record<string, Tensor>>;
  /** Weights of terms, 1 for those it does not name; may change with progress, which of them it names may not. */
  readonly weights?: (progress: Progress) => Readonly<Record<string, number>>;
  readonly apart?: TrainedApart;
  /**
   * What the weights that the code enters the decoder by, `[latent, units]`, become after every step: a constraint that the
   * gradient does not keep.
   */
  readonly project?: (dictionary: Tensor) => Tensor;
  /** Whether it reads labels: `told`, encoder and decoder are given the class; `target`, only its terms see it. */
  readonly labels?: 'told' | 'target';
}

/** What a kind's options may have to agree with. */
export interface CodeFacts {
  readonly latent: number;
  /** Training examples, where they are known. */
  readonly examples?: number;
  /** Classes of the labels. */
  readonly classes?: number;
}

/** A kind as it stands in the list: its name, its options and how they make its parts. */
export interface Kind<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly source: string;
  /** The path of the data, drawn in characters. */
  readonly diagram: string;
  /** What is minimised. */
  readonly formula: string;
  /** When one would take it rather than another. */
  readonly use: string;
  readonly options: z.ZodType<Options>;
  /** Defaults that follow from the code and the data, in place of the schema's. */
  readonly defaults?: (facts: CodeFacts) => Readonly<Record<string, unknown>>;
  /** What the schema cannot see: whether options and code fit together. @throws OptionError. */
  readonly check?: (options: Options, facts: CodeFacts) => void;
  readonly make: (options: Options, classes?: number) => KindParts;
}
