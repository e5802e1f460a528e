/** What a training is asked to do. */
import type { Engine } from '../engine/engine.ts';
import type { Examples } from '../model/examples.ts';
import type { Parameters } from '../model/file/model-file.ts';
import type { Model } from '../model/model.ts';
import type { Runner } from '../model/runner.ts';
import type { TrainingOptions } from './options.ts';
import type { Ranks } from './ranks.ts';
import type { TrainingState } from './state.ts';
import type { ExampleWindows } from './windows.ts';

export interface TrainRequest {
  readonly engine: Engine;
  readonly model: Model;
  /** For validation; shares the engine. */
  readonly runner: Runner;
  /** In memory, or a window at a time. */
  readonly train: Examples | ExampleWindows;
  readonly validation: Examples;
  readonly options: TrainingOptions;
  /** Where to go on from; from the start when absent. */
  readonly from?: TrainingState;
  /** Parameters to start with, by name; fresh ones for the others. */
  readonly given?: Parameters;
  /** Called between blocks now and then, after every epoch and before an interruption, with a state to go on from. */
  readonly checkpoint?: (state: TrainingState) => Promise<void>;
  /** Seconds between checkpoints inside an epoch (10 when absent); after an epoch 2 are enough. */
  readonly checkpointSeconds?: number;
  /** Milliseconds on a steady clock; progress and rates are made from it. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
  /** Those that train the same model on the same data: each does its part of every batch. Rank 0 alone validates and is given checkpoints. */
  readonly ranks?: Ranks;
  /** Ranks meet every so many steps, each following its own gradient in between; after every step, and exactly, when absent. */
  readonly syncEvery?: number;
}
