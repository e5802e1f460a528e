/** A series, its forecast and the interval around that, as a picture in the page itself: it needs no script. */
import { figure } from './figures.ts';
import { type Html, html } from './html.ts';

export interface LineChart {
  readonly label: string;
  /** What is known, in order; NaN where missing. */
  readonly past: ArrayLike<number>;
  /** What follows. */
  readonly told: ArrayLike<number>;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  /** Names of the first place and of the last. */
  readonly ends: readonly [string, string];
}

const [WIDTH, HEIGHT, FOOT, LEFT] = [960, 260, 28, 64];
const TICKS = 4;

export function lineChart({ label, past, told, lower, upper, ends }: LineChart): Html {
  const known = Array.from(past);
  const all = [...known, ...Array.from(told), ...Array.from(lower), ...Array.from(upper)].filter(Number.isFinite);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const span = most - least || 1;
  const count = known.length + told.length;
  const x = (at: number): string => (LEFT + ((WIDTH - LEFT) * at) / Math.max(1, count - 1)).toFixed(1);
  const y = (value: number): string => (6 + (HEIGHT - 12) * (1 - (value - least) / span)).toFixed(1);
  const from = known.length;
  const line = (values: readonly number[], first: number): string =>
    values
      .map((value, at) => {
        if (Number.isNaN(value)) return '';
        const isBegun = at > 0 && !Number.isNaN(values[at - 1]);
        return `${isBegun ? 'L' : 'M'}${x(first + at)} ${y(value)}`;
      })
      .join('');
  const rim = (values: ArrayLike<number>): string[] => Array.from(values, (value, at) => `${x(from + at)} ${y(value)}`);
  const band = [...rim(upper), ...rim(lower).reverse()].join('L');
  // The forecast goes on where the series ends.
  const joined = [known[known.length - 1], ...Array.from(told)];
  const ticks = Array.from({ length: TICKS + 1 }, (_, at) => least + (span * at) / TICKS);
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${HEIGHT + FOOT}" role="img" aria-label="${label}">
<g stroke="var(--line)">${ticks.map((value) => html`<line x1="${LEFT}" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}"></line>`)}</g>
<g fill="var(--quiet)" font-size="13" text-anchor="end">${ticks.map((value) => html`<text x="${LEFT - 8}" y="${Number(y(value)) + 4}">${figure(value)}</text>`)}</g>
<path d="M${band}Z" fill="var(--accent)" opacity=".18"></path>
<path d="${line(known, 0)}" fill="none" stroke="var(--second)" stroke-width="1.5"></path>
<path d="${line(joined, from - 1)}" fill="none" stroke="var(--accent)" stroke-width="2"></path>
<line x1="${x(from - 1)}" x2="${x(from - 1)}" y1="0" y2="${HEIGHT}" stroke="var(--quiet)" stroke-dasharray="5 4"></line>
<g fill="var(--quiet)" font-size="13"><text x="${LEFT}" y="${HEIGHT + 18}">${ends[0]}</text><text x="${WIDTH}" y="${HEIGHT + 18}" text-anchor="end">${ends[1]}</text></g></svg></figure>`;
}

/** What the lines of such charts are. */
export function lineLegend(interval: string): Html {
  return html`<ul class="legend"><li><i style="color: var(--second)"></i>the series</li><li><i style="color: var(--accent)"></i>forecast</li><li><i class="dot" style="background: var(--accent); opacity: .4"></i>${interval}</li></ul>`;
}
