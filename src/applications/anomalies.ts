/**
 * `anomalies`: how unlike what is normal each example is, why, and where to draw the line, beside what finds anomalies without a network.
 *
 *   examples ── detector ── nats of each column ── score ── threshold ── anomaly or not
 *                     └── reconstruction: what would have been expected
 */
import { OptionError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { featureNames, undoScaling } from '../data/columns/scaling.ts';
import type { Dataset, Labels, Source } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { baselineScores } from './baselines/detection.ts';
import { type Detector, scoreWith } from './detector.ts';
import { areaUnderRoc, averagePrecision, type Detection, detectionAt } from './roc.ts';
import { readForScoring, type UnseenCategory } from './scoring-data.ts';
import { chooseThreshold, type ThresholdRule } from './threshold.ts';

/** How well scores tell anomalies from the rest, over all thresholds. */
export interface Ranking {
  readonly auroc: number;
  readonly averagePrecision: number;
}

export interface Anomalies {
  /** Nats by which each example surprises. */
  readonly scores: Float64Array;
  readonly threshold: number;
  readonly isAnomaly: readonly boolean[];
  /** Share of what is normal that scores at least as high. */
  readonly rarity: Float64Array;
  /** Nats of each column, `[count, names.length]`. */
  readonly columns: Float32Array;
  readonly names: readonly string[];
  /** What the (first) model would have expected instead, in raw units. */
  readonly expected: Source;
  readonly unseen: readonly UnseenCategory[];
  /** Where examples of both sorts are labelled. */
  readonly measured?: {
    readonly examples: number;
    readonly anomalies: number;
    readonly model: Ranking & Detection;
    /** Where it is known what to learn from. */
    readonly baselines?: Readonly<Record<'pca' | 'isolationForest' | 'nearestNeighbours', Ranking>>;
  };
}

export interface AnomaliesRequest {
  readonly engine: Engine;
  readonly detector: Detector;
  readonly source: Source;
  readonly threshold: ThresholdRule;
  /** Whether each example is an anomaly, undefined where that is not known. */
  readonly labels?: readonly (boolean | undefined)[];
  /** Which labelled examples may be measured on: those that nothing learned from. All when absent. */
  readonly isMeasured?: (row: number) => boolean;
  /** What the baselines learn from: the rows that the detector was trained on. Without it there are no baselines. */
  readonly fitOn?: Source;
  readonly random: Random;
}

/** @throws DataError for data that the detector was not made for, OptionError for a threshold that needs labels. */
export async function findAnomalies(request: AnomaliesRequest): Promise<Anomalies> {
  const { engine, detector, source, labels, isMeasured = () => true, fitOn, random } = request;
  const { scores, columns, reconstruction, unseen } = await scoreWith(detector.members, source);
  const [{ card }] = detector.members;
  const known = labels?.map((label, row) => (isMeasured(row) ? label : undefined));
  const threshold = chooseThreshold(request.threshold, {
    reference: detector.reference,
    scores,
    isAnomaly: known ?? labels,
  });
  const rows = Array.from(known ?? [], (_, row) => row).filter((row) => known?.[row] !== undefined);
  const truth = rows.map((row) => known?.[row] === true);
  const anomalies = truth.filter(Boolean).length;
  const result: Anomalies = {
    scores,
    threshold,
    isAnomaly: Array.from(scores, (score) => score > threshold),
    rarity: scores.map((score) => shareAtLeast(detector.reference, score)),
    columns,
    names: card.scaling.form === 'columns' ? card.scaling.columns.map(({ name }) => name) : featureNames(card.scaling),
    expected: undoScaling(card.scaling, reconstruction, scores.length, 'expected'),
    unseen,
  };
  if (anomalies === 0 || anomalies === rows.length) return result;
  const chosen = (all: ArrayLike<number>): number[] => rows.map((row) => all[row]);
  const ranking = (all: ArrayLike<number>): Ranking => ({
    auroc: areaUnderRoc(chosen(all), truth),
    averagePrecision: averagePrecision(chosen(all), truth),
  });
  const read = (from: Source): Dataset => readForScoring(card, from).data;
  const baselinesOf = async (known: Source) => {
    const found = await baselineScores(engine, read(known), read(source), { isSelf: known === source, random });
    return {
      pca: ranking(found.pca),
      isolationForest: ranking(found.isolationForest),
      nearestNeighbours: ranking(found.nearestNeighbours),
    };
  };
  return {
    ...result,
    measured: {
      examples: rows.length,
      anomalies,
      model: { ...ranking(scores), ...detectionAt(chosen(scores), truth, threshold) },
      ...(fitOn ? { baselines: await baselinesOf(fitOn) } : {}),
    },
  };
}

/** Share of the ascending `sorted` that is at least `value`. */
function shareAtLeast(sorted: ArrayLike<number>, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle] < value) from = middle + 1;
    else to = middle;
  }
  return (sorted.length - from) / sorted.length;
}

/** Names by which the normal class goes; where none of them is there, it is the most frequent one. */
const NORMAL_NAMES = ['normal', 'ok', 'good', 'inlier', 'no', 'false', '0'];

/**
 * Which labelled examples are anomalies: those of any other class than the normal one.
 *
 * @throws OptionError for a normal class that there is not.
 */
export function anomalyLabels(
  { values, names }: Labels,
  normal?: string,
): { readonly normal: string; readonly isAnomaly: (boolean | undefined)[] } {
  if (normal !== undefined && !names.includes(normal))
    throw new OptionError({
      where: `--normal ${normal}`,
      expected: `one of the labels ${names.join(', ')}`,
      got: normal,
      fix: 'name the class that is normal',
    });
  const counts = names.map((_, at) => values.reduce((count, value) => count + (value === at ? 1 : 0), 0));
  const usual = names.findIndex((name) => NORMAL_NAMES.includes(name.toLowerCase()));
  const chosen =
    normal === undefined ? (usual >= 0 ? usual : counts.indexOf(Math.max(...counts))) : names.indexOf(normal);
  return {
    normal: names[chosen] ?? 'none',
    isAnomaly: Array.from(values, (value) => (value < 0 ? undefined : value !== chosen)),
  };
}
