/** Codes as a map: in the plane in which they vary most. */
import { applyPca, fitPca } from '../applications/baselines/pca.ts';
import { createRandom } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { firstRows, pictureShape, scaled, stackOf } from './pictures.ts';
import type { CodeMap } from './report-data.ts';

const POINTS = 3000;
const THUMBNAILS = 1000;

/** The map of the first codes `[count, width]` of `data`; nothing where there is no plane, or hardly a point. */
export async function codeMap(
  engine: Engine,
  codes: Float32Array,
  width: number,
  data: Dataset,
): Promise<CodeMap | undefined> {
  const mapped = firstRows(data, POINTS);
  if (width < 2 || mapped.count < 3) return undefined;
  const values = codes.subarray(0, mapped.count * width);
  // In units of the largest: the squares of codes that ran away must not overflow.
  const unit = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const matrix = {
    values: values.map((value) => value / unit),
    count: mapped.count,
    scale: 1,
    features: width,
    vocabulary: 0,
  };
  const pca = await fitPca(engine, matrix, 2, createRandom(0).fork('map'));
  if (pca.components < 2) return undefined;
  const { codes: plane } = await applyPca(engine, pca, matrix);
  const pictures = firstRows(mapped, THUMBNAILS);
  return {
    points: Array.from({ length: mapped.count }, (_, i) => [unit * plane[2 * i], unit * plane[2 * i + 1]] as const),
    explained: [pca.variances[0] / pca.totalVariance, pca.variances[1] / pca.totalVariance],
    ...(mapped.labels ? { labels: { values: Array.from(mapped.labels.values), names: mapped.labels.names } } : {}),
    ...(pictureShape(mapped) ? { thumbnails: stackOf(pictures, scaled(pictures)) } : {}),
  };
}
