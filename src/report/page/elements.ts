/** Building the page's elements, and what every chart has in common. */
import * as Plot from '@observablehq/plot';

type Child = Node | string | undefined;

/** A new element with attributes and children. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: Child[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

type Chart = (SVGSVGElement | HTMLElement) & Plot.Plot;

/**
 * A Plot chart in the page's colours that a screen reader announces as one picture described by `label`.
 * `onPoint` is told what the pointer is on, or null, and may add to the chart's box.
 */
export function plot(
  label: string,
  options: Plot.PlotOptions,
  onPoint?: (value: unknown, chart: Chart, box: HTMLElement) => void,
): HTMLElement {
  const chart = Plot.plot({
    ...options,
    style: { background: 'transparent', color: 'var(--quiet)', fontSize: '12px', overflow: 'visible' },
  });
  // Plot labels every group of marks with its name ("dot"), which says nothing and is not allowed without a role.
  chart.setAttribute('aria-hidden', 'true');
  const box = element('div', { role: 'img', 'aria-label': label, class: 'plot' }, chart);
  if (onPoint) chart.addEventListener('input', () => onPoint(chart.value, chart, box));
  return box;
}

/** Columns to lay `count` things out in rows of nearly equal length, `fitting` at most. */
export function balancedColumns(count: number, fitting: number): number {
  return Math.ceil(count / Math.ceil(count / Math.max(1, fitting)));
}

const MULTIPLE_WIDTH = 290;
const MULTIPLE_GAP = 28;

/** How many small charts stand side by side, and how wide each is; the style sheet's `.multiples` has the same gap. */
export function gridOf(count: number, width: number): { readonly columns: number; readonly each: number } {
  const fitting = Math.floor((width + MULTIPLE_GAP) / (MULTIPLE_WIDTH + MULTIPLE_GAP));
  // A lone small chart does not grow to the size of the main one.
  const columns = Math.max(1, balancedColumns(Math.max(1, count), fitting), Math.min(2, fitting));
  return { columns, each: Math.floor((width - MULTIPLE_GAP * (columns - 1)) / columns) };
}

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly mark: 'line' | 'dashed' | 'dot';
}

/** Names beside their colours. */
export function legend(entries: readonly LegendEntry[]): HTMLElement {
  const swatch = ({ color, mark }: LegendEntry) => {
    const made = element('i', { class: mark, 'aria-hidden': 'true' });
    made.style.color = color;
    return made;
  };
  return element('ul', { class: 'legend' }, ...entries.map((entry) => element('li', {}, swatch(entry), entry.name)));
}

/** Ten colours that are easy to tell apart ("Observable 10"); beyond ten classes, a hue each. */
export function classColor(index: number, classes: number): string {
  if (index < 0) return 'var(--quiet)';
  if (classes <= palette.length) return palette[index];
  return `hsl(${Math.round((200 + (360 * index) / classes) % 360)} var(--dot-strong) var(--dot-light))`;
}

const palette = [
  '#4269d0',
  '#efb118',
  '#ff725c',
  '#6cc5b0',
  '#3ca951',
  '#ff8ab7',
  '#a463f2',
  '#97bbf5',
  '#9c6b4e',
  '#9498a0',
] as const;
