/**
 * A kind of autoencoder: what is done to the input, to the code and to the loss. The network is somebody else's business.
 *
 *   x ── corrupt ── network.encode ── posterior ── sample ── network.decode ── terms ── Σ weight · term
 */
import type { z } from 'zod';
import type { Tensor } from '../../graph/tensor.ts';
import type { Likelihood } from '../terms/likelihood.ts';
import type { Noise } from '../trace.ts';

/** What the encoder's head means; `code` is what `encode` gives to users: `[batch, latent]`, without randomness. */
export interface Posterior {
  readonly code: Tensor;
  readonly logVariance?: Tensor;
}

/** Everything that a loss can be made of. */
export interface Reconstruction {
  /** The clean input, `[batch, …shape]`, finite. */
  readonly x: Tensor;
  /** Entries of x that are missing. */
  readonly missing?: Tensor;
  readonly posterior: Posterior;
  /** The decoder's output before the likelihood's squashing, `[batch, …shape]`. */
  readonly output: Tensor;
  readonly likelihood: Likelihood;
}

/** Where training stands, for weights that change with it. */
export interface Progress {
  /** Share of all planned steps, 0 … 1. */
  readonly share: number;
  /** Epochs so far, with the fraction of the present one. */
  readonly epoch: number;
}

/** A kind with its options filled in. */
export interface KindParts {
  /** Numbers that the encoder's head has for each number of the code. */
  readonly headsPerCode: number;
  /** What the decoder gets is drawn at random in training. */
  readonly isStochastic: boolean;
  /** Codes may be wider than the data. */
  readonly allowsOvercomplete: boolean;
  /** Codes are drawn from the standard normal distribution when nothing else is known: `generate` makes sense. */
  readonly prior?: 'standard-normal';
  /** What the encoder sees in training, from the clean input. */
  readonly corrupt?: (x: Tensor, noise: Noise) => Tensor;
  readonly posterior: (head: Tensor) => Posterior;
  /** The code that is decoded in training; the posterior's `code` when absent. */
  readonly sample?: (posterior: Posterior, noise: Noise) => Tensor;
  /** Terms of the loss by name, each `[batch]`, in nats. */
  readonly terms: (reconstruction: Reconstruction) => Readonly<Record<string, Tensor>>;
  /** Weights of terms, 1 for those it does not name; may change with progress, which of them it names may not. */
  readonly weights?: (progress: Progress) => Readonly<Record<string, number>>;
}

/** A kind as it stands in the list: its name, its options and how they make its parts. */
export interface Kind<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly source: string;
  readonly options: z.ZodType<Options>;
  readonly make: (options: Options) => KindParts;
}
