/** The page of `forecast`: what comes next, and how far such forecasts were off before. */
import { basename } from 'node:path';
import type { ForecastError } from '../applications/backtest.ts';
import type { Forecast, SeriesResult } from '../applications/forecast.ts';
import { showTime } from '../data/columns/time.ts';
import type { TableSource } from '../data/dataset.ts';
import { figure, percent, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { lineChart, lineLegend } from './line-chart.ts';
import { renderPage } from './report.ts';

export interface ForecastReport {
  readonly found: Forecast;
  readonly table: TableSource;
  readonly interval: number;
  readonly modelFile: string;
}

/** Series that are drawn, and steps of the error that are listed. */
const DRAWN = 8;
const STEPS = 12;

/** The text of the page. */
export function forecastReport(request: ForecastReport): string {
  const { found, table, interval, modelFile } = request;
  const { plan, results, origins, isIrregular } = found;
  const title = `What comes after ${basename(table.name)}`;
  const [first] = results;
  const body = frame({
    kicker: 'Forecast',
    title,
    what: html`The <b>${wholeNumber(plan.steps)}</b> steps after the <b>${wholeNumber(table.rows)}</b> rows of <b>${table.name}</b>, told by <b>${modelFile}</b> from the last ${wholeNumber(plan.history)}${plan.season > 0 && ` and those a season of ${wholeNumber(plan.season)} before`}.`,
    verdict: verdict(results),
    tiles: first
      ? [
          {
            name: `Error of ${first.name}`,
            value: figure(first.model.mae),
            note: 'mean absolute error, held-out part',
          },
          { name: 'Best simple forecast', value: figure(simplest(first).mae), note: 'the same for the better of both' },
          {
            name: 'Interval held',
            value: percent(first.coverage),
            note: `of what came; ${percent(interval)} were promised`,
          },
        ]
      : [],
    alerts: isIrregular
      ? html`<p class="warning">The rows are not equally far apart in time. Forecasts count rows, and their times go on at the usual distance.</p>`
      : undefined,
    sections: [forecastSection(request), ...measuredSections(results, origins, interval)],
  });
  return renderPage(title, body, { title });
}

function simplest({ lastValue, seasonBefore }: SeriesResult): ForecastError {
  return seasonBefore && seasonBefore.mae < lastValue.mae ? seasonBefore : lastValue;
}

function verdict(results: readonly SeriesResult[]): Html {
  if (results.length === 0)
    return html`Nothing follows what was learned from: <strong class="doubt">how good the forecast is cannot be measured here</strong>.`;
  const better = results.filter((result) => result.model.mae < simplest(result).mae);
  if (better.length === results.length) {
    const gain = results.reduce((sum, own) => sum + (1 - own.model.mae / simplest(own).mae) / results.length, 0);
    return html`On the held-out part the model is <strong>${percent(gain)} less off</strong> than the better of the last value and the season before.`;
  }
  return html`The model is nearer than simple forecasts for ${wholeNumber(better.length)} of ${wholeNumber(results.length)} series; <strong class="doubt">for the others, take the simple one</strong>.`;
}

function forecastSection({ found, table, interval }: ForecastReport): Section {
  const { plan, told, lower, upper, channels, times } = found;
  const width = plan.series.length;
  const shown = Math.min(table.rows, Math.max(plan.history, 4 * plan.steps, plan.season));
  const of = (values: Float64Array, series: number): Float64Array => values.filter((_, at) => at % width === series);
  const at = (row: number): string => (table.time ? showTime(table.time.values[row]) : `row ${row + 1}`);
  return {
    id: 'forecast',
    title: 'The forecast',
    lead: `The end of each series, what is expected to follow, and the interval that ${percent(interval)} of the values should lie in.${width > DRAWN ? ` The first ${DRAWN} of ${width}.` : ''}`,
    body: html`${plan.series.slice(0, DRAWN).map(
      (name, series) =>
        html`<h3>${name}</h3>${lineChart({
          label: `${name} and its forecast`,
          past: channels.values[series].subarray(table.rows - shown),
          told: of(told, series),
          lower: of(lower, series),
          upper: of(upper, series),
          ends: [at(table.rows - shown), times ? showTime(times[plan.steps - 1]) : `+${plan.steps}`],
        })}`,
    )}${lineLegend(`${percent(interval)} interval`)}`,
  };
}

function measuredSections(results: readonly SeriesResult[], origins: number, interval: number): Section[] {
  if (results.length === 0) return [];
  const row = (name: string, error: ForecastError | undefined, coverage?: number): Html | undefined =>
    error &&
    html`<tr${coverage !== undefined && html` class="chosen"`}><th scope="row">${name}</th><td>${figure(error.mae)}</td><td>${figure(error.rmse)}</td><td>${figure(error.mase)}</td><td>${coverage === undefined ? '' : percent(coverage)}</td></tr>`;
  const steps = results[0].bySteps.map((_, step) => step);
  const every = Math.ceil(steps.length / STEPS);
  return [
    {
      id: 'measured',
      title: 'How far off before',
      lead: `Forecasts from ${wholeNumber(origins)} moments of the last part, which nothing was learned from, beside two that need no model. MASE: mean absolute error over that of the season (or the step) before in what was learned from; below 1 is better than that.`,
      body: scrollable(
        'Errors of the forecast',
        html`<table><thead><tr><th scope="col">Forecast</th><th scope="col">Mean absolute error</th><th scope="col">Root mean squared</th><th scope="col">MASE</th><th scope="col">Held by the ${percent(interval)} interval</th></tr></thead>
<tbody>${results.map(({ name, model, coverage, lastValue, seasonBefore }) => [
          row(`${name}, this model`, model, coverage),
          row(`${name}, season before`, seasonBefore),
          row(`${name}, last value`, lastValue),
        ])}</tbody></table>`,
      ),
    },
    {
      id: 'steps',
      title: 'The further, the less sure',
      lead: 'Mean absolute error of the model by how many steps ahead.',
      body: scrollable(
        'Error by steps ahead',
        html`<table><thead><tr><th scope="col">Steps ahead</th>${results.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${steps
          .filter((step) => (step + 1) % every === 0 || step === 0)
          .map(
            (step) =>
              html`<tr><th scope="row">${step + 1}</th>${results.map(({ bySteps }) => html`<td>${figure(bySteps[step])}</td>`)}</tr>`,
          )}</tbody></table>`,
      ),
    },
  ];
}
