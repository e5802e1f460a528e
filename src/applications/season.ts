/** What a series repeats after, and the forecasts that need no learning: the last value, and that of the season before. */

/** What is missing (NaN) told from the values around it, along a straight line; at the ends, the nearest value. */
export function interpolated(values: Float64Array): Float64Array {
  const filled = values.slice();
  let last = -1;
  for (let at = 0; at <= values.length; at++) {
    if (at < values.length && Number.isNaN(values[at])) continue;
    for (let gap = last + 1; gap < at; gap++) {
      if (last < 0) filled[gap] = values[at];
      else if (at === values.length) filled[gap] = values[last];
      else filled[gap] = values[last] + ((values[at] - values[last]) * (gap - last)) / (at - last);
    }
    last = at;
  }
  return filled;
}

/** Rows and lags that are looked at, at most: their product is the time it takes. */
const MOST_ROWS = 20_000;
const MOST_LAG = 2000;
/** An autocorrelation below this is no season. */
const LEAST_CORRELATION = 0.3;

/**
 * The lag at which the series are most like themselves: the highest peak of their average autocorrelation, trends taken out; 0 where
 * there is none.
 */
export function findSeason(series: readonly Float64Array[]): number {
  const correlations = series.map((values) => autocorrelation(withoutTrend(values.subarray(-MOST_ROWS))));
  const average = correlations[0].map((_, lag) =>
    correlations.reduce((sum, own) => sum + own[lag] / correlations.length, 0),
  );
  let best = 0;
  for (let lag = 2; lag + 1 < average.length; lag++) {
    const isPeak = average[lag] > average[lag - 1] && average[lag] >= average[lag + 1];
    if (isPeak && average[lag] > Math.max(LEAST_CORRELATION, best === 0 ? 0 : average[best])) best = lag;
  }
  return best;
}

/** Σ x_t x_{t−lag} / Σ x², which falls with the lag as there are fewer pairs: of equal peaks the first is the highest. */
function autocorrelation(values: Float64Array): Float64Array {
  const lags = Math.min(MOST_LAG, Math.floor(values.length / 3));
  const found = new Float64Array(lags + 1);
  for (let lag = 0; lag <= lags; lag++)
    for (let at = lag; at < values.length; at++) found[lag] += values[at] * values[at - lag];
  const power = found[0] || 1;
  return found.map((value) => value / power);
}

/** Less the straight line of least squares. */
function withoutTrend(values: Float64Array): Float64Array {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  let [product, square] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    product += (at - middle) * (values[at] - mean);
    square += (at - middle) ** 2;
  }
  const slope = square > 0 ? product / square : 0;
  return values.map((value, at) => value - mean - slope * (at - middle));
}

/** How far back the last known value of the same phase is, for each of `steps` steps at most. */
export function seasonsBack(season: number, steps: number): number {
  return season * Math.ceil(steps / season);
}
