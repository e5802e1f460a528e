/** Models for other programs. */
import { detectorToOnnx, modelToOnnx, trainingToOnnx } from './applications/interchange/export-onnx.ts';
import { huggingFaceFiles } from './applications/interchange/hugging-face.ts';
import { importWeights as importMapped } from './applications/interchange/import-weights.ts';
import { cardAfterElsewhere } from './applications/interchange/learned-elsewhere.ts';
import { parametersIn } from './applications/interchange/training-state.ts';
import { parseThreshold } from './applications/threshold.ts';
import { type Autoencoder, fromBytes } from './autoencoder.ts';
import type { Engine } from './engine/engine.ts';
import { encodeModelFile } from './model/file/model-file.ts';
import type { AnomalyDetector } from './uses.ts';

/**
 * The bytes of an ONNX file (operators of version 20, for ONNX Runtime 1.17 and later) with everything inside: raw values go in, any number
 * of them at once; `code`, `reconstruction` in the units of the data, `score`, and of tables `column_errors` come out. Of a detector, scores
 * are its own, and `is_anomaly` says which are above the threshold (`quantile:0.99` when absent, or another rule that needs no
 * labels). What goes in and out is described in the file: see docs/interchange.md.
 *
 * @example await writeFile('model.onnx', await exportOnnx(model));
 * @throws OptionError before `fit`, for a detector of series, and for a threshold that depends on what is scored.
 */
export async function exportOnnx(
  subject: Autoencoder | AnomalyDetector,
  options: { readonly threshold?: string } = {},
): Promise<Uint8Array> {
  if ('detector' in subject) {
    const rule = options.threshold === undefined ? undefined : parseThreshold(options.threshold);
    return detectorToOnnx(subject.detector, rule).bytes;
  }
  return modelToOnnx(await subject.trained()).bytes;
}

/** A training for other runtimes. */
export interface ExportedTraining {
  /** The bytes of an ONNX file that does steps of training: see docs/interchange.md. */
  readonly step: Uint8Array;
  /** What its input `state` is at first. */
  readonly state: Float32Array;
}

/**
 * The training step of `model` as an ONNX file, to go on learning without this package.
 *
 * @throws OptionError before `fit`, and for recommenders.
 */
export async function exportTraining(
  model: Autoencoder,
  options: { readonly batchSize?: number } = {},
): Promise<ExportedTraining> {
  const { bytes, state } = trainingToOnnx(await model.trained(), options.batchSize);
  return { step: bytes, state };
}

/** `model` with what was learned elsewhere by `exportTraining`'s step. @throws DataError for a state that is not this model's. */
export async function withState(
  model: Autoencoder,
  state: Float32Array,
  options: { readonly engine?: Engine } = {},
): Promise<Autoencoder> {
  const { card, model: built } = await model.trained();
  const parameters = parametersIn(built, state, 'the state');
  return fromBytes(await encodeModelFile({ card: cardAfterElsewhere(card), parameters }, built), options);
}

/**
 * A model of weights that PyTorch or Keras learned, from the bytes of a `.safetensors` file and a map of names: see docs/interchange.md.
 *
 * @param options `model` says what the map need not: a model of the same form. `name` is the file's, for messages.
 * @throws OptionError for a map that does not fit the model, ModelFileError for weights that do not fit the map.
 */
export async function importWeights(
  weights: Uint8Array,
  map: unknown,
  options: { readonly model?: Autoencoder; readonly engine?: Engine; readonly name?: string } = {},
): Promise<Autoencoder> {
  const { model: like, name: where = 'the weights', engine } = options;
  const { card, model, parameters } = importMapped({ weights, where, map, like: like?.card });
  return fromBytes(await encodeModelFile({ card, parameters }, model), { engine });
}

/**
 * A folder in the form that model hubs know: the bytes of `model.safetensors`, `config.json` and `README.md`, by their names.
 *
 * @throws OptionError before `fit`.
 */
export async function exportHuggingFace(model: Autoencoder): Promise<Readonly<Record<string, Uint8Array>>> {
  return huggingFaceFiles(await model.trained());
}
