/** A histogram as a picture in the page itself: it needs no script. */
import { figure, wholeNumber } from './figures.ts';
import { type Html, html } from './html.ts';

export interface Histogram {
  readonly label: string;
  readonly unit: string;
  readonly values: ArrayLike<number>;
  /** Drawn behind, as an outline, to the same area. */
  readonly reference: ArrayLike<number>;
  readonly threshold: number;
}

const [WIDTH, HEIGHT, FOOT] = [960, 240, 28];
const BINS = 80;
/** The axis ends where this share of the values does: a few extreme ones would press all others into one bar. */
const SHOWN = 0.995;

export function histogram({ label, unit, values, reference, threshold }: Histogram): Html {
  const sorted = Float64Array.from(values).sort();
  const least = Math.min(sorted[0], reference[0]);
  const most = Math.max(sorted[Math.floor(SHOWN * (sorted.length - 1))], threshold) * 1.05 - least * 0.05;
  const span = most - least || 1;
  const shares = (all: ArrayLike<number>): number[] => {
    const counts = new Array<number>(BINS).fill(0);
    for (let i = 0; i < all.length; i++) {
      const bin = Math.floor(((all[i] - least) / span) * BINS);
      counts[Math.min(BINS - 1, Math.max(0, bin))] += 1 / all.length;
    }
    return counts;
  };
  const [own, normal] = [shares(values), shares(reference)];
  const tallest = Math.max(...own, ...normal);
  const x = (value: number): number => ((value - least) / span) * WIDTH;
  const y = (share: number): number => HEIGHT * (1 - share / tallest);
  const bar = WIDTH / BINS;
  const outline = normal
    .map((share, bin) => `L${(bin * bar).toFixed(1)} ${y(share).toFixed(1)}h${bar.toFixed(1)}`)
    .join('');
  const beyond = sorted.reduce((count, value) => count + (value > most ? 1 : 0), 0);
  const line = x(threshold).toFixed(1);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => least + share * span);
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${HEIGHT + FOOT}" role="img" aria-label="${label}: ${wholeNumber(values.length)} values, threshold ${figure(threshold)} ${unit}">
<g fill="var(--accent)" opacity=".75">${own.map((share, bin) => share > 0 && html`<rect x="${(bin * bar + 0.5).toFixed(1)}" y="${y(share).toFixed(1)}" width="${(bar - 1).toFixed(1)}" height="${(HEIGHT - y(share)).toFixed(1)}"></rect>`)}</g>
<path d="M0 ${HEIGHT}${outline}V${HEIGHT}" fill="none" stroke="var(--second)" stroke-width="1.5"></path>
<line x1="${line}" x2="${line}" y1="0" y2="${HEIGHT}" stroke="var(--warn)" stroke-width="2" stroke-dasharray="5 4"></line>
<line x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}" stroke="var(--line)"></line>
<g fill="var(--quiet)" font-size="13">${ticks.map(
    (value, at) =>
      html`<text x="${x(value).toFixed(1)}" y="${HEIGHT + 18}" text-anchor="${at === 0 ? 'start' : at === 4 ? 'end' : 'middle'}">${figure(value)}</text>`,
  )}</g></svg>
<ul class="legend"><li><i class="dot" style="background: var(--accent)"></i>these examples</li><li><i style="color: var(--second)"></i>what was taken for normal</li><li><i class="dashed" style="color: var(--warn)"></i>threshold, ${figure(threshold)} ${unit}</li></ul>
${beyond > 0 && html`<p class="note">${wholeNumber(beyond)} scores are beyond the right edge, up to ${figure(sorted[sorted.length - 1])} ${unit}; they are counted in the last bar.</p>`}</figure>`;
}
