/** `model.safetensors`: parameters as tensors, everything else as JSON in the metadata. See docs/format.md. */
import * as z from 'zod';
import { ModelFileError, OptionError } from '../../base/errors.ts';
import { columnScalingSchema } from '../../data/columns/scaling.ts';
import { sameShape } from '../../graph/tensor.ts';
import { blueprintSchema } from '../blueprint.ts';
import { type Model, makeModel } from '../model.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/** Raised whenever a reader of the old version could misread a file of the new one. */
const FORMAT_VERSION = 1;

/** What a model's file is called in every folder. */
export const MODEL_FILE = 'model.safetensors';

/** Parameters by name, row-major. */
export type Parameters = ReadonlyMap<string, Float32Array>;

export const modelCardSchema = z.strictObject({
  blueprint: blueprintSchema,
  scaling: columnScalingSchema,
  data: z.strictObject({
    name: z.string(),
    examples: z.int().min(0),
    validationExamples: z.int().min(0),
    /** SHA-256 of the training values. */
    fingerprint: z.string(),
    labelNames: z.array(z.string()),
  }),
  training: z.strictObject({
    options: z.record(z.string(), z.json()),
    /** One record an epoch: terms and errors on the training and validation parts. */
    history: z.array(z.record(z.string(), z.number())),
    /** Epoch (from 1) whose parameters these are. */
    bestEpoch: z.int().min(0),
  }),
  /** Mean squared errors in scaled units on the validation part. */
  baselines: z.record(z.string(), z.record(z.string(), z.number())),
  results: z.record(z.string(), z.number()),
  warnings: z.array(z.strictObject({ name: z.string(), text: z.string(), advice: z.string() })),
  versions: z.record(z.string(), z.string()),
});

export type ModelCard = z.infer<typeof modelCardSchema>;

export interface SavedModel {
  readonly card: ModelCard;
  readonly parameters: Parameters;
}

/** The bytes of a model file; the same model gives the same bytes. */
export function encodeModelFile({ card, parameters }: SavedModel, model: Model): Promise<Uint8Array> {
  return encodeSafetensors({
    tensors: new Map(model.parameters.map(({ name, shape }) => [name, { shape, data: get(parameters, name) }])),
    // In the order of the schema, whoever made the card: so a file that is read and written again stays as it was.
    metadata: {
      format: 'autoencoder',
      version: String(FORMAT_VERSION),
      card: JSON.stringify(modelCardSchema.parse(card)),
    },
  });
}

/**
 * Reads a model file: nothing in it is executed, every tensor is checked against the blueprint.
 *
 * @throws ModelFileError for a file cut short, altered, of a newer version, of another format, or whose tensors do not fit.
 */
export async function decodeModelFile(
  bytes: Uint8Array,
  where: string,
): Promise<SavedModel & { readonly model: Model }> {
  const { tensors, metadata } = await decodeSafetensors(bytes, where);
  if (metadata.format !== 'autoencoder')
    throw refused(
      where,
      'a model of autoencoder',
      `format "${metadata.format ?? 'none'}"`,
      'give a model.safetensors written by train',
    );
  if (!isReadable(metadata.version))
    throw refused(
      where,
      `format version ${FORMAT_VERSION} or older`,
      `version ${metadata.version}`,
      'update autoencoder to read this file',
    );
  const card = parseCard(metadata.card, where);
  const model = modelOf(card, where);
  for (const { name, shape } of model.parameters) {
    const tensor = tensors.get(name);
    if (!tensor || !sameShape(tensor.shape, shape))
      throw refused(
        where,
        `tensor ${name} of shape [${shape}]`,
        tensor ? `[${tensor.shape}]` : 'none',
        'the file does not hold the model that its card describes: train anew',
      );
  }
  if (tensors.size !== model.parameters.length)
    throw refused(
      where,
      `${model.parameters.length} tensors`,
      `${tensors.size}`,
      'the file holds tensors that are not of this model',
    );
  const parameters = new Map([...tensors].map(([name, { data }]) => [name, data]));
  return { card, parameters, model };
}

/** A whole number from 1 to the version that is written now. */
function isReadable(version: string | undefined): boolean {
  return version !== undefined && /^[1-9]\d*$/.test(version) && Number(version) <= FORMAT_VERSION;
}

function modelOf({ blueprint }: ModelCard, where: string): Model {
  try {
    return makeModel(blueprint);
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    const message = `${where}: expected the blueprint of a model, got one that does not stand (${cause.message}); the card was altered or is from another version`;
    throw new ModelFileError(message, { cause });
  }
}

function parseCard(text: string | undefined, where: string): ModelCard {
  let json: unknown;
  try {
    json = JSON.parse(text ?? '');
  } catch (cause) {
    throw new ModelFileError(`${where}: expected a JSON model card in the metadata, got text that does not parse`, {
      cause,
    });
  }
  const result = modelCardSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw refused(
      where,
      `a model card with a valid ${issue.path.join('.') || 'shape'}`,
      issue.message,
      'the card was altered or is from another version',
    );
  }
  return result.data;
}

function refused(where: string, expected: string, got: string, fix: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix });
}

function get(parameters: Parameters, name: string): Float32Array {
  const data = parameters.get(name);
  if (!data) throw new Error(`internal: no parameter ${name} to save`);
  return data;
}
