/** Rows of pictures: one that was asked for, and those found. */
import type { PageData } from '../report-data.ts';
import { element } from './elements.ts';
import { decode, pictureCanvas } from './pixels.ts';

/** Pixels that a picture takes on the page, about. */
const SIDE = 72;
/** A picture with its words takes that much, less in long rows; between two, and about the rule after the first. */
const CELL = 84;
const LEAST_CELL = 48;
const GAP = 8;
const RULE = 32;

export function drawContactSheet(figure: HTMLElement, width: number, { contactSheet }: PageData): void {
  if (!contactSheet) return;
  const pictures = decode(contactSheet.pictures);
  const longest = Math.max(...contactSheet.rows.map((captions) => captions.length));
  const cell = Math.min(CELL, Math.max(LEAST_CELL, Math.floor((width - RULE) / longest) - GAP));
  const factor = Math.min(SIDE, cell) / Math.max(pictures.width, pictures.height);
  const scale = factor >= 1 ? Math.floor(factor) : factor;
  let next = 0;
  figure.replaceChildren(
    element(
      'div',
      { class: 'sheet', style: `--cell: ${cell}px` },
      ...contactSheet.rows.map((captions) => {
        const first = next;
        next += captions.length;
        const cells = captions.map((caption, at) =>
          element(
            'div',
            {},
            pictureCanvas(pictures, first + at, scale, caption),
            element('span', { title: caption }, caption),
          ),
        );
        return element('div', { class: 'sheet-row' }, ...cells);
      }),
    ),
  );
}
