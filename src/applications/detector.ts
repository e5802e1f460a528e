/**
 * A detector of anomalies: one model, or several small ones, each with what it usually misses, and the scores of what is normal.
 *
 *   a few        trained on rows that are taken for normal: a denoising model with a wide code. From a row with noise it goes back to where
 *                rows are frequent, so it misses what lies far from them (Alain & Bengio 2014)
 *   robust       several small variational models, each trained on a few rows drawn from all: anomalies among so few are too rare to be
 *                learned (as in the isolation forest of Liu et al. 2008, and the ensembles of Chen et al. 2017)
 */
import { DataError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { featureCount, fitScaling } from '../data/columns/scaling.ts';
import type { ArraySource, Dataset, Source } from '../data/dataset.ts';
import { sourceCount, takeRows } from '../data/split.ts';
import type { Engine } from '../engine/engine.ts';
import { finish, type TrainingEvent } from '../training/events.ts';
import type { Drift } from './drift.ts';
import { learn } from './learn.ts';
import { makeRecipe, withDefaults } from './recipe.ts';
import { readForScoring, type ScoringData, type UnseenCategory } from './scoring-data.ts';
import { type Calibration, calibrate, type Surprises, surprisesOf } from './surprise.ts';
import type { TrainedModel } from './trained.ts';

export interface Member extends TrainedModel {
  readonly calibration: Calibration;
}

/** How a series is cut. */
export interface SeriesWindows {
  /** Rows in a window. */
  readonly length: number;
  /** As `channelNames` gave them for the series that was learned from. */
  readonly channels: readonly string[];
  /** Rows that scores are averaged over. */
  readonly smoothing: number;
  /** Of rows that are scored as they come: see `scoreEnds`. */
  readonly ends: Drift;
}

export interface Detector {
  readonly members: readonly Member[];
  /** How series are cut, for a detector of their rows. */
  readonly windows?: SeriesWindows;
  /** Scores of what is taken for normal, in ascending order. */
  readonly reference: Float64Array;
}

/** How a detector is made, where the user leaves it open. */
const SINGLE = { kind: 'denoising', noiseLevel: 0.5 };
/** Of rows of a table; networks for pictures and series choose their own layers. */
export const rowDetectorDefaults = { ...SINGLE, network: 'dense', hidden: [128, 128], latent: 64, activation: 'gelu' };
/** Of windows of a series, `[length, channels]`: a code of a tenth of their numbers, so that what repeats is told and nothing else. */
const WINDOW = {
  kind: 'vanilla',
  network: 'dense',
  hidden: [64],
  activation: 'gelu',
  epochs: 20,
  batchSize: 64,
  patience: 0,
};
const [LEAST_WINDOW_LATENT, MOST_WINDOW_LATENT] = [4, 64];
const ROBUST = { kind: 'variational', network: 'dense', learningRate: 0.005, batchSize: 32, patience: 0 };
/** Rows are small, and so are their models: three cost little, and their average is better than each. */
export const TABLE_MEMBERS = 3;
const SHORT_SERIES_MEMBERS = 5;
const FEW_WINDOWS = 1000;
const ROBUST_MEMBERS = 10;
const ROBUST_ROWS = 256;
const ROBUST_STEPS = 500;
const ROBUST_LATENT = 4;
const LEAST_ROWS = 8;
/** With fewer rows than this, a held-out part would tell too little of what is usual: then all rows do. */
const LEAST_TO_HOLD_OUT = 1000;
const HELD_OUT = 0.1;
/** More rows than this tell nothing new. */
export const MOST_REFERENCE = 5000;

export interface FitDetectorRequest {
  /** What is taken for normal, or, for a robust detector, for mostly normal. */
  readonly source: Source;
  readonly engine: Engine;
  /** How models are made and trained, by the names of options. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly isRobust: boolean;
  /** Models whose scores are averaged; 3 for rows, 5 for few windows, 1 for many and for pictures, 10 of a robust detector, when absent. */
  readonly models?: number;
  readonly random: Random;
  readonly clock: () => number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent, member: number, members: number) => void;
}

export interface FittedDetector extends Detector {
  /** Rows of the source that no model learned from; none where there are too few rows, or the detector is robust. */
  readonly heldOut: Int32Array;
}

/** Trains a detector. @throws DataError for fewer than 8 rows, and what training throws. */
export async function fitDetector(request: FitDetectorRequest): Promise<FittedDetector> {
  const { usual, ...fitted } = await fitMembers(request);
  return { ...fitted, reference: (await scoreWith(fitted.members, usual)).scores.sort() };
}

/** Its models, and the rows that tell what is usual: those held out, or some of all. @throws as `fitDetector`. */
export async function fitMembers(
  request: FitDetectorRequest,
): Promise<Omit<FittedDetector, 'reference'> & { readonly usual: Source }> {
  const { source, engine, isRobust, random, clock, signal, onEvent } = request;
  const count = sourceCount(source);
  requireEnough(source.name, count);
  const order = random.fork('held out').permutation(count);
  // Windows of a series overlap: none is held out by being left out.
  const held =
    isRobust || isWindows(source) || count < LEAST_TO_HOLD_OUT
      ? 0
      : Math.min(MOST_REFERENCE, Math.round(HELD_OUT * count));
  const heldOut = order.slice(0, held).sort();
  const known = order.slice(held).sort();
  const usual = takeRows(source, held > 0 ? heldOut : order.slice(0, MOST_REFERENCE).sort());
  const scaling = isRobust ? fitScaling(source, 'standard') : undefined;
  const models = request.models ?? (isRobust ? ROBUST_MEMBERS : membersFor(source));
  const rows = isRobust ? Math.min(ROBUST_ROWS, count) : known.length;
  const defaults = isRobust ? robustDefaults(rows, scaling && featureCount(scaling)) : detectorDefaults(source);

  const members: Member[] = [];
  for (let at = 0; at < models; at++) {
    const drawn = rows < known.length ? random.fork(`rows ${at}`).permutation(count).slice(0, rows).sort() : known;
    const seed = Number(request.options.seed ?? 0) + at;
    const recipe = makeRecipe(withDefaults(defaults, { ...request.options, seed }));
    const learning = learn({ source: { train: takeRows(source, drawn) }, recipe, engine, clock, signal, scaling });
    const one = await finish(learning, (event) => onEvent?.(event, at, models));
    members.push(await memberOf({ ...one, engine }, usual));
  }
  return { members, heldOut, usual };
}

/** @throws DataError for fewer rows, or windows, than tell what is usual. */
export function requireEnough(where: string, count: number): void {
  if (count >= LEAST_ROWS) return;
  throw new DataError({
    where,
    expected: `at least ${LEAST_ROWS} rows, to tell what is usual`,
    got: `${count}`,
    fix: 'give more data',
  });
}

/** A detector of one trained model, told by `source` what is usual. */
export async function detectorOf(trained: TrainedModel, source: Source): Promise<Detector> {
  const members = [await memberOf(trained, source)];
  return { members, reference: (await scoreWith(members, source)).scores.sort() };
}

async function memberOf(trained: TrainedModel, usual: Source): Promise<Member> {
  return { ...trained, calibration: await calibrate(trained, readForScoring(trained.card, usual).data) };
}

export interface Scored {
  /** The average over the members: nats by which an example surprises. */
  readonly scores: Float64Array;
  /** Nats of each column, `[count, columns]`, averaged over the members. */
  readonly columns: Float32Array;
  /** Of the first member, in scaled units. */
  readonly reconstruction: Float32Array;
  readonly unseen: readonly UnseenCategory[];
}

/** Scores every example of a source. @throws DataError for data of another shape than in training. */
export function scoreWith(members: readonly Member[], source: Source): Promise<Scored> {
  return scored(members, ({ card }) => readForScoring(card, source));
}

/** As `scoreWith`, of examples that are scaled already as all members want them. */
export function scoreScaled(members: readonly Member[], data: Dataset): Promise<Scored> {
  return scored(members, () => ({ data, unseen: [], unseenAt: new Set() }));
}

async function scored(members: readonly Member[], readBy: (member: Member) => ScoringData): Promise<Scored> {
  let [scores, columns]: [Float64Array, Float32Array] = [new Float64Array(0), new Float32Array(0)];
  let first: { readonly reconstruction: Float32Array; readonly unseen: readonly UnseenCategory[] } | undefined;
  for (const member of members) {
    const { data, unseen, unseenAt } = readBy(member);
    const surprises = await surprisesOf(member, member.calibration, data, unseenAt);
    if (!first) {
      first = { reconstruction: surprises.reconstruction, unseen };
      scores = new Float64Array(data.count);
      columns = new Float32Array(surprises.columns.length);
    }
    const totals = totalsOf(surprises);
    for (let i = 0; i < scores.length; i++) scores[i] += totals[i] / members.length;
    for (let i = 0; i < columns.length; i++) columns[i] += surprises.columns[i] / members.length;
  }
  if (!first) throw new Error('internal: a detector without models');
  return { scores, columns, ...first };
}

/** Sums over columns, as if those that are missing were as surprising as the others; and the code. */
function totalsOf({ columns, code, observed }: Surprises): Float64Array {
  const width = columns.length / Math.max(1, code.length);
  return code.map((ofCode, row) => {
    let total = 0;
    for (let at = row * width; at < (row + 1) * width; at++) total += columns[at];
    return (total * width) / Math.max(1, observed[row]) + ofCode;
  });
}

/** How one model of a detector is made from a few, where the user leaves it open. */
export function detectorDefaults(source: Source): Readonly<Record<string, unknown>> {
  if (isRows(source)) return rowDetectorDefaults;
  return isWindows(source) ? windowDefaults(source.shape[1] * source.shape[2]) : SINGLE;
}

/** The same of windows of so many numbers. */
export function windowDefaults(numbers: number): Readonly<Record<string, unknown>> {
  const latent = Math.min(MOST_WINDOW_LATENT, Math.max(LEAST_WINDOW_LATENT, Math.ceil(numbers / 10)));
  return { ...WINDOW, latent: Math.min(latent, Math.max(1, numbers - 1)) };
}

function membersFor(source: Source): number {
  if (isRows(source)) return TABLE_MEMBERS;
  return isWindows(source) ? windowMembers(sourceCount(source)) : 1;
}

/** Few windows make models that differ much. */
export function windowMembers(count: number): number {
  return count < FEW_WINDOWS ? SHORT_SERIES_MEMBERS : 1;
}

/** `[windows, length, channels]` of a series. */
function isWindows(source: Source): source is ArraySource {
  return source.form === 'array' && source.shape.length === 3;
}

function isRows(source: Source): boolean {
  return source.form === 'table' || source.shape.length === 2;
}

/** About as many steps whatever the number of rows, and a code narrower than the rows. */
function robustDefaults(rows: number, features = Number.POSITIVE_INFINITY): Readonly<Record<string, unknown>> {
  const latent = Math.max(1, Math.min(ROBUST_LATENT, Math.ceil(features / 2)));
  return {
    ...ROBUST,
    latent,
    hidden: [],
    epochs: Math.ceil(ROBUST_STEPS / Math.max(1, (0.9 * rows) / ROBUST.batchSize)),
  };
}
