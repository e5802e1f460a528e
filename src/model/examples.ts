/**
 * Examples as a graph takes them: whole, or as lists of the entries that are there, which become rows where a batch needs them.
 *
 *   lists ── rows of a batch ── model        never more than a batch of whole rows at a time
 */
import { DataError } from '../base/errors.ts';
import type { HostTensor } from '../engine/engine.ts';
import { reshape } from '../graph/ops/broadcast.ts';
import { input } from '../graph/ops/input.ts';
import { gather } from '../graph/ops/shape.ts';
import { sparseRows } from '../graph/ops/sparse.ts';
import { sizeOf, type Tensor } from '../graph/tensor.ts';
import type { Model, RawBatch } from './model.ts';

/** Values as the graph takes them: uint8 or scaled float32, `[count, …shape]`. */
export interface Examples {
  readonly values: Uint8Array | Float32Array;
  readonly count: number;
  /** Where `values` stand, for a model of rows that list their entries: `values` has only those then, row after row. */
  readonly places?: Places;
  /** What is to be told of the rows instead of themselves, in the same form: other entries of theirs, another sequence. */
  readonly told?: Pick<Examples, 'values' | 'places'>;
  /** The class of each, −1 where unknown; models that are told the class need them. */
  readonly labels?: { readonly values: Int32Array };
}

/** Where listed entries stand. */
export interface Places {
  /** Where the entries of each row begin, and where the last one's end: `[count + 1]`. */
  readonly starts: Int32Array;
  /** The column of each entry; none twice in a row. */
  readonly columns: Int32Array;
}

/** Values that are not missing. */
export function observedCount({ values: own, told }: Examples): number {
  const values = told?.values ?? own;
  if (values instanceof Uint8Array) return values.length;
  let count = 0;
  for (const value of values) if (!Number.isNaN(value)) count++;
  return count;
}

/**
 * The inputs that examples are fed to, with labels where the model is told the class and what is to be told where that is something
 * else; gives the rows of a batch, int32 `[batch]`, of them.
 */
export function exampleInputs(model: Model, hasTarget = false): (rows: Tensor) => RawBatch {
  const values = valueInputs(model, 'examples');
  const target = hasTarget ? valueInputs(model, 'target') : undefined;
  const labels = labelInput(model);
  return (rows) => ({
    values: values(rows),
    ...(target ? { target: target(rows) } : {}),
    ...(labels ? { labels: gather(labels, rows) } : {}),
  });
}

function valueInputs({ blueprint }: Model, name: string): (rows: Tensor) => Tensor {
  const { shape, inputScale, absent } = blueprint;
  if (absent === 'none') {
    const dtype = inputScale === 1 ? 'float32' : 'uint8';
    const examples = input(name, dtype, [2, sizeOf(shape)], { anyLength: true });
    return (rows) => reshape(gather(examples, rows), [rows.shape[0], ...shape]);
  }
  const lists = {
    starts: input(`${name}.starts`, 'int32', [2], { anyLength: true }),
    columns: input(`${name}.columns`, 'int32', [2], { anyLength: true }),
    values: input(name, 'float32', [2], { anyLength: true }),
  };
  return (rows) => sparseRows(lists, rows, sizeOf(shape), absent === 'zero' ? 0 : Number.NaN);
}

/** What `exampleInputs` asks for. @throws DataError where the model is told the class and the examples have none. */
export function exampleFeeds(model: Model, examples: Examples): Record<string, HostTensor> {
  const { count, labels, told } = examples;
  return {
    ...valueFeeds(model, 'examples', count, examples),
    ...(told ? valueFeeds(model, 'target', count, told) : {}),
    ...labelFeeds(model, labels?.values ?? unknownLabels(model, count)),
  };
}

function valueFeeds(
  { blueprint: { shape, absent } }: Model,
  name: string,
  count: number,
  { values, places }: Pick<Examples, 'values' | 'places'>,
): Record<string, HostTensor> {
  if ((absent === 'none') !== (places === undefined))
    throw new Error(`internal: examples ${places ? 'list their entries' : 'are whole'}, and the model takes others`);
  if (!places) return { [name]: { data: values, shape: [count, sizeOf(shape)] } };
  return {
    [name]: { data: values, shape: [values.length] },
    [`${name}.starts`]: { data: places.starts, shape: [count + 1] },
    [`${name}.columns`]: { data: places.columns, shape: [places.columns.length] },
  };
}

/** Labels for examples without any, where the model can do without: it is not told them, they are a target of its training. */
function unknownLabels({ kind }: Model, count: number): Int32Array | undefined {
  return kind.labels === 'target' ? new Int32Array(count).fill(-1) : undefined;
}

export function labelInput({ blueprint }: Model): Tensor | undefined {
  return blueprint.classes > 0 ? input('labels', 'int32', [2], { anyLength: true }) : undefined;
}

/** @throws DataError where the model is told the class and the examples have none. */
export function labelFeeds({ blueprint }: Model, labels: Int32Array | undefined): Record<string, HostTensor> {
  if (blueprint.classes === 0) return {};
  if (!labels)
    throw new DataError({
      where: 'the examples',
      expected: `labels of ${blueprint.classes} classes, which this model is told`,
      got: 'none',
      fix: 'give data with labels (--label)',
    });
  return { labels: { data: labels, shape: [labels.length] } };
}
