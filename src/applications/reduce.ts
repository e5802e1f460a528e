/**
 * `reduce`: codes as a map of the data in few dimensions, and how good a map, beside as many principal components.
 *
 *   examples ── encode ── codes ──┬── rebuilt: mean squared error
 *            └─ PCA ──── codes ───┴── neighbours: trustworthiness, continuity (Venna & Kaski 2001), agreement of labels
 */
import { DataError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { sizeOf } from '../graph/tensor.ts';
import { averageLosses } from '../training/measure.ts';
import { applyPca, fitPca, pcaDataOf } from './baselines/pca.ts';
import {
  type Distances,
  differencesBetween,
  distancesBetween,
  neighbourAgreement,
  trustworthiness,
} from './neighbours.ts';
import type { TrainedModel } from './trained.ts';

export interface MapQuality {
  /** Mean squared error of what the codes rebuild, per feature, scaled units; of tokens, the share told wrongly. */
  readonly mse: number;
  /** Whether neighbours on the map are neighbours in the data, ½ for a map at random … 1. */
  readonly trustworthiness: number;
  /** Whether neighbours in the data are neighbours on the map. */
  readonly continuity: number;
  /** Share of the examples whose neighbours on the map mostly have their label; where there are labels. */
  readonly agreement?: number;
}

export interface Reduced {
  readonly model: MapQuality;
  readonly pca: MapQuality;
  /** What the data itself has to say, before anything was left out. */
  readonly data: Pick<MapQuality, 'agreement'>;
  /** How many neighbours were asked about, of how many examples. */
  readonly neighbours: number;
  readonly measured: number;
  /** Codes of all examples, `[count, width]` each. */
  readonly codes: { readonly model: Float32Array; readonly pca: Float32Array; readonly pcaWidth: number };
  /** Share of the variance along each principal component. */
  readonly explained: readonly number[];
}

export interface ReduceRequest extends TrainedModel {
  /** What is measured. */
  readonly data: Dataset;
  /** What the principal components are fitted on: the training examples, or the data itself. */
  readonly fitOn: Dataset;
  readonly random: Random;
}

const NEIGHBOURS = 10;
/** Neighbourhoods are measured on that many examples, drawn at random: distances are as many squared. */
const MOST = 2000;
const LEAST = 5;

/** @throws DataError for fewer than 5 examples: there are no neighbourhoods to speak of. */
export async function reduce({
  engine,
  runner,
  model,
  parameters,
  data,
  fitOn,
  random,
}: ReduceRequest): Promise<Reduced> {
  if (data.count < LEAST)
    throw new DataError({
      where: data.name,
      expected: `at least ${LEAST} examples, to ask who is near whom`,
      got: `${data.count}`,
      fix: 'give more data',
    });
  const { blueprint } = model;
  const { latent } = blueprint;
  const { code } = await runner.encode(parameters, data);
  const { mse } = await averageLosses({ runner, model }, data, parameters, random.fork('losses'), {
    share: 1,
    epoch: Number.POSITIVE_INFINITY,
  });
  const components = await fitPca(engine, pcaDataOf(fitOn, blueprint), latent, random.fork('pca'));
  const pca = await applyPca(engine, components, pcaDataOf(data, blueprint));

  const rows = random.fork('rows').permutation(data.count).subarray(0, MOST);
  const labels = data.labels && Int32Array.from(rows, (row) => data.labels?.values[row] ?? -1);
  const neighbours = Math.min(NEIGHBOURS, Math.floor((rows.length - 1) / 2));
  const truth = await truthOf(engine, data, rows, blueprint.vocabulary > 0);
  const agreementOf = (map: Distances): Pick<MapQuality, 'agreement'> =>
    labels?.some((label) => label >= 0) ? { agreement: neighbourAgreement(map, labels, neighbours) } : {};
  const qualityOf = async (codes: Float32Array, width: number): Promise<Omit<MapQuality, 'mse'>> => {
    const map = await distancesBetween(engine, { values: rowsOf(codes, width, rows), width });
    return {
      trustworthiness: trustworthiness(truth, map, neighbours),
      continuity: trustworthiness(map, truth, neighbours),
      ...agreementOf(map),
    };
  };
  return {
    model: { mse, ...(await qualityOf(code, latent)) },
    pca: { mse: pca.mse, ...(await qualityOf(pca.codes, components.components)) },
    data: agreementOf(truth),
    neighbours,
    measured: rows.length,
    codes: { model: code, pca: pca.codes, pcaWidth: components.components },
    explained: Array.from(components.variances, (variance) => variance / components.totalVariance),
  };
}

/** Distances as the model is given the examples: scaled, what is missing at the mean; of tokens, how many differ. */
function truthOf(engine: Engine, { values, shape }: Dataset, rows: Int32Array, isTokens: boolean): Promise<Distances> {
  const width = sizeOf(shape);
  const chosen = rowsOf(values, width, rows);
  if (isTokens) return Promise.resolve(differencesBetween({ values: chosen, width }));
  return distancesBetween(engine, { values: chosen.map((value) => (Number.isNaN(value) ? 0 : value)), width });
}

function rowsOf(values: ArrayLike<number>, width: number, rows: Int32Array): Float32Array {
  const chosen = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries())
    for (let i = 0; i < width; i++) chosen[at * width + i] = values[row * width + i];
  return chosen;
}
