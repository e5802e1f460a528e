/** What every use of a model works with. */
import type { ColumnScaling } from '../data/columns/form.ts';
import type { Engine } from '../engine/engine.ts';
import type { Examples } from '../model/examples.ts';
import type { ModelCard, Parameters } from '../model/file/model-file.ts';
import type { Model } from '../model/model.ts';
import type { Runner } from '../model/runner.ts';
import type { TrainResult } from '../training/train.ts';

export interface TrainedModel {
  readonly engine: Engine;
  readonly runner: Runner;
  readonly model: Model;
  readonly parameters: Parameters;
  readonly card: ModelCard;
}

export interface CardFacts {
  readonly model: Model;
  readonly engine: Engine;
  readonly scaling: ColumnScaling;
  readonly data: Pick<ModelCard['data'], 'name' | 'examples' | 'validationExamples'> & Partial<ModelCard['data']>;
  readonly options: ModelCard['training']['options'];
  readonly result: Pick<TrainResult, 'history' | 'bestEpoch'>;
}

/** The card of a model after its training. */
export function makeCard({ model, engine, scaling, data, options, result }: CardFacts): ModelCard {
  return {
    blueprint: model.blueprint,
    scaling,
    data: { fingerprint: '', labelNames: [], ...data },
    training: {
      options: { ...options },
      history: result.history.map(({ epoch, learningRate, train, validation }) => ({
        epoch,
        learningRate,
        ...prefixed('train', train),
        ...prefixed('validation', validation),
      })),
      bestEpoch: result.bestEpoch,
    },
    baselines: {},
    results: {},
    warnings: [],
    versions: { format: '1', [engine.name]: engine.version },
  };
}

/** Figures by names that begin with where they are of. */
export function prefixed(prefix: string, figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}.${name}`, value]));
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
