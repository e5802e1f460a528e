/**
 * `impute`: what is missing, told from what is there.
 *
 *   codes are a distribution: E[missing | there], or draws from p(missing | there), by importance sampling (Mattei & Frellsen 2019)
 *   codes are numbers:        the gaps of the reconstruction, put in, and reconstructed again
 */

import { DataError, OptionError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { undoScaling } from '../data/columns/scaling.ts';
import type { Column, Dataset, Source } from '../data/dataset.ts';
import { matrixRows } from '../data/split.ts';
import { makeCompletion } from '../model/completion.ts';
import type { Examples } from '../model/examples.ts';
import { makeModel } from '../model/model.ts';
import { makeRunner } from '../model/runner.ts';
import { type SimpleWay, simpleFills } from './baselines/fills.ts';
import { columnsOf } from './cells.ts';
import type { TrainedModel } from './trained.ts';

/** Fills the gaps (NaN) of scaled examples: of categories with chances, or one of them. What is there stays as it is. */
export interface Filler {
  /** In words for people. */
  readonly method: string;
  /** The expectation of every gap. */
  expected(examples: Examples, random: Random): Promise<Float32Array>;
  /** Gaps drawn together from what they may have been; absent where codes are no distribution. */
  readonly drawn?: (examples: Examples, random: Random) => Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * What `autoencoder impute --fit` trains where nothing else is asked for: Mattei & Frellsen 2019. Bounded units told hidden cells of small
 * mixed tables best, and bore what made a wide net of others diverge.
 */
export const imputeDefaults = {
  kind: 'variational',
  importanceSamples: 20,
  hidden: [128, 128],
  activation: 'tanh',
} as const;

/** Codes drawn for each example where nothing else is asked for: the error still falls with more, and time grows as they do. */
export const SAMPLES = 500;

/** Times that an example is reconstructed, with the gaps of the last time filled in: on cells hidden on purpose, more do not help. */
const ROUNDS = 3;
/** Growth of the squared error in what is there by which a repeated reconstruction is known to lead away from the data. */
const RUN_AWAY = 2;

/**
 * A model's way to fill gaps, whether or not there were any in its training.
 *
 * @throws DataError for a model of pictures in bytes, of which none can be missing, or of tokens.
 */
export function makeFiller({ engine, model: { blueprint }, parameters }: TrainedModel, samples: number): Filler {
  refuseBytes(blueprint.inputScale !== 1, 'impute');
  refuseTokens(blueprint.vocabulary > 0);
  // The same parameters: what is missing enters as 0.
  const model = makeModel({ ...blueprint, hasMissing: true });
  if (model.kind.sample) {
    const completion = makeCompletion(engine, model, samples);
    const complete = (how: 'mean' | 'draw') => (examples: Examples, random: Random) =>
      inGaps(examples, (rows) => completion.complete(parameters, rows, how, random));
    return {
      method: `importance sampling, ${samples} codes for each example`,
      expected: complete('mean'),
      drawn: complete('draw'),
      dispose: () => completion.dispose(),
    };
  }
  const runner = makeRunner(engine, model);
  const rebuilt = async (examples: Examples): Promise<Float32Array> =>
    (await runner.reconstruct(parameters, examples)).reconstruction;
  return {
    method: `reconstruction, ${ROUNDS} times over`,
    expected: (examples) =>
      inGaps(examples, async (rows) => {
        const kept = await rebuilt(rows);
        for (let round = 1; round < ROUNDS; round++)
          keepSettled(kept, await rebuilt({ ...rows, values: merged(rows.values, kept) }), rows);
        return kept;
      }),
    dispose: () => runner.dispose(),
  };
}

async function simpleFiller(
  { engine }: TrainedModel,
  { values, count, scaling }: Dataset,
  way: SimpleWay,
  random: Random,
): Promise<Filler> {
  const columns = columnsOf(scaling);
  const fill = await simpleFills[way](engine, { values: Float32Array.from(values), count, columns }, random);
  return {
    method: way,
    expected: (examples) => fill({ values: Float32Array.from(examples.values), count: examples.count, columns }),
    dispose: async () => {},
  };
}

/** @throws DataError for pictures in bytes, of which none can be missing. */
export function refuseBytes(isBytes: boolean, where: string): void {
  if (!isBytes) return;
  throw new DataError({
    where,
    expected: 'a table, or series of numbers',
    got: 'pictures in bytes, none of which can be missing',
    fix: 'give data whose values can be missing: a CSV file, JSON, an .npy file of floats',
  });
}

/** @throws DataError for tokens, which are not told one by one. */
function refuseTokens(isTokens: boolean): void {
  if (!isTokens) return;
  throw new DataError({
    where: 'impute',
    expected: 'a model of a table, or of series of numbers',
    got: 'a model of tokens',
    fix: 'train without --loss categorical',
  });
}

/** `tell` is asked about the examples with gaps only. */
async function inGaps(examples: Examples, tell: (rows: Examples) => Promise<Float32Array>): Promise<Float32Array> {
  const { values, count, labels } = examples;
  const width = values.length / count;
  const filled = Float32Array.from(values);
  const rows = Array.from({ length: count }, (_, row) => row).filter((row) =>
    filled.subarray(row * width, (row + 1) * width).some(Number.isNaN),
  );
  if (rows.length === 0) return filled;
  const given = matrixRows(filled, width, rows);
  const chosen = labels && { values: Int32Array.from(rows, (row) => labels.values[row]) };
  const told = merged(given, await tell({ values: given, count: rows.length, ...(chosen ? { labels: chosen } : {}) }));
  for (const [at, row] of rows.entries()) filled.set(told.subarray(at * width, (at + 1) * width), row * width);
  return filled;
}

/** Takes over the later reconstruction of the examples that have not run away in it: what is there is still told as well, or nearly. */
function keepSettled(kept: Float32Array, later: Float32Array, { values, count }: Examples): void {
  const width = values.length / count;
  for (let row = 0; row < count; row++) {
    let [before, after] = [0, 0];
    for (let at = row * width; at < (row + 1) * width; at++) {
      if (Number.isNaN(values[at])) continue;
      before += (values[at] - kept[at]) ** 2;
      after += (values[at] - later[at]) ** 2;
    }
    if (after <= RUN_AWAY * before) kept.set(later.subarray(row * width, (row + 1) * width), row * width);
  }
}

/** What is told where nothing is there. */
function merged(there: ArrayLike<number>, told: Float32Array): Float32Array {
  return told.map((value, at) => (Number.isNaN(there[at]) ? value : there[at]));
}

export interface ImputeRequest {
  readonly trained: TrainedModel;
  /** The examples as the model takes them. */
  readonly data: Dataset;
  /** The same as they came, to be filled; cells may all be texts. */
  readonly source: Source;
  /** Codes drawn for each example. */
  readonly samples: number;
  /** How many times gaps are drawn; 0 for their expectation, once. */
  readonly multiple: number;
  /** Who fills them; a simple way learns from the data that it fills. */
  readonly by: 'model' | SimpleWay;
  readonly random: Random;
}

export interface Imputed {
  /** The source with its gaps filled: once, or as many times as they were drawn. */
  readonly sources: readonly Source[];
  readonly method: string;
  /** Of every column that the model knows: cells that were missing, and categories that it has not seen, which stay as they are. */
  readonly columns: readonly ColumnGaps[];
}

export interface ColumnGaps {
  readonly name: string;
  readonly missing: number;
  readonly unknown: number;
}

/**
 * Fills what is missing in `source`.
 *
 * @throws OptionError where gaps are to be drawn by a kind whose codes are no distribution; DataError for a model of pictures or tokens.
 */
export async function impute({
  trained,
  data,
  source,
  samples,
  multiple,
  by,
  random,
}: ImputeRequest): Promise<Imputed> {
  const filler = by === 'model' ? makeFiller(trained, samples) : await simpleFiller(trained, data, by, random.fork(by));
  if (multiple > 0 && !filler.drawn)
    throw new OptionError({
      where: '--multiple',
      expected: 'a model whose code is a distribution, to draw from',
      got: by === 'model' ? trained.model.blueprint.kind.name : by,
      fix: by === 'model' ? 'train with --kind variational, or leave --multiple out' : 'leave out --by, or --multiple',
    });
  const sources: Source[] = [];
  const { drawn } = filler;
  for (let time = 0; time < Math.max(1, multiple); time++) {
    const values =
      multiple > 0 && drawn
        ? await drawn(data, random.fork(`draw ${time}`))
        : await filler.expected(data, random.fork('codes'));
    sources.push(filledIn(source, undoScaling(trained.card.scaling, values, data.count)));
  }
  await filler.dispose();
  return { sources, method: filler.method, columns: gapsOf(source, data) };
}

/** Significant digits of what is filled in: more would say more than is known. */
const DIGITS = 6;

/** `source` with what is missing taken from `told`, column by column of the same name; all else is the source's own. */
export function filledIn(source: Source, told: Source): Source {
  if (source.form === 'array' && told.form === 'array')
    return {
      ...source,
      values: Float32Array.from(source.values, (value, at) => (Number.isNaN(value) ? told.values[at] : value)),
    };
  if (source.form !== 'table' || told.form !== 'table')
    throw new Error('internal: filled in from another form of data');
  const byName = new Map(told.columns.map((column) => [column.name, column]));
  return { ...source, columns: source.columns.map((column) => filledColumn(column, byName.get(column.name))) };
}

function filledColumn(column: Column, told: Column | undefined): Column {
  if (told === undefined) return column;
  const { name } = column;
  if (column.type === 'numeric' && told.type === 'numeric') {
    const values = column.values.map((value, row) => (Number.isNaN(value) ? rounded(told.values[row]) : value));
    return { type: 'numeric', name, values };
  }
  const texts =
    column.type === 'category'
      ? column.values
      : Array.from(column.values, (value) => (Number.isNaN(value) ? null : `${value}`));
  const textOf = (row: number): string | null =>
    told.type === 'category' ? told.values[row] : `${rounded(told.values[row])}`;
  return { type: 'category', name, values: texts.map((text, row) => text ?? textOf(row)) };
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/** What was missing where; of data that is no table, of all its numbers together. */
function gapsOf(source: Source, { values, count, scaling }: Dataset): ColumnGaps[] {
  if (source.form !== 'table' || scaling.form !== 'columns')
    return [{ name: 'all numbers', missing: [...values].filter(Number.isNaN).length, unknown: 0 }];
  const byName = new Map(source.columns.map((column) => [column.name, column]));
  const width = values.length / count;
  let from = 0;
  return scaling.columns.map((rule) => {
    const column = byName.get(rule.name);
    let [missing, gaps] = [0, 0];
    for (let row = 0; row < count; row++) {
      if (Number.isNaN(values[row * width + from])) gaps++;
      if (column && isMissing(column, row)) missing++;
    }
    from += rule.type === 'numeric' ? 1 : rule.categories.length;
    return { name: rule.name, missing, unknown: gaps - missing };
  });
}

function isMissing(column: Column, row: number): boolean {
  return column.type === 'category' ? column.values[row] === null : Number.isNaN(column.values[row]);
}
