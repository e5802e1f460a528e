/** Rows of pictures: one that was asked for, and those found. */
import type { PageData } from '../report-data.ts';
import { element } from './elements.ts';
import { decode, pictureCanvas } from './pixels.ts';

/** Pixels that a picture takes on the page, about. */
const SIDE = 72;

export function drawContactSheet(figure: HTMLElement, _width: number, { contactSheet }: PageData): void {
  if (!contactSheet) return;
  const pictures = decode(contactSheet.pictures);
  const factor = SIDE / Math.max(pictures.width, pictures.height);
  const scale = factor >= 1 ? Math.floor(factor) : factor;
  let next = 0;
  figure.replaceChildren(
    element(
      'div',
      { class: 'sheet' },
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
