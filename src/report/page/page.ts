/** The script of the report page: finds the empty figures, fills them, and draws them again when their width changes. */

import type { PageData } from '../report-data.ts';
import { drawBaselines, drawCodeActivity, drawFeatureError } from './bars.ts';
import { drawCodeMap } from './code-map.ts';
import { drawComparisons } from './comparisons.ts';
import { drawContactSheet } from './contact-sheet.ts';
import { drawHistory } from './curves.ts';
import { drawExamples, drawSamples } from './gallery.ts';

/** Fills `figure`, `width` CSS pixels wide, from scratch. */
type Draw = (figure: HTMLElement, width: number, run: PageData) => void;

const charts: Readonly<Record<string, Draw>> = {
  history: drawHistory,
  examples: drawExamples,
  baselines: drawBaselines,
  samples: drawSamples,
  'code-map': drawCodeMap,
  comparisons: drawComparisons,
  'contact-sheet': drawContactSheet,
  'code-activity': drawCodeActivity,
  'feature-error': drawFeatureError,
};

const run: PageData = JSON.parse(document.getElementById('report-data')?.textContent ?? '{}');

const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) redraw(target as HTMLElement, Math.floor(contentRect.width));
});

for (const figure of document.querySelectorAll<HTMLElement>('[data-chart]')) {
  redraw(figure, figure.clientWidth);
  observer.observe(figure);
}

// On paper, what can be opened is open.
window.addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});

function redraw(figure: HTMLElement, width: number): void {
  const draw = charts[figure.dataset.chart ?? ''];
  if (draw === undefined || width === 0 || figure.dataset.width === String(width)) return;
  figure.dataset.width = String(width);
  draw(figure, width, run);
}
