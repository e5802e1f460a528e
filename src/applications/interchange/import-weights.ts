/** A model of weights that PyTorch or Keras learned: dense and convolutional nets, by a map of names. */
import { OptionError } from '../../base/errors.ts';
import { type ColumnScaling, categoryGroups, scaledShape } from '../../data/columns/form.ts';
import { sizeOf } from '../../graph/tensor.ts';
import { makeBlueprint } from '../../model/blueprint.ts';
import { decodeForeignSafetensors } from '../../model/file/foreign-safetensors.ts';
import type { ModelCard, SavedModel } from '../../model/file/model-file.ts';
import { type Model, makeModel } from '../../model/model.ts';
import { makeRecipe } from '../recipe.ts';
import { cardAfterElsewhere } from './learned-elsewhere.ts';
import { mappedParameters, type WeightMap, weightMapSchema } from './weight-map.ts';

export interface ImportRequest {
  /** Of a `.safetensors` file. */
  readonly weights: Uint8Array;
  /** The file's name, for messages. */
  readonly where: string;
  /** As JSON came. */
  readonly map: unknown;
  /** A model of the same form, where the map says nothing of it. */
  readonly like?: ModelCard;
}

export interface Imported extends SavedModel {
  readonly model: Model;
  /** Tensors of the file that are no parameter. */
  readonly unused: readonly string[];
}

/** @throws OptionError for a map that does not fit the model, ModelFileError for weights that do not fit the map. */
export function importWeights({ weights, where, map, like }: ImportRequest): Imported {
  const parsed = weightMapSchema.safeParse(map);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new OptionError({
      where: `the map${issue.path.length > 0 ? `, ${issue.path.join('.')}` : ''}`,
      expected: 'layout, data, model and tensors, as docs/interchange.md has them',
      got: issue.message,
      fix: 'correct the map',
    });
  }
  const card = like ? cardLike(like, parsed.data) : cardOf(parsed.data, where);
  const model = makeModel(card.blueprint);
  const { parameters, unused } = mappedParameters(model, parsed.data, decodeForeignSafetensors(weights, where), where);
  return { card, model, parameters, unused };
}

function cardLike(like: ModelCard, { data, model }: WeightMap): ModelCard {
  if (data === undefined && model === undefined) return cardAfterElsewhere(like);
  throw new OptionError({
    where: 'the map',
    expected: 'nothing of the data and of the model, beside a model that says both',
    got: data === undefined ? 'model' : 'data',
    fix: 'leave it out, or --model',
  });
}

function cardOf({ data, model = {} }: WeightMap, where: string): ModelCard {
  if (!data)
    throw new OptionError({
      where: 'the map',
      expected: 'data and model, or a model that is like it',
      got: 'neither',
      fix: 'add "data": { "shape": [784] } and "model": { "hidden": [128], "latent": 32 }, or --model',
    });
  const scaling: ColumnScaling = 'form' in data ? data : evenly(data);
  const { architecture, own } = makeRecipe(model);
  const isUnitRange = scaling.form === 'pixels' || architecture.output === 'sigmoid';
  const blueprint = makeBlueprint(architecture, own, {
    shape: scaledShape(scaling),
    hasMissing: false,
    isBytes: scaling.form === 'pixels',
    isUnitRange: isUnitRange || architecture.loss === 'cross-entropy',
    categories: categoryGroups(scaling),
    ...(scaling.form === 'tokens' ? { vocabulary: scaling.vocabulary } : {}),
  });
  return {
    blueprint,
    scaling,
    data: { name: where, examples: 0, validationExamples: 0, fingerprint: '', labelNames: [] },
    training: { options: {}, history: [], bestEpoch: 0 },
    baselines: {},
    results: {},
    warnings: [],
    versions: { format: '1' },
  };
}

/** More numbers in an example than anybody has: a map that says so is wrong. */
const MOST_NUMBERS = 2 ** 27;

function evenly({ shape, offset, scale }: { shape: number[]; offset: number; scale: number }): ColumnScaling {
  const size = sizeOf(shape);
  if (size > MOST_NUMBERS)
    throw new OptionError({
      where: 'the map, data.shape',
      expected: `an example of at most ${MOST_NUMBERS} numbers`,
      got: `${size}`,
      fix: 'give the shape of one example',
    });
  const all = (value: number): number[] => new Array<number>(size).fill(value);
  return { form: 'array', shape, offset: all(offset), scale: all(scale), constant: [] };
}
