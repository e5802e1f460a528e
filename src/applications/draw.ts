/**
 * `generate`: new examples from codes that the prior draws.
 *
 *   prior ── code (normal numbers times the truncation) ──┐
 *   class, where the model is told or its codes say it ───┴── decode ── of a table: draw around what is decoded
 */
import { OptionError } from '../base/errors.ts';
import { suggestion } from '../base/options.ts';
import type { Random } from '../base/random.ts';
import { undoScaling } from '../data/columns/scaling.ts';
import type { Labels, Source } from '../data/dataset.ts';
import type { ModelCard } from '../model/file/model-file.ts';
import type { Kind } from '../model/kinds/kind.ts';
import { kinds } from '../model/kinds/kinds.ts';
import type { Model } from '../model/model.ts';
import type { TrainedModel } from './trained.ts';

export interface DrawRequest {
  readonly count: number;
  /** The class of all of them, where the model knows classes; all classes in turn when absent. */
  readonly label?: string;
  /** What the normal numbers of a code are multiplied by, above 0 and at most 1: the smaller, the more usual and the more alike. */
  readonly truncation?: number;
  readonly random: Random;
}

/** Examples that a model made up. */
export interface Drawn {
  readonly count: number;
  /** `[count, latent]` */
  readonly codes: Float32Array;
  /** `[count, …shape]` in the model's scaled units. */
  readonly values: Float32Array;
  /** Classes that they are of, where the model knows such. */
  readonly labels?: Labels;
}

type Drawer = Pick<TrainedModel, 'model' | 'runner' | 'parameters' | 'card'>;

/**
 * Draws codes from the prior and decodes them.
 *
 * @throws OptionError for a kind without a prior, a class that there is not, or a truncation where nothing of the prior is normal.
 */
export async function drawExamples(
  trained: Drawer,
  { count, label, truncation = 1, random }: DrawRequest,
): Promise<Drawn> {
  const { model, runner, parameters, card } = trained;
  requireDrawable(model, card.data.labelNames, { label, truncation });
  const labels = labelsFor(trained, label, count);
  const codes = await runner.drawCodes(parameters, count, random);
  truncate(codes, truncation, model);
  if (labels && model.kind.codeSaysClass) writeClasses(codes, labels, model);
  const values = await decodeDrawn(trained, codes, random.fork('around'), labels);
  return {
    count,
    codes,
    values,
    ...(labels ? { labels: { values: labels, names: card.data.labelNames } } : {}),
  };
}

/**
 * Whether a model, trained or not yet, can be asked for such examples.
 *
 * @throws OptionError as `drawExamples`.
 */
export function requireDrawable(
  model: Model,
  labelNames: readonly string[],
  { label, truncation = 1 }: Pick<DrawRequest, 'label' | 'truncation'>,
): void {
  if (!model.prior) throw unfitKind('generate', 'a kind with a prior', model);
  if (label !== undefined) numberOfClass(model, labelNames, label);
  requireTruncation(truncation, model);
}

function rounded(source: Source): Source {
  if (source.form === 'array') return source;
  const columns = source.columns.map((column) =>
    column.type === 'numeric'
      ? { ...column, values: column.values.map((value) => Number(value.toPrecision(DIGITS))) }
      : column,
  );
  return { ...source, columns };
}

/** Names of the kinds with a prior, whatever their options. */
export function drawingKinds(): string[] {
  return (kinds as readonly Kind[]).flatMap(({ name, options, make }) => (make(options.parse({})).prior ? [name] : []));
}

/**
 * Codes as examples. Rows of a table are drawn around what the decoder says, where the model has learned how far they lie from it: else all
 * would be of the most frequent categories, and numbers would vary too little.
 */
export async function decodeDrawn(
  { model, runner, parameters, card }: Drawer,
  codes: Float32Array,
  random: Random,
  labels?: Int32Array,
): Promise<Float32Array> {
  const isDrawn = card.scaling.form === 'columns' && model.blueprint.variance === 'learned';
  return isDrawn ? runner.drawAround(parameters, codes, random, labels) : runner.decode(parameters, codes, labels);
}

/** Significant digits of numbers in tables: more would say more than is known. */
const DIGITS = 6;

/** In the units of the data that the model was trained on, with the classes. */
export function drawnSource(
  { scaling }: Pick<ModelCard, 'scaling'>,
  { values, count, labels }: Pick<Drawn, 'values' | 'count' | 'labels'>,
): Source {
  const source = rounded(undoScaling(scaling, values, count, 'generated'));
  return labels ? { ...source, labels } : source;
}

/**
 * The chosen class for each of `count` codes; the classes in turn where none is chosen. Nothing for models that know none.
 *
 * @throws OptionError for a class that there is not.
 */
export function labelsFor(
  { model, card }: Pick<TrainedModel, 'model' | 'card'>,
  label: string | undefined,
  count: number,
): Int32Array | undefined {
  const { classes } = model.blueprint;
  if (classes === 0 && label === undefined) return undefined;
  const chosen = label === undefined ? 0 : numberOfClass(model, card.data.labelNames, label);
  return Int32Array.from({ length: count }, (_, at) => (label === undefined ? at % classes : chosen));
}

/** @throws OptionError for a class that there is not. */
function numberOfClass({ blueprint: { classes } }: Model, names: readonly string[], label: string): number {
  const chosen = names.indexOf(label);
  if (classes > 0 && chosen >= 0) return chosen;
  throw new OptionError({
    where: 'class',
    expected: classes === 0 ? 'none: this model is told no classes' : `one of ${names.join(', ')}`,
    got: JSON.stringify(label),
    fix: classes === 0 ? 'train with --kind variational --labels given' : suggestion(label, names),
  });
}

export function unfitKind(where: string, expected: string, { blueprint }: Pick<Model, 'blueprint'>): OptionError {
  return new OptionError({
    where,
    expected: `${expected}, e.g. variational`,
    got: blueprint.kind.name,
    fix: 'train with --kind variational',
  });
}

/** @throws OptionError for a truncation out of range, or of a prior without normal numbers. */
function requireTruncation(truncation: number, model: Model): void {
  if (!(truncation > 0 && truncation <= 1))
    throw new OptionError({
      where: 'truncation',
      expected: 'a number above 0, at most 1',
      got: `${truncation}`,
      fix: 'give for example 0.7; 1 draws as the prior does',
    });
  if (truncation < 1 && normalNumbers(model) === 0)
    throw new OptionError({
      where: 'truncation',
      expected: 'a model whose prior is normal, so that there is a spread to be made smaller',
      got: `${model.blueprint.kind.name}, whose codes are entries of a codebook`,
      fix: 'leave the truncation out',
    });
}

function normalNumbers({ kind, blueprint: { latent } }: Model): number {
  return kind.normalNumbers?.(latent) ?? 0;
}

function truncate(codes: Float32Array, truncation: number, model: Model): void {
  if (truncation === 1) return;
  const { latent } = model.blueprint;
  const normal = normalNumbers(model);
  for (let i = 0; i < codes.length; i++) if (i % latent < normal) codes[i] *= truncation;
}

function writeClasses(codes: Float32Array, labels: Int32Array, { blueprint: { latent, classes } }: Model): void {
  for (const [row, label] of labels.entries())
    for (let at = 0; at < classes; at++) codes[(row + 1) * latent - classes + at] = Number(at === label);
}
