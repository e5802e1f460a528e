/** What finds anomalies without a network: principal components, an isolation forest, nearest neighbours. */
import type { Random } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import { matrixRows } from '../../data/split.ts';
import type { Engine } from '../../engine/engine.ts';
import { sizeOf } from '../../graph/tensor.ts';
import type { Points } from '../neighbours.ts';
import { growIsolationForest, isolationScores } from './isolation-forest.ts';
import { nearestDistances } from './kth-neighbour.ts';
import { applyPca, fitPca } from './pca.ts';

/** The fifth neighbour, as is usual. */
const NEIGHBOURS = 5;
/** Distances to more rows than this cost more than they tell. */
const MOST_ROWS = 50_000;
/** Components beyond this take long and tell little. */
const MOST_COMPONENTS = 64;

/** Scores of every row of `data`, by baseline; all learn from `known`, which may be the same. */
export async function baselineScores(
  engine: Engine,
  known: Dataset,
  data: Dataset,
  { isSelf, random }: { readonly isSelf: boolean; readonly random: Random },
): Promise<Readonly<Record<'pca' | 'isolationForest' | 'nearestNeighbours', Float64Array>>> {
  const [train, asked] = [rowsOf(known), rowsOf(data)];
  const { width } = train;
  const drawn =
    known.count > MOST_ROWS ? random.fork('neighbours').permutation(known.count).subarray(0, MOST_ROWS) : undefined;
  return {
    pca: await componentScores(engine, train, asked, random.fork('pca')),
    isolationForest: isolationScores(growIsolationForest(train, random.fork('forest')), asked),
    nearestNeighbours: await nearestDistances(
      engine,
      drawn ? { values: matrixRows(train.values, width, drawn), width } : train,
      asked,
      {
        k: NEIGHBOURS,
        isSelf: isSelf && !drawn,
      },
    ),
  };
}

/** Scaled values, what is missing at the mean. */
function rowsOf({ values, shape }: Dataset): Points {
  const isBytes = values instanceof Uint8Array;
  return {
    values: Float32Array.from(values, (value) => (isBytes ? value / 255 : Number.isNaN(value) ? 0 : value)),
    width: sizeOf(shape),
  };
}

/** Σ z²/λ over the principal components: how far a row is from the mean, in spreads. Shyu, Chen, Sarinnapakorn & Chang 2003. */
async function componentScores(engine: Engine, train: Points, asked: Points, random: Random): Promise<Float64Array> {
  const { width } = train;
  const dataOf = ({ values }: Points) => ({
    values,
    count: values.length / width,
    scale: 1,
    features: width,
    vocabulary: 0,
  });
  const pca = await fitPca(engine, dataOf(train), Math.min(width, MOST_COMPONENTS), random);
  const { codes } = await applyPca(engine, pca, dataOf(asked));
  const least = 1e-6 * pca.totalVariance;
  const scores = new Float64Array(codes.length / pca.components);
  for (let i = 0; i < codes.length; i++) {
    const variance = pca.variances[i % pca.components];
    if (variance > least) scores[Math.floor(i / pca.components)] += codes[i] ** 2 / variance;
  }
  return scores;
}
