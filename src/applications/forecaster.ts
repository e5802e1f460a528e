/**
 * A forecaster: a model that is shown the history of series and tells the steps after it, as differences from a simple forecast.
 *
 *   x ── less the value a season before, or the last one ── history ── encode ── code ── decode ── history, next steps
 *
 * Sutskever, Vinyals & Le 2014 (sequence to sequence); the decoder also rebuilds the history (Srivastava et al. 2015, composite model).
 */
import { DataError } from '../base/errors.ts';
import { applyScaling, undoScaling } from '../data/columns/scaling.ts';
import type { ArraySource, TableSource } from '../data/dataset.ts';
import { interpolated, seasonsBack } from './season.ts';
import type { TrainedModel } from './trained.ts';

/** Everything but the model; plain JSON. */
export interface ForecastPlan {
  /** What is forecast, and what else the model is shown the history of. */
  readonly series: readonly string[];
  readonly exogenous: readonly string[];
  readonly history: number;
  readonly steps: number;
  /** Steps in a season; 0 where there is none. */
  readonly season: number;
  /** Of series and exogenous ones: whether differences are from the season before rather than from the last value. */
  readonly isSeasonal: readonly boolean[];
}

export interface Forecaster {
  readonly plan: ForecastPlan;
  readonly trained: TrainedModel;
  /** Share of the values that intervals are to hold, and how far they reach to both sides, `[steps, series]`. */
  readonly interval: number;
  readonly reach: Float64Array;
  /** The time of the last row that anything was learned from, where rows have times. */
  readonly learnedUntil?: number;
}

/** Series side by side in the order of a plan. */
export interface Channels {
  readonly name: string;
  readonly rows: number;
  /** As given, NaN where missing. */
  readonly values: readonly Float64Array[];
  /** With gaps filled from both sides. */
  readonly filled: readonly Float64Array[];
}

/** @throws DataError for a column that there is not, or of texts, or without two different values. */
export function readChannels(
  table: TableSource,
  { series, exogenous }: Pick<ForecastPlan, 'series' | 'exogenous'>,
): Channels {
  const values = [...series, ...exogenous].map((name) => {
    const where = `${table.name} column ${JSON.stringify(name)}`;
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column?.type === 'numeric') {
      const known = column.values.filter((value) => !Number.isNaN(value));
      if (known.some((value) => value !== known[0])) return column.values;
      throw new DataError({
        where,
        expected: 'a series that changes',
        got: known.length === 0 ? 'missing values only' : `${known[0]} throughout`,
        fix: 'leave it out with --columns',
      });
    }
    throw new DataError({
      where,
      expected: 'a series of numbers',
      got: column ? 'texts' : `only ${table.columns.map((other) => other.name).join(', ')}`,
      fix: 'choose columns of numbers with --columns',
    });
  });
  return { name: table.name, rows: table.rows, values, filled: values.map(interpolated) };
}

/** The first row that can be forecast: before it lie its history and what that is compared with. */
export function firstOrigin({ history, steps, season, isSeasonal }: ForecastPlan): number {
  return history + (isSeasonal.some(Boolean) ? seasonsBack(season, steps) : 0);
}

/** What a channel's value at `row` is told from, when everything before `origin` is known. */
function baseAt(plan: ForecastPlan, { filled }: Channels, channel: number, row: number, origin: number): number {
  const isSeasonal = plan.isSeasonal[channel];
  return filled[channel][isSeasonal ? row - seasonsBack(plan.season, plan.steps) : origin - 1];
}

/**
 * Windows of differences, `[origins, history + steps, channels]`: what is missing is NaN, or, without `gaps`, filled in; so are steps after
 * the end.
 */
export function windowsAt(
  plan: ForecastPlan,
  channels: Channels,
  origins: ArrayLike<number>,
  gaps: 'kept' | 'filled',
): ArraySource {
  const { history, steps } = plan;
  const { values, filled, rows, name } = channels;
  const from = gaps === 'kept' ? values : filled;
  const windows = new Float32Array(origins.length * (history + steps) * values.length);
  let at = 0;
  for (let i = 0; i < origins.length; i++)
    for (let row = origins[i] - history; row < origins[i] + steps; row++)
      for (let channel = 0; channel < values.length; channel++) {
        const base = baseAt(plan, channels, channel, row, origins[i]);
        windows[at++] = row < rows ? from[channel][row] - base : gaps === 'kept' ? Number.NaN : 0;
      }
  return { form: 'array', name, values: windows, shape: [origins.length, history + steps, values.length] };
}

/** What the model says of the steps from each origin on, `[origins, steps, series]`. */
export async function forecastAt(
  { plan, trained }: Pick<Forecaster, 'plan' | 'trained'>,
  channels: Channels,
  origins: ArrayLike<number>,
): Promise<Float64Array> {
  const { history, steps, series } = plan;
  const { card, runner, parameters } = trained;
  const width = channels.values.length;
  const source = windowsAt(plan, channels, origins, card.blueprint.hasMissing ? 'kept' : 'filled');
  const data = applyScaling(card.scaling, source);
  const { reconstruction } = await runner.reconstruct(parameters, data);
  const told = undoScaling(card.scaling, reconstruction, data.count);
  if (told.form !== 'array') throw new Error('internal: windows were expected');
  const forecast = new Float64Array(origins.length * steps * series.length);
  for (let i = 0; i < origins.length; i++)
    for (let step = 0; step < steps; step++)
      for (let channel = 0; channel < series.length; channel++) {
        const difference = told.values[(i * (history + steps) + history + step) * width + channel];
        const base = baseAt(plan, channels, channel, origins[i] + step, origins[i]);
        forecast[(i * steps + step) * series.length + channel] = base + difference;
      }
  return forecast;
}

/** The two forecasts that anybody can make, in the same form; the seasonal one where there is a season. */
export function simpleForecastAt(
  { series, steps, season }: ForecastPlan,
  { filled }: Channels,
  origins: ArrayLike<number>,
  way: 'last value' | 'season before',
): Float64Array {
  const forecast = new Float64Array(origins.length * steps * series.length);
  for (let i = 0; i < origins.length; i++)
    for (let step = 0; step < steps; step++)
      for (let channel = 0; channel < series.length; channel++)
        forecast[(i * steps + step) * series.length + channel] =
          filled[channel][origins[i] + (way === 'last value' ? -1 : step - seasonsBack(season, step + 1))];
  return forecast;
}
