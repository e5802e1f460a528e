/** What a trial is judged as, and what is said of it. */
import type { Source } from '../../data/dataset.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Averages } from '../learn.ts';
import type { Parts } from '../prepare.ts';
import type { TrainedModel } from '../trained.ts';
import type { Options } from './space.ts';

/** A model at the end of a rung. */
export interface Judged extends TrainedModel {
  readonly parts: Parts;
  /** Over the validation examples. */
  readonly validation: Averages;
}

/** What an objective says of a model. */
export interface Judgement {
  /** The lower, the better. */
  readonly value: number;
  /** What it is the mean of, by name: a model that is worse than the default one in any of these is not taken for better. */
  readonly parts?: Readonly<Record<string, number>>;
  /** The same over each tenth of the examples: what differs by no more than these do by chance is not taken for better either. */
  readonly tenths?: readonly number[];
  /** How held-out examples stand in the order of their scores, of each split: a model that disagrees with the default one is not taken for better. */
  readonly ranks?: readonly (readonly number[])[];
}

/** What more is measured of a trial that was trained to the end, by training anew. */
export interface FinalRequest {
  /** What a trial learns from. */
  readonly source: Source;
  /** Of the models, by the names of options. */
  readonly options: Options;
  readonly engine: Engine;
  readonly clock: () => number;
  readonly signal?: AbortSignal;
}
