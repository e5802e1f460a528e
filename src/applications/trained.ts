/** What every use of a model works with. */
import type { Engine } from '../engine/engine.ts';
import type { Examples } from '../model/examples.ts';
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

/** Codes of examples whose labels the encoder is not told, `[count, latent]`. */
export async function encodeUntold(
  { runner, parameters }: Pick<TrainedModel, 'runner' | 'parameters'>,
  { values, count }: Examples,
): Promise<Float32Array> {
  const { code } = await runner.encode(parameters, {
    values,
    count,
    labels: { values: new Int32Array(count).fill(-1) },
  });
  return code;
}
