/** The pictures of a search, in the page itself: they need no script. */
import { placeOf } from '../applications/tuning/coordinates.ts';
import type { Trial, Tuned } from '../applications/tuning/result.ts';
import type { Dimension, Space } from '../applications/tuning/space.ts';
import { duration, figure, percent } from './figures.ts';
import { type Html, html } from './html.ts';

const [WIDTH, LEFT, FOOT] = [960, 72, 28];

/** A trial that was measured. */
export type MeasuredTrial = Trial & { readonly value: number };

/** Errors on a logarithmic axis, as far as they are of interest: a few trials are far worse than all others. */
function errorAxis(trials: readonly MeasuredTrial[], from: number, to: number) {
  const values = trials.map(({ value }) => Math.log(Math.max(value, 1e-12))).toSorted((a, b) => a - b);
  const least = values[0];
  const most = Math.max(values[Math.floor(0.9 * (values.length - 1))], least + 1e-3);
  return {
    least: Math.exp(least),
    most: Math.exp(most),
    at: (value: number): number => {
      const share = (Math.log(Math.max(value, 1e-12)) - least) / (most - least);
      return to - Math.min(1, Math.max(0, share)) * (to - from);
    },
  };
}

/** The best value so far over the time of the search, and every trial that was trained to the end. */
export function progressChart({ trials, best: kept, initial, seconds }: Tuned, label: string): Html {
  const height = 260;
  const complete = trials
    .filter((trial): trial is MeasuredTrial => trial.state === 'complete' && trial.value !== undefined)
    .toSorted((a, b) => a.elapsed - b.elapsed);
  const axis = errorAxis(complete, 8, height - 8);
  const x = (elapsed: number): number => LEFT + ((WIDTH - LEFT - 8) * elapsed) / Math.max(seconds, 1e-9);
  let best = Number.POSITIVE_INFINITY;
  const steps = complete.flatMap(({ elapsed, value }) => {
    // What is below the best of all was passed over.
    if (value >= best || value < kept.value) return [];
    const rise = best === Number.POSITIVE_INFINITY ? `M${x(elapsed).toFixed(1)} ` : `H${x(elapsed).toFixed(1)}V`;
    best = value;
    return [`${rise}${axis.at(value).toFixed(1)}`];
  });
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${height + FOOT}" role="img" aria-label="${label}">
<g fill="var(--quiet)" font-size="13" text-anchor="end"><text x="${LEFT - 8}" y="18">${figure(axis.most)}</text><text x="${LEFT - 8}" y="${height - 4}">${figure(axis.least)}</text></g>
${initial && html`<line x1="${LEFT}" x2="${WIDTH}" y1="${axis.at(initial.value).toFixed(1)}" y2="${axis.at(initial.value).toFixed(1)}" stroke="var(--quiet)" stroke-dasharray="5 4"></line>`}
<g fill="var(--second)">${complete.map(({ elapsed, value }) => html`<circle cx="${x(elapsed).toFixed(1)}" cy="${axis.at(value).toFixed(1)}" r="4"></circle>`)}</g>
<path d="${steps.join('')}H${WIDTH - 8}" fill="none" stroke="var(--accent)" stroke-width="2"></path>
<line x1="${LEFT}" x2="${WIDTH}" y1="${height}" y2="${height}" stroke="var(--line)"></line>
<g fill="var(--quiet)" font-size="13"><text x="${LEFT}" y="${height + 18}">0 s</text><text x="${WIDTH}" y="${height + 18}" text-anchor="end">${duration(seconds)}</text></g></svg>
<ul class="legend"><li><i style="color: var(--accent)"></i>the best so far</li><li><i class="dot" style="background: var(--second)"></i>trials that were trained to the end</li>${initial && html`<li><i class="dashed" style="color: var(--quiet)"></i>the default model</li>`}</ul></figure>`;
}

/** A bar for each option. */
export function importanceChart(shares: readonly { readonly name: string; readonly share: number }[]): Html {
  const [row, names] = [28, 180];
  const most = Math.max(...shares.map(({ share }) => share), 1e-9);
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${shares.length * row}" role="img" aria-label="Importance of each option">${shares.map(
    ({ name, share }, at) =>
      html`<text x="${names - 10}" y="${at * row + 19}" text-anchor="end" font-size="14" fill="currentColor">${name}</text><rect x="${names}" y="${at * row + 5}" width="${Math.max(1, ((WIDTH - names - 60) * share) / most).toFixed(1)}" height="${row - 10}" fill="var(--accent)"></rect><text x="${(names + ((WIDTH - names - 60) * share) / most + 8).toFixed(1)}" y="${at * row + 19}" font-size="13" fill="var(--quiet)">${percent(share)}</text>`,
  )}</svg></figure>`;
}

/** For each option a small picture: its values from left to right, errors from the bottom up; the best trial is filled. */
export function scatterCharts(space: Space, trials: readonly MeasuredTrial[], best: number): Html {
  const [width, height] = [300, 150];
  const axis = errorAxis(trials, 10, height - 10);
  const picture = (dimension: Dimension): Html => {
    const { name, range } = dimension;
    const there = trials.flatMap((trial) => {
      const place = placeOf(range, trial.point[name]);
      return place === undefined ? [] : [{ trial, place }];
    });
    const ends = range.type === 'range' ? [figure(range.from), figure(range.to)] : endsOf(range.values);
    return html`<svg viewBox="0 0 ${width} ${height + 44}" width="${width}" role="img" aria-label="Errors by ${name}">
<rect x="0" y="0" width="${width}" height="${height}" fill="none" stroke="var(--line)"></rect>
${there.map(({ trial, place }) => html`<circle cx="${(8 + place * (width - 16)).toFixed(1)}" cy="${axis.at(trial.value).toFixed(1)}" r="${trial.trial === best ? 6 : 3.5}" fill="${trial.trial === best ? 'var(--accent)' : 'var(--second)'}" opacity="${trial.trial === best ? 1 : 0.6}"></circle>`)}
<g fill="var(--quiet)" font-size="12"><text x="0" y="${height + 16}">${ends[0]}</text><text x="${width}" y="${height + 16}" text-anchor="end">${ends[1]}</text></g>
<text x="${width / 2}" y="${height + 36}" text-anchor="middle" font-size="14" fill="currentColor">${name}${range.type === 'range' && range.scale === 'log' && ' (logarithmic)'}</text></svg>`;
  };
  return html`<figure class="chart"><div style="display: flex; flex-wrap: wrap; gap: 1rem">${space.map(picture)}</div></figure>`;
}

function endsOf(values: readonly unknown[]): readonly [string, string] {
  return [valueWords(values[0]), valueWords(values[values.length - 1])];
}

/** A value as on the command line. */
export function valueWords(value: unknown): string {
  if (value === undefined) return '–';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  return typeof value === 'number' ? figure(value) : String(value);
}
