/** How far forecasts were off, from many origins one after the other: the end of a series, as if it were not known yet. */
import type { Channels, ForecastPlan } from './forecaster.ts';
import { seasonsBack } from './season.ts';

export interface ForecastError {
  /** Mean absolute and root mean squared error, in the units of the series. */
  readonly mae: number;
  readonly rmse: number;
  /** MAE over that of the value a season (or a step) before, one step of it at a time, on what was learned from. Hyndman & Koehler 2006. */
  readonly mase: number;
}

/** The absolute errors of forecasts, `[origins, steps, series]`; NaN where nothing is known to compare with. */
export function absoluteErrors(
  { steps, series }: ForecastPlan,
  { values }: Channels,
  origins: ArrayLike<number>,
  forecast: Float64Array,
): Float64Array {
  const width = series.length;
  return forecast.map((told, at) => {
    const row = origins[Math.floor(at / (steps * width))] + (Math.floor(at / width) % steps);
    return Math.abs(told - values[at % width][row]);
  });
}

/** Of one series, over all origins and steps. */
export function errorOf(errors: Float64Array, series: number, width: number, unit: number): ForecastError {
  let [total, squares, count] = [0, 0, 0];
  for (let at = series; at < errors.length; at += width) {
    if (Number.isNaN(errors[at])) continue;
    total += errors[at];
    squares += errors[at] ** 2;
    count++;
  }
  return { mae: total / count, rmse: Math.sqrt(squares / count), mase: total / count / unit };
}

/** What MASE is measured in, of every series: mean |x_t − x_{t−season}| (or of the step before) up to `until`. */
export function naiveErrors({ series, season }: ForecastPlan, { values }: Channels, until: number): number[] {
  const lag = Math.max(1, season);
  return series.map((_, at) => {
    let [total, count] = [0, 0];
    for (let row = lag; row < until; row++) {
      const error = Math.abs(values[at][row] - values[at][row - lag]);
      if (Number.isNaN(error)) continue;
      total += error;
      count++;
    }
    return total / count;
  });
}

/**
 * How far an interval has to reach to both sides to hold a share of what is to come, for every step and series: the ⌈(n + 1) share⌉-th
 * smallest of n held-out errors. Split conformal prediction: Vovk et al. 2005; Lei et al. 2018. With fewer errors than that takes, the largest.
 */
export function conformalReach(errors: Float64Array, { steps, series }: ForecastPlan, share: number): Float64Array {
  const width = steps * series.length;
  return Float64Array.from({ length: width }, (_, at) => {
    const own = Float64Array.from({ length: errors.length / width }, (_, origin) => errors[origin * width + at])
      .filter((error) => !Number.isNaN(error))
      .sort();
    return own[Math.min(own.length, Math.ceil((own.length + 1) * share)) - 1] ?? Number.NaN;
  });
}

/** Share of the values of one series that lie within the reach. */
export function coverageOf(errors: Float64Array, reach: Float64Array, series: number, width: number): number {
  let [held, count] = [0, 0];
  for (let at = series; at < errors.length; at += width) {
    if (Number.isNaN(errors[at])) continue;
    count++;
    if (errors[at] <= reach[at % reach.length]) held++;
  }
  return held / count;
}

/** Mean |x_{t+h} − what it would be told from| of a channel over all steps, before any learning: by its last value, and by its season. */
export function baseErrors(
  { season, steps }: Pick<ForecastPlan, 'season' | 'steps'>,
  values: Float64Array,
): { readonly lastValue: number; readonly seasonal: number } {
  const back = season > 0 ? seasonsBack(season, steps) : 0;
  let [last, seasonal, count] = [0, 0, 0];
  for (let row = Math.max(back, steps); row < values.length; row++) {
    for (let step = 1; step <= steps; step++) last += Math.abs(values[row] - values[row - step]) / steps;
    seasonal += Math.abs(values[row] - values[row - back]);
    count++;
  }
  return { lastValue: last / count, seasonal: season > 0 ? seasonal / count : Number.POSITIVE_INFINITY };
}
