/**
 * `forecast`: the steps after the end of series, with intervals, and how far such forecasts were off in the last part, which nothing was
 * learned from.
 *
 *   rows in the order of time:  learned from │ chosen by, intervals │ measured on │ forecast
 */
import { DataError, OptionError } from '../base/errors.ts';
import { appendRows } from '../data/append.ts';
import type { SourceWithTest, TableSource } from '../data/dataset.ts';
import { asSeries } from '../data/windows.ts';
import type { Engine } from '../engine/engine.ts';
import { finish, type TrainingEvent } from '../training/events.ts';
import {
  absoluteErrors,
  baseErrors,
  conformalReach,
  coverageOf,
  errorOf,
  type ForecastError,
  naiveErrors,
} from './backtest.ts';
import {
  type Channels,
  type Forecaster,
  type ForecastPlan,
  firstOrigin,
  forecastAt,
  readChannels,
  simpleForecastAt,
  windowsAt,
} from './forecaster.ts';
import { learn } from './learn.ts';
import { makeRecipe, withDefaults } from './recipe.ts';
import { findSeason } from './season.ts';

export interface ForecastChoices {
  /** Steps to tell. */
  readonly steps: number;
  /** Steps that the model is shown; twice as many (12 at least) when absent. */
  readonly history?: number;
  /** What is forecast; all columns of numbers when absent. */
  readonly series?: readonly string[];
  /** What the model is shown besides. */
  readonly exogenous?: readonly string[];
  /** Steps in a season, 0 for none; looked for when absent. */
  readonly season?: number;
  /** Share of the values that intervals are to hold. */
  readonly interval: number;
}

export interface FitForecasterRequest extends ForecastChoices {
  readonly engine: Engine;
  readonly table: TableSource;
  /** The first row of the last part, which nothing is learned from. */
  readonly heldFrom: number;
  /** Options of the model and of its training. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly clock: () => number;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
}

/** Share of a series that is held out where its makers have not said what is. */
const HELD_OUT = 0.2;
/** Of what is not held out, the share that is chosen by: the best epoch, and the reach of intervals. */
const CHOSEN_BY = 0.125;
const LEAST_WINDOWS = 16;
/** Numbers in all windows at once: of longer series not every origin is taken. */
const MOST_NUMBERS = 5e7;
/** Origins that are measured from, at most. */
const MOST_ORIGINS = 4000;

/** Small, and some of it dropped: windows overlap, so that they are fewer than they seem. */
const DEFAULTS = { network: 'dense', hidden: [128], dropout: 0.2 };
const LATENT = 16;
/** Steps of history, where that is not told: at least so many, and twice as many as are told. */
const LEAST_HISTORY = 12;

/**
 * Trains a forecaster on the rows before `heldFrom`.
 *
 * @throws DataError for series that are too short or do not change; OptionError; and what training throws.
 */
export async function fitForecaster(request: FitForecasterRequest): Promise<Forecaster> {
  const { engine, table, heldFrom, clock, signal, onEvent, steps, interval } = request;
  const chosenFrom = Math.floor(heldFrom * (1 - CHOSEN_BY));
  const { plan, channels } = planFor(request, chosenFrom);
  const first = firstOrigin(plan);
  const origins = (from: number, to: number): Int32Array => {
    const count = Math.max(0, to - steps - from + 1);
    const stride = Math.ceil((count * (plan.history + steps) * channels.values.length) / MOST_NUMBERS) || 1;
    return Int32Array.from({ length: Math.ceil(count / stride) }, (_, at) => from + at * stride);
  };
  const training = origins(first, chosenFrom);
  const validation = origins(chosenFrom, heldFrom);
  if (training.length < LEAST_WINDOWS || validation.length === 0)
    throw new DataError({
      where: table.name,
      expected: `at least ${shortest(first, steps)} rows before the last part, which is held out, for ${plan.history} steps of history${first > plan.history ? `, seasons of ${plan.season}` : ''} and ${steps} steps ahead`,
      got: `${heldFrom}`,
      fix: 'give a longer series, or choose fewer --steps, a shorter --history, a shorter --season or 0',
    });
  const known = channels.values.some((values) => values.subarray(0, heldFrom).some(Number.isNaN)) ? 'kept' : 'filled';
  const latent = Math.min(LATENT, Math.ceil(((plan.history + steps) * channels.values.length) / 4));
  const learning = learn({
    source: { train: windowsAt(plan, channels, training, known) },
    validation: windowsAt(plan, channels, validation, known),
    ahead: steps,
    recipe: makeRecipe(withDefaults({ ...DEFAULTS, latent }, request.options)),
    engine,
    clock,
    signal,
  });
  const learned = await finish(learning, onEvent);
  const trained = { ...learned, engine };
  const told = await forecastAt({ plan, trained }, channels, validation);
  const reach = conformalReach(absoluteErrors(plan, channels, validation, told), plan, interval);
  const learnedUntil = table.time?.values[heldFrom - 1];
  return { plan, trained, interval, reach, ...(learnedUntil === undefined ? {} : { learnedUntil }) };
}

/** The fewest rows that leave enough windows to learn from and one to choose by. */
function shortest(first: number, steps: number): number {
  const toLearn = Math.ceil((first + steps + LEAST_WINDOWS - 1) / (1 - CHOSEN_BY));
  return Math.max(toLearn, Math.ceil(steps / CHOSEN_BY));
}

/** What is forecast from what: chosen by looking at the rows before `until`. */
function planFor(
  { table, steps, history = Math.max(LEAST_HISTORY, 2 * steps), series, exogenous = [], season }: FitForecasterRequest,
  until: number,
): { readonly plan: ForecastPlan; readonly channels: Channels } {
  const numbers = table.columns.filter(({ type }) => type === 'numeric').map(({ name }) => name);
  const chosen = series ?? numbers.filter((name) => !exogenous.includes(name));
  const [twice] = chosen.filter((name) => exogenous.includes(name));
  if (twice !== undefined || chosen.length === 0)
    throw new OptionError({
      where: '--exogenous',
      expected: 'columns beside those that are forecast',
      got: twice ?? exogenous.join(','),
      fix: 'name the series to forecast with --columns and the others with --exogenous',
    });
  const channels = readChannels(table, { series: chosen, exogenous });
  const early = channels.filled.map((values) => values.subarray(0, until));
  const found = season ?? findSeason(early.slice(0, chosen.length));
  const plan = { series: chosen, exogenous, history, steps, season: found };
  const isSeasonal = early.map((values) => {
    const { lastValue, seasonal } = baseErrors(plan, values);
    return seasonal < lastValue;
  });
  return { plan: { ...plan, isSeasonal }, channels };
}

/** The rows of a table, of a set in two parts those of both, and where the last part begins. @throws DataError for what is no series. */
export function seriesIn({ train, test }: SourceWithTest): { readonly rows: TableSource; readonly heldFrom: number } {
  const rows = asSeries(train);
  if (test === undefined) return { rows, heldFrom: heldOutFrom(rows) };
  return { rows: appendRows(rows, asSeries(test)), heldFrom: rows.rows };
}

/** The first row that `forecaster`, or one to be made, has not learned from, as far as times tell; else the last fifth begins there. */
export function heldOutFrom({ rows, time }: TableSource, forecaster?: Forecaster): number {
  const until = forecaster?.learnedUntil;
  if (until === undefined || !time) return Math.floor((1 - HELD_OUT) * rows);
  const first = time.values.findIndex((seconds) => seconds > until);
  return first < 0 ? rows : first;
}

/** One series, measured on the last part. */
export interface SeriesResult {
  readonly name: string;
  readonly model: ForecastError;
  /** Share of the values that the interval held. */
  readonly coverage: number;
  readonly lastValue: ForecastError;
  /** Where there is a season. */
  readonly seasonBefore?: ForecastError;
  /** Mean absolute error of the model at each step ahead. */
  readonly bySteps: readonly number[];
}

export interface Forecast {
  readonly plan: ForecastPlan;
  /** The steps after the end: `[steps, series]`. */
  readonly told: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Of the steps; where rows have times. */
  readonly times?: Float64Array;
  /** Whether the rows are not as far apart as one another; forecasts count rows, not time. */
  readonly isIrregular: boolean;
  /** None where too few rows follow what was learned from. */
  readonly results: readonly SeriesResult[];
  /** Origins that forecasts were made from to measure them. */
  readonly origins: number;
  readonly channels: Channels;
}

/**
 * Forecasts the steps after the end of `table`, and measures forecasts within it from `heldFrom` on.
 *
 * @throws DataError for fewer rows than a history and a season take, or for other columns.
 */
export async function forecast(forecaster: Forecaster, table: TableSource, heldFrom: number): Promise<Forecast> {
  const { plan, reach } = forecaster;
  const { steps, series } = plan;
  const channels = readChannels(table, plan);
  const first = firstOrigin(plan);
  if (table.rows < first)
    throw new DataError({
      where: table.name,
      expected: `at least the ${first} rows that a forecast looks back on`,
      got: `${table.rows}`,
      fix: 'give the rows before these, too',
    });
  const told = await forecastAt(forecaster, channels, [table.rows]);
  const from = Math.max(first, heldFrom);
  const possible = Math.max(0, table.rows - steps - from + 1);
  const stride = Math.ceil(possible / MOST_ORIGINS) || 1;
  const origins = Int32Array.from({ length: Math.ceil(possible / stride) }, (_, at) => from + at * stride);
  const width = series.length;
  const errorsOf = (given: Float64Array): Float64Array => absoluteErrors(plan, channels, origins, given);
  const model = errorsOf(await forecastAt(forecaster, channels, origins));
  const last = errorsOf(simpleForecastAt(plan, channels, origins, 'last value'));
  const before = plan.season > 0 && errorsOf(simpleForecastAt(plan, channels, origins, 'season before'));
  const units = naiveErrors(plan, channels, from);
  const results = series.map((name, at): SeriesResult => {
    const of = (errors: Float64Array): ForecastError => errorOf(errors, at, width, units[at]);
    const bySteps = Array.from({ length: steps }, (_, step) => errorOf(model, step * width + at, steps * width, 1).mae);
    const coverage = coverageOf(model, reach, at, width);
    return {
      name,
      model: of(model),
      coverage,
      lastValue: of(last),
      ...(before ? { seasonBefore: of(before) } : {}),
      bySteps,
    };
  });
  return {
    plan,
    told,
    lower: told.map((value, at) => value - reach[at]),
    upper: told.map((value, at) => value + reach[at]),
    ...timesAfter(table, steps),
    results: origins.length > 0 ? results : [],
    origins: origins.length,
    channels,
  };
}

/** Times go on as far apart as rows mostly are. */
function timesAfter({ time }: TableSource, steps: number): Pick<Forecast, 'times' | 'isIrregular'> {
  if (!time || time.values.length < 2) return { isIrregular: false };
  const { values } = time;
  const apart = values.slice(1).map((value, at) => value - values[at]);
  const usual = apart.slice().sort()[Math.floor(apart.length / 2)];
  const end = values[values.length - 1];
  return {
    times: Float64Array.from({ length: steps }, (_, step) => end + (step + 1) * usual),
    isIrregular: apart.some((seconds) => Math.abs(seconds - usual) > 0.01 * usual),
  };
}
