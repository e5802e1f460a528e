/** A detector of a series that does not fit into memory, made as `fitSeriesDetector` makes it. */
import { throwIfAborted } from '../base/abort.ts';
import { type Detector, type Member, windowDefaults, windowMembers } from './detector.ts';
import { type FitDiskDetectorRequest, fitDiskMembers } from './disk-detector.ts';
import type { DiskSeries } from './disk-series.ts';
import { driftOf } from './drift.ts';
import { makeRecipe, type Recipe, withDefaults } from './recipe.ts';
import { coveringStride, endRows, endScore, smoothingFor } from './series.ts';
import { makeSeriesScorer } from './series-scorer.ts';
import { makeWindowScorer } from './window-scorer.ts';

export interface FitDiskSeriesRequest extends Omit<FitDiskDetectorRequest, 'data'> {
  /** Read by `seriesReadingRecipe` of the same options. */
  readonly series: DiskSeries;
}

/** Rows that are scored at once. */
const PART = 1 << 14;
/** Scores that are kept to tell what is usual: their mean and deviation are those of all to a thousandth. */
const MOST_SCORES = 1e6;

/** How the model at place `at` is made of windows of so many numbers. @throws OptionError as `makeRecipe`. */
function diskSeriesRecipe(options: FitDiskDetectorRequest['options'], numbers: number, at = 0): Recipe {
  return makeRecipe(withDefaults(windowDefaults(numbers), { ...options, seed: Number(options.seed ?? 0) + at }));
}

/** How the series is read, when nothing is known of its windows yet: so what is wrong with an option is said before. @throws OptionError */
export function seriesReadingRecipe(options: FitDiskDetectorRequest['options']): Recipe {
  return diskSeriesRecipe(options, 2);
}

/** @throws what training throws. */
export async function fitDiskSeries(request: FitDiskSeriesRequest): Promise<Detector> {
  const { series, options, signal } = request;
  const { data, length, channels, rows } = series;
  const models = request.models ?? windowMembers(data.count);
  const recipeOf = (at: number): Recipe => diskSeriesRecipe(options, length * channels.length, at);
  const members = await fitDiskMembers({ ...request, data }, models, recipeOf);
  const ends = driftOf(await endScores(members, series, signal));
  const windows = { length, channels, smoothing: smoothingFor(rows), ends };
  return { members, windows, reference: await scoresOf(members, series, windows.smoothing, signal) };
}

/** Of as many of the last rows as `fitSeriesDetector` takes. */
async function endScores(
  members: readonly Member[],
  series: DiskSeries,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const { name, rows, length, read } = series;
  const scorer = makeWindowScorer(name, members, series);
  const counted = endRows(rows, series);
  const scores = new Float64Array(counted - length + 1);
  for (let from = 0; from < scores.length; from += PART) {
    throwIfAborted(signal, name);
    const count = Math.min(PART, scores.length - from);
    const own = await read(rows - counted + from, count + length - 1);
    const starts = Array.from({ length: count }, (_, start) => start);
    await scorer.score(own, starts, (nats, start) => {
      scores[from + start] = endScore(nats, length);
    });
  }
  await scorer.dispose();
  return scores;
}

/** Of all rows; of very many, some at equal distances are kept, in ascending order. */
async function scoresOf(
  members: readonly Member[],
  series: DiskSeries,
  smoothing: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const { name, rows, length, channels, read } = series;
  const windows = { length, channels, smoothing };
  const scorer = makeSeriesScorer({ name, members, windows, stride: coveringStride(rows, series) });
  const apart = Math.ceil(rows / MOST_SCORES);
  const kept: number[] = [];
  let scored = 0;
  const keep = (scores: Float64Array): void => {
    for (const score of scores) if (scored++ % apart === 0) kept.push(score);
  };
  for (let from = 0; from < rows; from += PART) {
    throwIfAborted(signal, name);
    keep((await scorer.add(await read(from, Math.min(PART, rows - from)))).scores);
  }
  keep((await scorer.finish()).scores);
  await scorer.dispose();
  return Float64Array.from(kept).sort();
}
