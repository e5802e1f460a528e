/**
 * `interpolate`: what lies between examples, and what they would be with more of one class and less of another.
 *
 *   from, to ── encode ── codes on the way ──────────────────────┐
 *   from ────── encode ── + strength × (mean plus − mean minus) ─┴─ decode
 */
import { DataError, OptionError } from '../base/errors.ts';
import { suggestion } from '../base/options.ts';
import type { Dataset } from '../data/dataset.ts';
import { takeExamples } from '../data/split.ts';
import type { Model } from '../model/model.ts';
import { codesOnPath, type PathName } from './code-path.ts';
import type { TrainedModel } from './trained.ts';

/** Ways from codes to others: `[ways, latent]` both. */
export interface Ways {
  readonly from: Float32Array;
  readonly to: Float32Array;
  /** Classes of both ends, for models that are told classes. */
  readonly labels?: { readonly from: Int32Array; readonly to: Int32Array };
}

/** What lies on the ways, one after the other, each of `steps` examples with both its ends. */
export interface OnWays {
  readonly steps: number;
  /** `[ways · steps, latent]` */
  readonly codes: Float32Array;
  /** `[ways · steps, …shape]` in scaled units. */
  readonly values: Float32Array;
  readonly count: number;
}

type Decoder = Pick<TrainedModel, 'model' | 'runner' | 'parameters'>;

/** Along a sphere where the prior is normal in all numbers of a code, else straight. */
export function usualPath({ kind, blueprint: { latent } }: Model): PathName {
  return kind.normalNumbers?.(latent) === latent ? 'spherical' : 'linear';
}

/** Codes on each way, decoded; a model that is told classes is told that of the nearer end. */
export async function walk(
  { model, runner, parameters }: Decoder,
  { from, to, labels }: Ways,
  { steps, path = usualPath(model) }: { readonly steps: number; readonly path?: PathName },
): Promise<OnWays> {
  const { latent } = model.blueprint;
  const ways = from.length / latent;
  const normal = path === 'linear' ? 0 : (model.kind.normalNumbers?.(latent) ?? latent);
  const codes = new Float32Array(ways * steps * latent);
  for (let way = 0; way < ways; way++) {
    const [start, end] = [from, to].map((ends) => ends.subarray(way * latent, (way + 1) * latent));
    codes.set(codesOnPath(start, end, steps, normal), way * steps * latent);
  }
  const count = ways * steps;
  const told =
    labels &&
    Int32Array.from({ length: count }, (_, at) => {
      const way = Math.floor(at / steps);
      return 2 * (at % steps) < steps ? labels.from[way] : labels.to[way];
    });
  return { steps, codes, values: await runner.decode(parameters, codes, told), count };
}

/** The ways from some examples of the data to others, by rows. */
export async function waysBetween(
  { model, runner, parameters }: Decoder,
  data: Dataset,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
): Promise<Ways> {
  const [start, end] = [takeExamples(data, from), takeExamples(data, to)];
  const codesOf = async (examples: Dataset): Promise<Float32Array> => (await runner.encode(parameters, examples)).code;
  const isTold = model.blueprint.classes > 0 && start.labels && end.labels;
  return {
    from: await codesOf(start),
    to: await codesOf(end),
    ...(isTold ? { labels: { from: start.labels.values, to: end.labels.values } } : {}),
  };
}

export interface Change {
  /** Classes of the data: what there is to be less of, and more of. */
  readonly minus: string;
  readonly plus: string;
  /** 1 goes as far as the means of both are apart. */
  readonly strength: number;
}

/**
 * The ways from examples to where they are when the class `minus` is taken away and `plus` is added: by the difference of the means of
 * their codes. Larsen et al. 2016, "Autoencoding beyond pixels", section 5.2.
 *
 * @throws DataError without labels; OptionError for a class that there is not, twice the same, or a model that is told the class: its codes
 * leave it out.
 */
export async function waysOfChange(
  { model, runner, parameters }: Decoder,
  data: Dataset,
  from: ArrayLike<number>,
  { minus, plus, strength }: Change,
): Promise<Ways> {
  if (model.kind.labels === 'told')
    throw new OptionError({
      where: '--plus',
      expected: 'a model that is told no classes: its codes have to say them',
      got: 'one that is told',
      fix: 'train without --labels given; generate --class draws a chosen class from this one',
    });
  if (minus === plus)
    throw new OptionError({
      where: '--plus',
      expected: 'another class than that of --minus',
      got: JSON.stringify(plus),
      fix: 'name two classes',
    });
  const { latent } = model.blueprint;
  const { code } = await runner.encode(parameters, data);
  const [less, more] = [minus, plus].map((name) => meanOf(code, latent, rowsOf(data, name)));
  const start = Float32Array.from(from, (row) => row).length;
  const codes = new Float32Array(start * latent);
  for (let at = 0; at < start; at++) codes.set(code.subarray(from[at] * latent, (from[at] + 1) * latent), at * latent);
  return { from: codes, to: codes.map((value, at) => value + strength * (more[at % latent] - less[at % latent])) };
}

/** Rows of a class. @throws DataError without labels; OptionError for a class that there is not. */
export function rowsOf({ labels, name }: Dataset, label: string): number[] {
  if (!labels)
    throw new DataError({
      where: name,
      expected: 'labels, whose classes --minus and --plus name',
      got: 'none',
      fix: 'name the column of labels with --label',
    });
  const number = labels.names.indexOf(label);
  const rows = [...labels.values.keys()].filter((row) => number >= 0 && labels.values[row] === number);
  if (rows.length > 0) return rows;
  throw new OptionError({
    where: 'class',
    expected: `one of ${labels.names.join(', ')}`,
    got: JSON.stringify(label),
    fix: suggestion(label, labels.names),
  });
}

function meanOf(codes: Float32Array, latent: number, rows: readonly number[]): Float64Array {
  const mean = new Float64Array(latent);
  for (const row of rows) for (let at = 0; at < latent; at++) mean[at] += codes[row * latent + at] / rows.length;
  return mean;
}
