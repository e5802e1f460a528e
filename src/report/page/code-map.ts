/** The map of codes: a dot per example, coloured by label; under the pointer, what the example looks like. */
import * as Plot from '@observablehq/plot';
import { percent } from '../figures.ts';
import type { CodeMap, PageData } from '../report-data.ts';
import { classColor, element, legend, plot } from './elements.ts';
import { decode, pictureCanvas } from './pixels.ts';

interface Dot {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  /** −1 where there is none. */
  readonly label: number;
}

const THUMBNAIL_WIDTH = 72;

export function drawCodeMap(figure: HTMLElement, width: number, { codeMaps }: PageData): void {
  const codeMap = codeMaps?.[figure.dataset.of ?? ''];
  if (codeMap === undefined) return;
  const { points, labels, explained, thumbnails } = codeMap;
  const names = labels?.names ?? [];
  const dots = points.map(([x, y], index): Dot => ({ index, x, y, label: labels?.values[index] ?? -1 }));
  const pictures = thumbnails && decode(thumbnails);
  const color = ({ label }: Dot) => (labels ? classColor(label, names.length) : 'var(--accent)');
  const isDense = points.length > 1500;
  const shown = Plot.pointer({ x: 'x', y: 'y', maxRadius: 30 });
  const tip = element('div', { class: 'tip', hidden: '' });
  const chart = plot(
    describe(codeMap),
    {
      width,
      height: Math.round(Math.min(Math.max(width * 0.62, 300), 600)),
      margin: 1,
      marginLeft: 26,
      marginBottom: 28,
      inset: 14,
      x: { label: `first component (${percent(explained[0])} of the variance)`, ...axis },
      y: { label: `second component (${percent(explained[1])})`, ...axis },
      marks: [
        Plot.frame({ stroke: 'var(--grid)', rx: 8 }),
        Plot.dot(dots, { x: 'x', y: 'y', r: isDense ? 2.2 : 3.2, fill: color, fillOpacity: isDense ? 0.75 : 0.85 }),
        Plot.dot(dots, { ...shown, r: 7, stroke: 'var(--ink)', strokeWidth: 2, fill: color }),
      ],
    },
    (value, plotted) => {
      const dot = value as Dot | null;
      tip.hidden = dot === null;
      if (dot === null) return;
      const x = plotted.scale('x')?.apply(dot.x) ?? 0;
      const y = plotted.scale('y')?.apply(dot.y) ?? 0;
      const content: Node[] = [];
      if (pictures && dot.index < pictures.count) {
        const scale = Math.max(1, Math.round(THUMBNAIL_WIDTH / pictures.width));
        content.push(pictureCanvas(pictures, dot.index, scale, ''));
      }
      const words = element('div', {}, names[dot.label] ? element('b', {}, names[dot.label]) : undefined);
      words.append(element('div', { class: 'quiet' }, `example ${dot.index + 1}`));
      tip.replaceChildren(...content, words);
      // Beside the dot, on the side with more room.
      tip.style.left = x < width / 2 ? `${x + 16}px` : '';
      tip.style.right = x < width / 2 ? '' : `${width - x + 16}px`;
      tip.style.top = `${Math.max(0, y - 30)}px`;
    },
  );
  chart.append(tip);

  const entries = names.map((name, i) => ({ name, color: classColor(i, names.length), mark: 'dot' as const }));
  figure.replaceChildren(
    element('div', { class: 'map' }, entries.length > 0 && entries.length <= 40 ? legend(entries) : undefined, chart),
  );
}

const axis = { labelAnchor: 'center', labelArrow: 'none', ticks: [], tickSize: 0 } as const;

function describe({ points, labels }: CodeMap): string {
  const classes = labels ? `, coloured by ${labels.names.length} labels` : '';
  return `Scatter plot of ${points.length} codes in two dimensions${classes}.`;
}
