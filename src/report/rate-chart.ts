/** Curves of bits a pixel and PSNR as a picture in the page itself: it needs no script. */
import type { RatePoint } from '../applications/codec/bd-rate.ts';
import { figure } from './figures.ts';
import { type Html, html } from './html.ts';

export interface RateCurve {
  readonly name: string;
  readonly curve: readonly RatePoint[];
}

const [WIDTH, HEIGHT, LEFT, FOOT] = [960, 360, 56, 42];
const TICKS = 5;
/** The codec itself first. */
const COLOURS = ['var(--accent)', 'var(--second)', 'var(--third)', 'var(--quiet)'];

export function rateChart(label: string, curves: readonly RateCurve[]): Html {
  const [{ curve: own }] = curves;
  // As far as the codec itself goes, and somewhat beyond: others may go on to files that are hardly smaller than the pictures.
  const most = 1.25 * Math.max(...own.map(({ bitsPerPixel }) => bitsPerPixel));
  const within = curves.map(({ name, curve }) => ({
    name,
    curve: curve.filter(({ bitsPerPixel }) => bitsPerPixel <= most).toSorted((a, b) => a.bitsPerPixel - b.bitsPerPixel),
  }));
  const all = within.flatMap(({ curve }) => curve.map(({ psnr }) => psnr));
  const [low, high] = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))];
  const x = (bits: number): string => (LEFT + (bits / most) * (WIDTH - LEFT)).toFixed(1);
  const y = (psnr: number): string => (HEIGHT * (1 - (psnr - low) / (high - low || 1)) + 6).toFixed(1);
  const ticks = Array.from({ length: TICKS + 1 }, (_, at) => at / TICKS);
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${HEIGHT + FOOT}" role="img" aria-label="${label}">
<g stroke="var(--line)">${ticks.map((share) => html`<line x1="${LEFT}" x2="${WIDTH}" y1="${y(low + share * (high - low))}" y2="${y(low + share * (high - low))}"></line>`)}</g>
<g fill="var(--quiet)" font-size="13" text-anchor="end">${ticks.map((share) => html`<text x="${LEFT - 8}" y="${Number(y(low + share * (high - low))) + 4}">${figure(low + share * (high - low))}</text>`)}</g>
<g fill="var(--quiet)" font-size="13" text-anchor="middle">${ticks.slice(1, -1).map((share) => html`<text x="${x(share * most)}" y="${HEIGHT + 26}">${(share * most).toFixed(2)}</text>`)}</g>
<g fill="var(--quiet)" font-size="13"><text x="0" y="${HEIGHT + 26}">dB</text><text x="${WIDTH}" y="${HEIGHT + 26}" text-anchor="end">bits a pixel</text></g>
${within.map(
  ({ curve }, at) =>
    html`<path d="M${curve.map((point) => `${x(point.bitsPerPixel)} ${y(point.psnr)}`).join('L')}" fill="none" stroke="${COLOURS[at]}" stroke-width="${at === 0 ? 3 : 1.6}"></path>`,
)}</svg><ul class="legend">${within.map(({ name }, at) => html`<li><i style="color: ${COLOURS[at]}"></i>${name}</li>`)}</ul></figure>`;
}
