/** Series as a picture in the page itself, one band above the other, with stretches marked; it needs no script. */
import { figure, wholeNumber } from './figures.ts';
import { type Html, html } from './html.ts';

export interface SeriesBand {
  readonly name: string;
  /** A value for each row, NaN where it is missing. */
  readonly values: ArrayLike<number>;
  /** A line across, and what it is. */
  readonly line?: number;
}

export interface SeriesChart {
  readonly label: string;
  readonly bands: readonly SeriesBand[];
  /** Rows from one to another, both within. */
  readonly marked: readonly { readonly from: number; readonly to: number }[];
}

const [WIDTH, HEIGHT, GAP, FOOT] = [960, 90, 26, 22];
/** Of a mark, however short its stretch. */
const LEAST_MARK = 3;

export function seriesChart({ label, bands, marked }: SeriesChart): Html {
  const rows = Math.max(1, ...bands.map(({ values }) => values.length));
  const x = (row: number): number => (row / rows) * WIDTH;
  const height = bands.length * (HEIGHT + GAP) + FOOT;
  const marks = marked.map(
    ({ from, to }) =>
      html`<rect x="${x(from).toFixed(1)}" y="0" width="${Math.max(LEAST_MARK, x(to + 1) - x(from)).toFixed(1)}" height="${height - FOOT}" fill="var(--warn-line)" opacity=".35"></rect>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}: ${wholeNumber(rows)} rows, ${wholeNumber(marked.length)} stretches marked">
${marks}${bands.map((band, at) => bandOf(band, at * (HEIGHT + GAP)))}
<g fill="var(--quiet)" font-size="13">${ticks.map(
    (share, at) =>
      html`<text x="${(share * WIDTH).toFixed(1)}" y="${height - 6}" text-anchor="${at === 0 ? 'start' : at === 4 ? 'end' : 'middle'}">${wholeNumber(Math.max(1, Math.round(share * rows)))}</text>`,
  )}</g></svg></figure>`;
}

/** The name above, then the line from the least value to the largest, drawn between `top` and a band's height below. */
function bandOf({ name, values, line }: SeriesBand, top: number): Html {
  let [least, most] = [line ?? Number.POSITIVE_INFINITY, line ?? Number.NEGATIVE_INFINITY];
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) continue;
    least = Math.min(least, values[row]);
    most = Math.max(most, values[row]);
  }
  if (!(most >= least)) [least, most] = [0, 0];
  const span = most - least || 1;
  const y = (value: number): string => (top + GAP - 6 + HEIGHT * (1 - (value - least) / span)).toFixed(1);
  return html`<text x="0" y="${top + 12}" fill="var(--ink)" font-size="13">${name} <tspan fill="var(--quiet)">${figure(least)} … ${figure(most)}</tspan></text>
<path d="${pathOf(values, y)}" fill="none" stroke="var(--accent)" stroke-width="1.2"></path>${
    line !== undefined &&
    html`<line x1="0" x2="${WIDTH}" y1="${y(line)}" y2="${y(line)}" stroke="var(--warn)" stroke-dasharray="5 4"></line>`
  }`;
}

/** At most the least and the largest value of each half pixel: a long series keeps its spikes. */
function pathOf(values: ArrayLike<number>, y: (value: number) => string): string {
  const bins = Math.min(values.length, 2 * WIDTH);
  let path = '';
  let isDown = false;
  for (let bin = 0; bin < bins; bin++) {
    const [from, to] = [bin, bin + 1].map((at) => Math.floor((at * values.length) / bins));
    let [least, most] = [from, from];
    for (let row = from; row < to; row++) {
      if (Number.isNaN(values[row])) continue;
      if (!(values[row] >= values[least])) least = row;
      if (!(values[row] <= values[most])) most = row;
    }
    if (Number.isNaN(values[least])) {
      isDown = false;
      continue;
    }
    for (const row of least === most ? [least] : [least, most].sort((a, b) => a - b)) {
      path += `${isDown ? 'L' : 'M'}${((row / values.length) * WIDTH).toFixed(1)} ${y(values[row])}`;
      isDown = true;
    }
  }
  return path;
}
