/**
 * Principal component analysis, the baseline of every training run: the best linear autoencoder with the same code size.
 *
 * Subspace iteration with Rayleigh–Ritz (Halko, Martinsson & Tropp 2011, algorithm 4.4): products with the data run in the
 * engine, batch by batch, so nothing of the size features² is ever made; the small eigenproblem is ml-matrix's.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Random } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import { type Engine, float32, type Program } from '../../engine/engine.ts';
import { add, multiply } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { input } from '../../graph/ops/input.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import { scan } from '../../graph/ops/scan.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import type { Blueprint } from '../../model/blueprint.ts';
import { observedCount } from '../../model/examples.ts';
import { type PcaData, type Rows, readRows, widthOf } from './pca-rows.ts';

export interface Pca {
  readonly mean: Float32Array;
  /** `[features, components]`, orthonormal columns, largest variance first. */
  readonly directions: Float32Array;
  readonly components: number;
  /** Variance along each component. */
  readonly variances: Float64Array;
  /** Sum of the variances of all features. */
  readonly totalVariance: number;
}

/** A part of a model's data, as principal components take it. */
export function pcaDataOf({ values, count }: Dataset, { shape, vocabulary, inputScale }: Blueprint): PcaData {
  const features = sizeOf(shape) * Math.max(1, vocabulary);
  return { values, count, scale: inputScale, features, vocabulary };
}

const BATCH = 256;
/** Tokens are not written out one-hot: what counts is that few batches add to all features. */
const TOKEN_BATCH = 2048;
const OVERSAMPLING = 10;
const MOST_ROUNDS = 40;
/** Products of numbers in making bases orthonormal, over all rounds: for very wide data, a few rounds have to do. */
const MOST_PRODUCTS = 1e10;
const LEAST_ROUNDS = 4;
/** Relative change of the captured variance below which the iteration has settled. */
const SETTLED = 1e-6;

/** Fits `components` (at most features and examples) principal components. */
export async function fitPca(engine: Engine, data: PcaData, components: number, random: Random): Promise<Pca> {
  const { features } = data;
  const kept = Math.min(components, features, data.count);
  const width = Math.min(features, kept + OVERSAMPLING);
  const moments = await engine.compile(momentsGraph(data));
  const { total, squares } = await runOver(moments, data, batchOf(data), {});
  const mean = Float32Array.from(total.data, (value) => value / data.count);
  let totalVariance = 0;
  for (let f = 0; f < features; f++) totalVariance += squares.data[f] / data.count - mean[f] ** 2;
  await moments.dispose();

  const product = await engine.compile(productGraph(data, width));
  let basis = orthonormal(
    Matrix.from1DArray(
      features,
      width,
      Array.from({ length: features * width }, () => random.normal()),
    ),
  );
  let captured = 0;
  let ritz = new EigenvalueDecomposition(Matrix.eye(width), { assumeSymmetric: true });
  const affordable = Math.max(LEAST_ROUNDS, Math.floor(MOST_PRODUCTS / (features * width ** 2)));
  for (let round = 0; round < Math.min(MOST_ROUNDS, affordable); round++) {
    const flat = Float32Array.from(basis.to1DArray());
    const { result } = await runOver(product, data, batchOf(data), {
      basis: float32(flat, [features, width]),
      mean: float32(mean),
    });
    const image = Matrix.from1DArray(
      features,
      width,
      Array.from(result.data, (value) => value / data.count),
    );
    ritz = new EigenvalueDecomposition(basis.transpose().mmul(image), { assumeSymmetric: true });
    const now = largest(ritz.realEigenvalues, kept).reduce((sofar, at) => sofar + ritz.realEigenvalues[at], 0);
    const isSettled = Math.abs(now - captured) <= SETTLED * Math.abs(now);
    captured = now;
    if (isSettled || width === features) break;
    basis = orthonormal(image);
  }
  await product.dispose();
  const order = largest(ritz.realEigenvalues, kept);
  const rotated = basis.mmul(ritz.eigenvectorMatrix.subMatrixColumn(order));
  return {
    mean,
    directions: Float32Array.from(rotated.to1DArray()),
    components: kept,
    variances: Float64Array.from(order, (at) => Math.max(0, ritz.realEigenvalues[at])),
    totalVariance,
  };
}

/** Codes `[count, components]` of data, and the mean squared error per (observed) feature of what they rebuild, or the share of tokens told wrongly. */
export async function applyPca(
  engine: Engine,
  pca: Pca,
  data: PcaData,
): Promise<{ readonly codes: Float32Array; readonly mse: number }> {
  const { features } = data;
  const index = input('index', 'int32', [2, BATCH], { anyLength: true });
  const directions = input('directions', 'float32', [features, pca.components]);
  const mean = input('mean', 'float32', [features]);
  const { outputs } = scan({ carried: [], scanned: [index] }, (_, [rows]) => {
    const { times, error } = readRows(data, rows);
    const code = times(directions, mean);
    const rebuilt = add(matmul(code, directions, { right: true }), mean);
    return { carried: [], outputs: [code, sum(error(rebuilt), [1])] };
  });
  const program = await engine.compile({ code: outputs[0], error: outputs[1] });
  const { code, error } = await runOver(program, data, BATCH, {
    directions: float32(pca.directions, [features, pca.components]),
    mean: float32(pca.mean),
  });
  await program.dispose();
  let total = 0;
  for (let i = 0; i < data.count; i++) total += error.data[i];
  return { codes: (code.data as Float32Array).slice(0, data.count * pca.components), mse: total / observedCount(data) };
}

/** Σ x and Σ x² per feature. */
function momentsGraph(data: PcaData): Record<string, Tensor> {
  return accumulate(
    data,
    ({ moments }, isRow) => moments(isRow),
    [[data.features], [data.features]],
    ['total', 'squares'],
  );
}

/** Σ (x − μ)ᵀ (x − μ) basis. */
function productGraph(data: PcaData, width: number): Record<string, Tensor> {
  const basis = input('basis', 'float32', [data.features, width]);
  const mean = input('mean', 'float32', [data.features]);
  return accumulate(
    data,
    ({ times, added }, isRow) => [added(multiply(times(basis, mean), isRow), mean)],
    [[data.features, width]],
    ['result'],
  );
}

/** Sums what `of` gives for every batch; `isRow` is 0 for rows that only fill up the last batch. */
function accumulate(
  data: PcaData,
  of: (rows: Rows, isRow: Tensor) => readonly Tensor[],
  shapes: readonly (readonly number[])[],
  names: readonly string[],
): Record<string, Tensor> {
  const batch = batchOf(data);
  const index = input('index', 'int32', [2, batch], { anyLength: true });
  const used = input('used', 'float32', [2, batch], { anyLength: true });
  const starts = shapes.map((shape, at) => input(`start ${at}`, 'float32', shape));
  const { carried } = scan({ carried: starts, scanned: [index, used] }, (sofar, [rows, isUsed]) => {
    const parts = of(readRows(data, rows), reshape(isUsed, [batch, 1]));
    return { carried: sofar.map((value, at) => add(value, parts[at])), outputs: [] };
  });
  return Object.fromEntries(names.map((name, at) => [name, carried[at]]));
}

function batchOf({ vocabulary }: PcaData): number {
  return vocabulary > 0 ? TOKEN_BATCH : BATCH;
}

async function runOver(program: Program, data: PcaData, batch: number, feeds: Parameters<Program['run']>[0]) {
  const batches = Math.ceil(data.count / batch);
  const zero = (shape: readonly number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
  const width = feeds.basis?.shape[1] ?? 1;
  return program.run({
    examples: { data: data.values, shape: [data.count, widthOf(data)] },
    index: {
      data: Int32Array.from({ length: batches * batch }, (_, i) => (i < data.count ? i : 0)),
      shape: [batches, batch],
    },
    used: float32(
      Float32Array.from({ length: batches * batch }, (_, i) => Number(i < data.count)),
      [batches, batch],
    ),
    'start 0': zero(feeds.basis ? [data.features, width] : [data.features]),
    'start 1': zero([data.features]),
    ...feeds,
  });
}

/** Columns made orthonormal by modified Gram–Schmidt, twice for safety; columns that vanish stay zero. */
function orthonormal(matrix: Matrix): Matrix {
  const columns = matrix.transpose().to2DArray();
  for (let round = 0; round < 2; round++)
    for (let j = 0; j < columns.length; j++) {
      for (let i = 0; i < j; i++) {
        const along = dot(columns[i], columns[j]);
        for (let f = 0; f < columns[j].length; f++) columns[j][f] -= along * columns[i][f];
      }
      const length = Math.sqrt(dot(columns[j], columns[j]));
      if (length > 0) for (let f = 0; f < columns[j].length; f++) columns[j][f] /= length;
    }
  return new Matrix(columns).transpose();
}

function dot(a: readonly number[], b: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** Indices of the `count` largest values, largest first. */
function largest(values: readonly number[], count: number): number[] {
  return values
    .map((value, at) => ({ value, at }))
    .sort((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ at }) => at);
}
