/** One picture over another, with a slider between them. */
import type { Comparison, PageData } from '../report-data.ts';
import { element } from './elements.ts';

/** Pictures smaller than this are shown several times as large. */
const LEAST_WIDTH = 480;

export function drawComparisons(figure: HTMLElement, width: number, { comparisons = [] }: PageData): void {
  figure.replaceChildren(
    element('div', { class: 'comparisons' }, ...comparisons.map((comparison) => drawn(comparison, width))),
  );
}

function drawn({ name, width, height, versions }: Comparison, room: number): HTMLElement {
  const times = Math.max(1, Math.round(LEAST_WIDTH / width));
  const shown = Math.min(room, width * times);
  const [under, over] = [0, 1].map((at) => picture(versions[at].source, `${name}: ${versions[at].name}`));
  const line = element('i', { 'aria-hidden': 'true' });
  const slider = element('input', {
    type: 'range',
    min: '0',
    max: '100',
    value: '50',
    'aria-label': `${name}: how much of the left version is seen`,
  }) as HTMLInputElement;
  const slide = (): void => {
    over.style.clipPath = `inset(0 0 0 ${slider.value}%)`;
    line.style.left = `${slider.value}%`;
  };
  slider.addEventListener('input', slide);
  slide();
  const choice = (at: number, side: string, image: HTMLImageElement): HTMLElement => {
    const select = element(
      'select',
      { 'aria-label': `${name}, ${side}` },
      ...versions.map((version, number) =>
        element('option', { value: String(number), ...(number === at ? { selected: '' } : {}) }, version.name),
      ),
    ) as HTMLSelectElement;
    select.addEventListener('change', () => {
      const version = versions[Number(select.value)];
      image.src = version.source;
      image.alt = `${name}: ${version.name}`;
    });
    return select;
  };
  const box = element('div', {}, under, over, line);
  box.style.aspectRatio = `${width} / ${height}`;
  const made = element(
    'div',
    { class: 'comparison' },
    element('p', {}, choice(0, 'left', under), name, choice(1, 'right', over)),
    box,
    slider,
  );
  made.style.width = `${shown}px`;
  return made;
}

function picture(source: string, alt: string): HTMLImageElement {
  return element('img', { src: source, alt }) as HTMLImageElement;
}
