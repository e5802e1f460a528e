import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { TableSource } from '../data/dataset.ts';
import { nodeEngine } from '../engine/node.ts';
import { forecaster } from '../uses.ts';
import { absoluteErrors, conformalReach, coverageOf, errorOf, naiveErrors } from './backtest.ts';
import { firstOrigin, forecastAt, readChannels, simpleForecastAt, windowsAt } from './forecaster.ts';
import { decodeForecaster, encodeForecaster } from './forecaster-file.ts';
import { findSeason, interpolated } from './season.ts';

const engine = nodeEngine({ threads: 1 });
const numbers = (name: string, values: ArrayLike<number>) => ({
  type: 'numeric' as const,
  name,
  values: Float64Array.from(values),
});

/** Two series with seasons of 12: noise that remembers, and the same a step later. */
function seasons(rows: number, seed = 1): TableSource {
  const random = createRandom(seed);
  const level = new Float64Array(rows + 1);
  for (let at = 1; at <= rows; at++) level[at] = 0.9 * level[at - 1] + random.normal();
  const wave = Float64Array.from(level, (value, at) => value + 5 * Math.sin((2 * Math.PI * at) / 12) + at / 100);
  return {
    form: 'table',
    name: 'seasons',
    rows,
    columns: [numbers('first', wave.subarray(1)), numbers('late', wave.subarray(0, rows))],
    time: { name: 'time', values: Float64Array.from({ length: rows }, (_, at) => 3600 * at) },
  };
}

describe('seasons', () => {
  test('gaps are filled along a straight line, at the ends with the nearest value', () => {
    const gap = Number.NaN;
    expect([...interpolated(Float64Array.of(gap, 1, gap, gap, 4, gap))]).toEqual([1, 1, 2, 3, 4, 4]);
  });

  test('the lag at which a series repeats is found, not a multiple of it; none in noise or a trend', () => {
    expect(findSeason([seasons(600).columns[0].values as Float64Array])).toBe(12);
    const random = createRandom(3);
    expect(findSeason([Float64Array.from({ length: 500 }, () => random.normal())])).toBe(0);
    expect(findSeason([Float64Array.from({ length: 500 }, (_, at) => at)])).toBe(0);
  });
});

const plan = { series: ['x'], exogenous: [], history: 2, steps: 3, season: 2, isSeasonal: [true] };
const table: TableSource = {
  form: 'table',
  name: 't',
  rows: 10,
  columns: [numbers('x', [0, 1, 2, 3, Number.NaN, 5, 6, 8, 9, 9])],
};
const channels = readChannels(table, plan);

describe('windows and simple forecasts', () => {
  test('differences are from whole seasons before what is told, so that all of them are known', () => {
    expect(firstOrigin(plan)).toBe(2 + 4);
    const { values, shape } = windowsAt(plan, channels, [6, 8], 'kept');
    expect(shape).toEqual([2, 5, 1]);
    expect([...values]).toEqual([Number.NaN, 4, 4, 5, 5, 4, 5, 5, 4, Number.NaN]);
    expect([...windowsAt(plan, channels, [6], 'filled').values]).toEqual([4, 4, 4, 5, 5]);
  });

  test('without a season they are from the last value that is known', () => {
    const level = { ...plan, season: 0, isSeasonal: [false] };
    expect([...windowsAt(level, channels, [6], 'kept').values]).toEqual([Number.NaN, 0, 1, 3, 4]);
  });

  test('the last value stays, and a season comes again', () => {
    expect([...simpleForecastAt(plan, channels, [6], 'last value')]).toEqual([5, 5, 5]);
    expect([...simpleForecastAt(plan, channels, [6], 'season before')]).toEqual([4, 5, 4]);
  });
});

describe('errors', () => {
  test('mean absolute, root mean squared and scaled errors, without what is missing', () => {
    const errors = absoluteErrors(plan, channels, [3, 6], Float64Array.of(3, 9, 3, 7, 8, 8));
    expect([...errors]).toEqual([0, Number.NaN, 2, 1, 0, 1]);
    const { mae, rmse, mase } = errorOf(errors, 0, 1, 2);
    expect([mae, rmse, mase]).toEqual([0.8, Math.sqrt(6 / 5), 0.4]);
    expect(naiveErrors(plan, channels, 6)).toEqual([2]);
  });

  test('an interval reaches as far as the share of held-out errors, at each step', () => {
    const one = { ...plan, steps: 2 };
    const errors = Float64Array.from({ length: 198 }, (_, at) => (at % 2 === 0 ? at / 2 + 1 : (at - 1) / 2 + 101));
    expect([...conformalReach(errors, one, 0.9)]).toEqual([90, 190]);
    expect(coverageOf(errors, Float64Array.of(90, 190), 0, 1)).toBeCloseTo(180 / 198, 10);
  });
});

describe('forecaster', () => {
  const data = { train: seasons(900) };

  test('is nearer than simple forecasts on the part that it has not learned from, and says how sure it is', async () => {
    const made = await forecaster(data, { steps: 6, history: 12, seed: 1, engine });
    expect(made.plan).toMatchObject({ series: ['first', 'late'], season: 12, isSeasonal: [true, true] });
    const found = await made.forecast(data);
    expect(found.origins).toBe(900 - 720 - 6 + 1);
    expect([...(found.times ?? [])].slice(0, 2)).toEqual([3600 * 900, 3600 * 901]);
    for (const { model, seasonBefore, lastValue, coverage, bySteps } of found.results) {
      expect(model.mae).toBeLessThan(0.9 * Math.min(lastValue.mae, seasonBefore?.mae ?? 0));
      expect(coverage).toBeGreaterThan(0.75);
      expect(bySteps[0]).toBeLessThan(bySteps[5]);
    }
    // The late series is a step behind the other one: its next value is known.
    expect(found.results[1].bySteps[0]).toBeLessThan(0.5 * found.results[0].bySteps[0]);
    expect(found.lower.every((value, at) => value < found.told[at] && found.told[at] < found.upper[at])).toBe(true);
  });

  test.each(['recurrent', 'variational'])('is of any kind and network: %s, with gaps', async (what) => {
    const gappy = seasons(400);
    const columns = gappy.columns.map((column, at) =>
      column.type === 'numeric'
        ? { ...column, values: column.values.map((value, row) => (row % 37 === at ? Number.NaN : value)) }
        : column,
    );
    const options = what === 'recurrent' ? { network: what, units: 8 } : { kind: what };
    const train = { ...gappy, columns };
    const made = await forecaster(
      { train },
      { steps: 4, epochs: 3, series: ['first'], exogenous: ['late'], engine, ...options },
    );
    const { told, results } = await made.forecast({ train });
    expect(told).toHaveLength(4);
    expect(told.every(Number.isFinite)).toBe(true);
    expect(results[0].model.mae).toBeLessThan(4);
  });

  test('what comes after an origin has no part in the forecast from there', async () => {
    const { trained, plan: own } = await fitted();
    const before = readChannels(seasons(300), own);
    const changed = readChannels(
      {
        ...seasons(300),
        columns: seasons(300).columns.map((column) =>
          column.type === 'numeric'
            ? { ...column, values: column.values.map((value, row) => (row < 200 ? value : 99 + row)) }
            : column,
        ),
      },
      own,
    );
    const at = (given: typeof before) => forecastAt({ plan: own, trained }, given, [200]);
    expect(await at(changed)).toEqual(await at(before));
  });

  test('is the same after it was written and read', async () => {
    const made = await fitted();
    const { next: _, ...rest } = made;
    const saved = decodeForecaster(new TextDecoder().decode(encodeForecaster(made, 'model/model.safetensors')), 'f');
    expect(saved.model).toBe('model/model.safetensors');
    expect(saved.assemble(made.trained)).toEqual(rest);
    expect(() => decodeForecaster('{}', 'f.json')).toThrow('f.json: expected a forecaster with a valid format');
    const other = { ...made, plan: { ...made.plan, history: 9 } };
    const wrong = decodeForecaster(new TextDecoder().decode(encodeForecaster(other, 'm.safetensors')), 'f');
    expect(() => wrong.assemble(made.trained)).toThrow('a model of windows of 13 × 2');
  });

  test('refuses what cannot be forecast', async () => {
    const make = (train: TableSource, options = {}) => forecaster({ train }, { steps: 12, engine, ...options });
    await expect(make(seasons(60))).rejects.toThrow('rows before the last part');
    const flat = { ...seasons(300), columns: [numbers('flat', new Float64Array(300).fill(2))] };
    await expect(make(flat)).rejects.toThrow('column "flat": expected a series that changes, got 2 throughout');
    await expect(make(seasons(300), { series: ['third'] })).rejects.toThrow('got only first, late');
    await expect(make(seasons(300), { series: ['late'], exogenous: ['late'] })).rejects.toThrow('--exogenous');
    const made = await fitted();
    await expect(made.next(seasons(15))).rejects.toThrow('at least the 16 rows that a forecast looks back on');
  });
});

async function fitted() {
  const { fitForecaster, forecast } = await import('./forecast.ts');
  const made = await fitForecaster({
    engine,
    table: seasons(300),
    heldFrom: 240,
    steps: 4,
    history: 4,
    interval: 0.8,
    options: { epochs: 2 },
    clock: () => performance.now(),
  });
  return { ...made, next: (rows: TableSource) => forecast(made, rows, 0) };
}
