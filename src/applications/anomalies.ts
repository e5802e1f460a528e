/**
 * `anomalies`: how unlike what is normal each example is, why, and where to draw the line, beside what finds anomalies without a network.
 *
 *   examples ── detector ── nats of each column ── score ── threshold ── anomaly or not
 *                     └── reconstruction: what would have been expected
 */
import { OptionError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { featureNames, undoScaling } from '../data/columns/scaling.ts';
import type { Dataset, Labels, Source, TableSource } from '../data/dataset.ts';
import { asSeries } from '../data/windows.ts';
import type { Engine } from '../engine/engine.ts';
import { baselineScores } from './baselines/detection.ts';
import { type Detector, scoreWith } from './detector.ts';
import { areaUnderRoc, averagePrecision, type Detection, detectionAt } from './roc.ts';
import { readForScoring, type UnseenCategory } from './scoring-data.ts';
import { cut, rowsOfWindows, scoreRows } from './series.ts';
import { type EventCounts, labelledStretches, overlapOf, type Stretch, stretchesOf } from './stretches.ts';
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
  /** Of a series: rows that are one anomaly together. */
  readonly stretches?: readonly Stretch[];
  /** Where examples of both sorts are labelled. */
  readonly measured?: {
    readonly examples: number;
    readonly anomalies: number;
    readonly model: Ranking & Detection;
    /** Of a series: how the stretches meet those that are labelled. */
    readonly events?: EventCounts;
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
  const { scores, columns, names, expected, unseen } = await scoresOf(detector, source);
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
    ...calledBy(detector, scores, threshold),
    rarity: scores.map((score) => shareAtLeast(detector.reference, score)),
    columns,
    names,
    expected,
    unseen,
  };
  if (anomalies === 0 || anomalies === rows.length) return result;
  const chosen = (all: ArrayLike<number>): number[] => rows.map((row) => all[row]);
  const ranking = (all: ArrayLike<number>): Ranking => ({
    auroc: areaUnderRoc(chosen(all), truth),
    averagePrecision: averagePrecision(chosen(all), truth),
  });
  const { windows } = detector;
  // Of a series, the baselines see the same windows, and what they say is spread over rows in the same way.
  const read = (from: Source): Dataset => readForScoring(card, windows ? cut(asSeries(from), windows) : from).data;
  const ofRows = (all: Float64Array): Float64Array => (windows ? rowsOfWindows(all, scores.length, windows) : all);
  const baselinesOf = async (usual: Source) => {
    const simple = await baselineScores(engine, read(usual), read(source), { isSelf: usual === source, random });
    return {
      pca: ranking(ofRows(simple.pca)),
      isolationForest: ranking(ofRows(simple.isolationForest)),
      nearestNeighbours: ranking(ofRows(simple.nearestNeighbours)),
    };
  };
  return {
    ...result,
    measured: {
      examples: rows.length,
      anomalies,
      model: { ...ranking(scores), ...detectionAt(chosen(scores), truth, threshold) },
      ...(fitOn ? { baselines: await baselinesOf(fitOn) } : {}),
      ...(result.stretches ? { events: overlapOf(result.stretches, labelledStretches(known ?? [])) } : {}),
    },
  };
}

/** Scores with their reasons, of examples or of the rows of a series. */
export async function scoresOf(
  { members, windows }: Detector,
  source: Source,
): Promise<Pick<Anomalies, 'scores' | 'columns' | 'names' | 'expected' | 'unseen'>> {
  const [{ card }] = members;
  if (!windows) {
    const { scores, columns, reconstruction, unseen } = await scoreWith(members, source);
    const names =
      card.scaling.form === 'columns' ? card.scaling.columns.map(({ name }) => name) : featureNames(card.scaling);
    return {
      scores,
      columns,
      names,
      expected: undoScaling(card.scaling, reconstruction, scores.length, 'expected'),
      unseen,
    };
  }
  const series = asSeries(source);
  const { scores, columns, expected } = await scoreRows(members, series, windows);
  const width = windows.channels.length;
  const told: TableSource = {
    form: 'table',
    name: 'expected',
    rows: series.rows,
    columns: windows.channels.map((name, at) => ({
      type: 'numeric',
      name,
      values: Float64Array.from(scores, (_, row) => expected[row * width + at]),
    })),
  };
  return { scores, columns, names: windows.channels, expected: told, unseen: [] };
}

/** Which examples are called anomalies; the rows of a series in stretches. */
function calledBy(
  { windows }: Detector,
  scores: Float64Array,
  threshold: number,
): Pick<Anomalies, 'isAnomaly' | 'stretches'> {
  if (!windows) return { isAnomaly: Array.from(scores, (score) => score > threshold) };
  const stretches = stretchesOf(scores, threshold, windows.length);
  const isAnomaly = Array.from(scores, (_, row) => stretches.some(({ from, to }) => row >= from && row <= to));
  return { isAnomaly, stretches };
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

/** The normal class that a detector was made with, where these labels have it too. */
export function knownNormal({ names }: Labels, kept: string | undefined): string | undefined {
  return kept !== undefined && names.includes(kept) ? kept : undefined;
}

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
