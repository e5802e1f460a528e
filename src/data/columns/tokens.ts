/** Sequences of tokens: whole numbers that name something, which no arithmetic is done with. */
import { DataError } from '../../base/errors.ts';
import type { Source } from '../dataset.ts';
import { type ColumnScaling, positionName } from './form.ts';

type Tokens = Extract<ColumnScaling, { readonly form: 'tokens' }>;

/**
 * What the training rows say about tokens: their shape, and how many there are: `vocabulary`, or one more than the largest.
 *
 * @throws DataError for values that are not whole numbers, or not below `vocabulary`.
 */
export function fitTokens(train: Source, vocabulary?: number): Tokens {
  const shape = train.form === 'table' ? [train.columns.length] : train.shape.slice(1);
  if (shape.length !== 1)
    throw new DataError({
      where: train.name,
      expected: 'sequences of tokens, of shape [time] per example',
      got: `[${shape.join(', ')}]`,
      fix: 'use another --loss, or store the tokens in rows',
    });
  const values = readTokens({ form: 'tokens', shape, vocabulary: vocabulary ?? Infinity }, train);
  const largest = values.reduce((most, value) => Math.max(most, Number.isNaN(value) ? -1 : value), -1);
  if (largest < 0)
    throw new DataError({
      where: train.name,
      expected: 'at least one token to learn from',
      got: 'only missing values',
      fix: 'give sequences of whole numbers from 0 on',
    });
  return { form: 'tokens', shape, vocabulary: vocabulary ?? largest + 1 };
}

/**
 * Tokens of `source` as float32, padding (negative numbers, empty cells) as NaN.
 *
 * @throws DataError when they are not of that shape and vocabulary.
 */
export function readTokens({ shape, vocabulary }: Tokens, source: Source): Float32Array {
  const values = numbersOf(source);
  const width = shape.reduce((product, length) => product * length, 1);
  const given = source.form === 'table' ? [source.columns.length] : source.shape.slice(1);
  if (given.join() !== shape.join())
    throw new DataError({
      where: source.name,
      expected: `tokens of shape [${shape.join(', ')}] per example`,
      got: `[${given.join(', ')}]`,
      fix: 'cut and pad the sequences as in training',
    });
  return Float32Array.from(values, (value, at) => {
    if (value < 0 || Number.isNaN(value)) return NaN;
    if (Number.isInteger(value) && value < vocabulary) return value;
    throw new DataError({
      where: `${source.name} example ${Math.floor(at / width) + 1} ${positionName(at % width, shape)}`,
      expected: `tokens: whole numbers${vocabulary === Infinity ? '' : ` below ${vocabulary}`}, or negative ones for padding`,
      got: `${value}`,
      fix: Number.isInteger(value) ? 'train with a larger --vocabulary' : 'use --loss squared-error for numbers',
    });
  });
}

/** All values, example by example. */
function numbersOf(source: Source): ArrayLike<number> {
  if (source.form === 'array') return source.values;
  const { columns, rows } = source;
  const values = new Float64Array(rows * columns.length);
  for (const [at, column] of columns.entries()) {
    if (column.type !== 'numeric')
      throw new DataError({
        where: `${source.name} column ${JSON.stringify(column.name)}`,
        expected: 'tokens: whole numbers',
        got: 'text',
        fix: 'number the words first, or leave --loss categorical out: tables may have columns of categories',
      });
    for (let row = 0; row < rows; row++) values[row * columns.length + at] = column.values[row];
  }
  return values;
}
