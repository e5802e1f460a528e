/** Bars and heat: the comparison with simpler methods, the use of the code, the error of each feature. */
import * as Plot from '@observablehq/plot';
import { figure as format } from '../figures.ts';
import type { BaselineRow, CodeActivity, FeatureError, PageData } from '../report-data.ts';
import { element, plot } from './elements.ts';
import { heatCanvas } from './pixels.ts';

/** More columns than this are a list that nobody reads. */
const MOST_COLUMNS = 30;
/** Wider names are cut off with an ellipsis. */
const NAME_WIDTH = 190;

export function drawBaselines(figure: HTMLElement, width: number, { baselines = [] }: PageData): void {
  const rows = baselines.filter(({ mse }) => mse !== null).sort((a, b) => a.mse - b.mse);
  const label = `Mean squared error: ${rows.map(({ name, mse }) => `${name} ${format(mse)}`).join(', ')}. Shorter is better.`;
  const color = ({ role }: BaselineRow) => (role === 'model' ? 'var(--accent)' : 'var(--quiet)');
  figure.replaceChildren(
    horizontalBars(
      label,
      width,
      rows.map((row) => ({ name: row.name, value: row.mse, color: color(row), isFaint: row.role !== 'model' })),
    ),
  );
}

export function drawCodeActivity(figure: HTMLElement, width: number, { codeActivity }: PageData): void {
  if (codeActivity === undefined) return;
  figure.replaceChildren(element('h3', {}, sentenceCase(codeActivity.measure)), activityChart(codeActivity, width));
}

export function drawFeatureError(figure: HTMLElement, width: number, { featureError }: PageData): void {
  if (featureError?.form === 'images') drawHeat(figure, width, featureError);
  if (featureError?.form === 'columns') {
    const sorted = [...featureError.columns].sort((a, b) => b.error - a.error);
    const shown = sorted.slice(0, MOST_COLUMNS);
    const label = `Mean squared error by column, worst first: ${shown
      .slice(0, 5)
      .map(({ name, error }) => `${name} ${format(error)}`)
      .join(', ')}.`;
    const bars = shown.map(({ name, error }) => ({ name, value: error, color: 'var(--accent)', isFaint: false }));
    const rest = sorted.length - shown.length;
    figure.replaceChildren(
      horizontalBars(label, width, bars),
      ...(rest > 0 ? [element('p', { class: 'note' }, `and ${rest} more columns with smaller errors`)] : []),
    );
  }
}

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly color: string;
  readonly isFaint: boolean;
}

/** Names left of the bars, or above them where there is no room. */
function horizontalBars(label: string, width: number, bars: readonly Bar[]): HTMLElement {
  const isNarrow = width < 480;
  const longest = Math.max(...bars.map(({ name }) => name.length));
  const marginLeft = isNarrow ? 0 : Math.min(NAME_WIDTH, longest * 7.2 + 16);
  const rowHeight = isNarrow ? 44 : 30;
  const place = isNarrow
    ? ({ textAnchor: 'start', dx: 0, dy: -20, lineWidth: width / 13 } as const)
    : ({ textAnchor: 'end', dx: -10, dy: 0, lineWidth: marginLeft / 13 } as const);
  const y = (_: Bar, i: number) => i;
  const words = { y, fill: 'var(--ink)', fontSize: 13 };
  return plot(label, {
    width,
    height: bars.length * rowHeight + 10,
    marginLeft,
    marginRight: 64,
    marginTop: 4,
    marginBottom: 4,
    x: { axis: null, domain: [0, Math.max(...bars.map(({ value }) => value), 0)] },
    y: {
      domain: bars.map((_, i) => i),
      axis: null,
      paddingOuter: isNarrow ? 0.3 : 0.14,
      paddingInner: isNarrow ? 0.55 : 0.28,
    },
    marks: [
      Plot.barX(bars, { y, x: 'value', fill: 'color', fillOpacity: (bar: Bar) => (bar.isFaint ? 0.5 : 1), rx: 3 }),
      Plot.text(bars, { ...words, ...place, frameAnchor: 'left', text: 'name', textOverflow: 'ellipsis' }),
      Plot.text(bars, {
        ...words,
        x: 'value',
        text: ({ value }: Bar) => format(value),
        textAnchor: 'start',
        dx: 8,
        fontVariant: 'tabular-nums',
      }),
    ],
  });
}

function activityChart({ measure, noun, values, dead }: CodeActivity, width: number): Node {
  const isDead = new Set(dead);
  const bars = values.map((value, index) => ({ index, value, isDead: isDead.has(index) }));
  const best = Math.max(...values, 0);
  const isSparse = (width - 60) / values.length < 12;
  return plot(
    `${measure} of each ${noun}: ${values.length - dead.length} of ${values.length} in use, largest ${format(best)}.`,
    {
      width,
      height: 220,
      marginLeft: 52,
      marginRight: 8,
      marginTop: 10,
      marginBottom: 36,
      x: {
        label: noun,
        labelArrow: 'none',
        tickSize: 0,
        type: 'band',
        padding: isSparse ? 0 : 0.18,
        ticks: bars.filter(({ index }) => index % tickStep(values.length, width) === 0).map(({ index }) => index),
      },
      y: { label: null, nice: true, ticks: 4, tickSize: 0 },
      marks: [
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 4 }),
        Plot.barY(bars, {
          x: 'index',
          y: 'value',
          fill: ({ isDead }) => (isDead ? 'var(--quiet)' : 'var(--accent)'),
          rx: isSparse ? 0 : 2,
        }),
        Plot.ruleY([0], { stroke: 'var(--quiet)' }),
        Plot.dot(bars, {
          filter: 'isDead',
          x: 'index',
          y: 0,
          dy: -8,
          r: isSparse ? 2 : 4,
          symbol: 'times',
          stroke: 'var(--second)',
          strokeWidth: 2,
        }),
        Plot.tip(
          bars,
          Plot.pointerX({
            x: 'index',
            y: 'value',
            title: ({ index, value, isDead }: { index: number; value: number; isDead: boolean }) =>
              `${noun} ${index}\n${format(value)}${isDead ? ', dead' : ''}`,
          }),
        ),
      ],
    },
  );
}

function drawHeat(figure: HTMLElement, width: number, error: Extract<FeatureError, { form: 'images' }>): void {
  const worst = Math.max(...error.values);
  const scale = Math.max(1, Math.floor(Math.min(width - 120, 308) / error.width));
  const picture = heatCanvas(
    error.values.map((value) => value / (worst || 1)),
    error.width,
    error.height,
    scale,
    `Heat picture of the error, ${error.height} by ${error.width} pixels: from 0 to ${format(worst)}.`,
  );
  const ramp = heatCanvas(
    Array.from({ length: 64 }, (_, i) => 1 - i / 63),
    1,
    64,
    1,
    '',
  );
  ramp.removeAttribute('style');
  const ticks = element('ol', {}, ...[worst, worst / 2, 0].map((value) => element('li', {}, format(value))));
  figure.replaceChildren(
    element(
      'div',
      { class: 'heat' },
      picture,
      element('div', { class: 'scale' }, element('span', {}, 'squared error'), element('div', {}, ramp, ticks)),
    ),
  );
}

function tickStep(count: number, width: number): number {
  const fitting = Math.max(1, Math.floor(width / 44));
  const step = Math.ceil(count / fitting);
  return [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128].find((nice) => nice >= step) ?? step;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
