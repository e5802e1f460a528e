/** What every use of a model works with. */
import type { Engine } from '../engine/engine.ts';
import type { ModelCard, Parameters } from '../model/file/model-file.ts';
import type { Model } from '../model/model.ts';
import type { Runner } from '../model/runner.ts';

export interface TrainedModel {
  readonly engine: Engine;
  readonly runner: Runner;
  readonly model: Model;
  readonly parameters: Parameters;
  readonly card: ModelCard;
}
