/** Pieces of a page of one file. */
import type { Source } from 'autoencoder/browser';
import { paint } from '../src/parts/paint.ts';
import { show } from '../worker/shown.ts';

/** The example that `source` is, or its rows. @param name What it is, for those who cannot see it. */
export function drawn(source: Source, name: string): HTMLElement {
  const shown = show(source);
  if (shown.form === 'rows') {
    return made(
      'table',
      {},
      made('thead', {}, row('th', shown.columns)),
      made(
        'tbody',
        {},
        ...shown.rows.map((cells) =>
          row(
            'td',
            cells.map((cell) => (typeof cell === 'number' ? cell.toPrecision(4) : `${cell}`)),
          ),
        ),
      ),
    );
  }
  if (shown.form === 'curves') {
    const { values, width } = shown;
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const points = Array.from(
      values,
      (value, x) => `${(300 * x) / width},${100 - (96 * (value - least)) / (most - least || 1)}`,
    );
    const picture = made('div', { class: 'wave' });
    picture.innerHTML = `<svg viewBox="0 0 300 104" role="img"><polyline points="${points.join(' ')}"/></svg>`;
    picture.firstElementChild?.setAttribute('aria-label', name);
    return picture;
  }
  const { width, height } = shown;
  const canvas = made('canvas', { width, height, role: 'img', 'aria-label': name }) as HTMLCanvasElement;
  const context = canvas.getContext('2d');
  if (context) paint(context, shown, 0);
  return canvas;
}

/** Two states of an example side by side. */
export function beforeAndAfter(before: Source, after: Source, name: string): HTMLElement {
  const sides = [
    ['before', before],
    ['after', after],
  ] as const;
  return made(
    'div',
    { class: 'pair' },
    ...sides.map(([words, source]) =>
      made('figure', {}, drawn(source, `${name}, ${words}`), made('figcaption', { class: 'quiet' }, words)),
    ),
  );
}

export function row(tag: 'td' | 'th', cells: readonly string[]): HTMLElement {
  return made('tr', {}, ...cells.map((cell) => made(tag, {}, cell)));
}

export function made(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Node | string)[]
): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, `${value}`);
  node.append(...children);
  return node;
}

export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`internal: no ${id} in the page`);
  return found;
}
