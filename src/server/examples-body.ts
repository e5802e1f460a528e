/** Examples and codes out of the body of a request, as a model takes them. */
import { datasetFor } from '../applications/learn.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { DataError } from '../base/errors.ts';
import { featureCount } from '../data/columns/form.ts';
import type { ArraySource, Labels, Source } from '../data/dataset.ts';
import { parseNpy, parseNpyNumbers } from '../data/formats/npy.ts';
import { arraySource } from '../data/formats/numbers.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Rows } from './batching.ts';
import { isNumber, matrixFromJson, sourceFromJson } from './json-rows.ts';
import { parsePng } from './png-body.ts';
import { Refusal } from './refusal.ts';
import { NPY_TYPE, PNG_TYPE } from './route.ts';

/** What a binary body is called in complaints. */
const NAME = 'the body';

/** What JSON carries: rows, and the class of each where the model is told it. */
export interface JsonRows {
  readonly rows: readonly unknown[];
  readonly labels?: readonly (string | null)[];
}

/** Media types that examples of a model may come in, besides JSON. */
export function binaryTypes({ card }: Pick<TrainedModel, 'card'>): string[] {
  const isPictures = card.scaling.form === 'pixels' && card.scaling.shape.length === 3;
  return isPictures ? [NPY_TYPE, PNG_TYPE] : [NPY_TYPE];
}

/** @throws DataError for what the model does not take, Refusal for bytes that are not of their type or too many rows. */
export function examplesFrom(trained: TrainedModel, body: Uint8Array | JsonRows, type: string, mostRows: number): Rows {
  const { card, model } = trained;
  const source = sourceFrom(trained, body, type, mostRows);
  const labels = 'rows' in body && body.labels ? labelsFrom(body.labels, body.rows.length) : undefined;
  const data = datasetFor(card, { ...source, labels }, 'the model');
  const { classes } = model.blueprint;
  if (classes === 0) return { values: data.values, count: data.count };
  if (!data.labels && model.kind.labels !== 'target')
    throw new DataError({
      where: 'labels',
      expected: `the class of each row, one of ${card.data.labelNames.join(', ')}`,
      got: 'none',
      fix: 'send JSON with "labels" beside "rows"',
    });
  return {
    values: data.values,
    count: data.count,
    labels: data.labels?.values ?? new Int32Array(data.count).fill(-1),
  };
}

/** Codes `[count, latent]`. @throws as `examplesFrom`. */
export function codesFrom(
  { model }: TrainedModel,
  body: Uint8Array | { readonly codes: readonly unknown[] },
  mostRows: number,
): Omit<Rows, 'labels'> & { readonly values: Float32Array } {
  const { latent } = model.blueprint;
  if ('codes' in body) {
    checkCount(body.codes.length, mostRows);
    return { values: matrixFromJson(body.codes, latent, isNumber, 'a finite number'), count: body.codes.length };
  }
  const { values, shape } = parseNpy(body, NAME);
  checkCount(shape[0], mostRows);
  if (shape.length !== 2 || shape[1] !== latent || !(values instanceof Float32Array))
    throw new DataError({
      where: 'codes',
      expected: `numbers of shape [count, ${latent}]`,
      got: `[${shape}]`,
      fix: 'send codes as encode gives them',
    });
  return { values, count: shape[0] };
}

/** The same examples as they came, in the units of the data. @throws as `examplesFrom`. */
export function sourceFrom(
  { card: { scaling } }: Pick<TrainedModel, 'card'>,
  body: Uint8Array | JsonRows,
  type: string,
  mostRows: number,
): Source {
  if ('rows' in body) {
    checkCount(body.rows.length, mostRows);
    return sourceFromJson(scaling, body.rows);
  }
  if (type === PNG_TYPE) return parsePng(body, scaling.form === 'pixels' ? scaling.shape : []);
  const array = parseNpyNumbers(body, NAME);
  const [count = 0, ...shape] = array.shape;
  checkCount(count, mostRows);
  // Flat rows stand for what they are made of.
  const isFlat = scaling.form !== 'columns' && shape.length === 1 && shape[0] === featureCount(scaling) && count > 0;
  if (isFlat && scaling.form === 'pixels' && array.values instanceof Uint8Array)
    return { form: 'array', name: NAME, values: array.values, shape: [count, ...scaling.shape] };
  const source = arraySource(NAME, array.values, array.shape);
  if (scaling.form === 'columns') return tableOf(source, scaling);
  return isFlat ? { ...source, shape: [count, ...scaling.shape] } : source;
}

function tableOf(
  { values, shape }: ArraySource,
  scaling: Extract<TrainedModel['card']['scaling'], { form: 'columns' }>,
): Source {
  const [rows, width] = shape;
  const { columns: rules } = scaling;
  if (shape.length !== 2 || width !== rules.length || rules.some(({ type }) => type === 'category'))
    throw new DataError({
      where: 'the body',
      expected: rules.some(({ type }) => type === 'category')
        ? 'JSON: the model has columns of text, which npy cannot hold'
        : `numbers of shape [count, ${rules.length}], a column each for ${rules.map(({ name }) => name).join(', ')}`,
      got: `npy of shape [${shape}]`,
      fix: 'send JSON with an object for each row',
    });
  const columns = rules.map(({ name }, at) => ({
    type: 'numeric' as const,
    name,
    values: Float64Array.from({ length: rows }, (_, row) => values[row * width + at]),
  }));
  return { form: 'table', name: 'rows', rows, columns };
}

function labelsFrom(labels: readonly (string | null)[], count: number): Labels {
  if (labels.length !== count)
    throw new DataError({
      where: 'labels',
      expected: `${count}, one for each row`,
      got: `${labels.length}`,
      fix: 'give as many labels as rows',
    });
  const names = [...new Set(labels.filter((label) => label !== null))];
  const numbers = new Map<string | null, number>(names.map((name, at) => [name, at]));
  return { values: Int32Array.from(labels, (label) => numbers.get(label) ?? -1), names };
}

export function checkCount(count: number, most: number): void {
  if (count <= most) return;
  throw new Refusal(413, {
    where: 'rows',
    expected: `at most ${most.toLocaleString('en')} in a request`,
    got: count.toLocaleString('en'),
    fix: 'send them in several requests',
  });
}

/** Values of each row that are not missing: what an error is divided by. */
export function observedOf({ values, count }: Rows, shape: readonly number[]): Float32Array {
  const width = sizeOf(shape);
  const observed = new Float32Array(count).fill(width);
  if (values instanceof Uint8Array) return observed;
  for (let i = 0, row = 0, at = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) observed[row]--;
    if (++at === width) [row, at] = [row + 1, 0];
  }
  return observed;
}
