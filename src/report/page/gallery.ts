/** Examples above their reconstructions, in bands as wide as the page; and walls of generated examples. */
import * as Plot from '@observablehq/plot';
import type { ExamplePanel, PageData } from '../report-data.ts';
import { balancedColumns, element, gridOf, legend, plot } from './elements.ts';
import { decode, type Pictures, pictureCanvas } from './pixels.ts';

const GAP = 5;
const ROW_NAME_WIDTH = 110;

export function drawExamples(figure: HTMLElement, width: number, { examples }: PageData): void {
  if (examples?.form === 'images') drawPictureBands(figure, width, examples);
  if (examples?.form === 'series') {
    figure.replaceChildren(
      legend([
        { name: 'original', color: 'var(--second)', mark: 'line' },
        { name: 'reconstruction', color: 'var(--accent)', mark: 'dashed' },
      ]),
      seriesGrid(width, examples.channels, examples.original, examples.reconstruction, examples.captions),
    );
  }
}

export function drawSamples(figure: HTMLElement, width: number, { samples }: PageData): void {
  if (samples?.form === 'images') {
    const pictures = decode(samples.images);
    const scale = scaleOf(pictures, width);
    const cell = Math.round(pictures.width * scale) + GAP;
    const perRow = balancedColumns(pictures.count, Math.floor((width + GAP) / cell));
    const all = Array.from({ length: pictures.count }, (_, i) =>
      pictureCanvas(pictures, i, scale, `Generated picture ${i + 1}`),
    );
    figure.replaceChildren(element('div', { class: 'wall', style: `max-width: ${perRow * cell}px` }, ...all));
  }
  if (samples?.form === 'series') figure.replaceChildren(seriesGrid(width, samples.channels, samples.values));
}

function drawPictureBands(figure: HTMLElement, width: number, panel: Extract<ExamplePanel, { form: 'images' }>): void {
  const rows = [
    { name: 'original', pictures: decode(panel.original) },
    ...(panel.corrupted ? [{ name: 'what it was given', pictures: decode(panel.corrupted) }] : []),
    { name: 'reconstruction', pictures: decode(panel.reconstruction) },
    ...(panel.heat ? [{ name: 'surprise', pictures: decode(panel.heat) }] : []),
  ];
  const { count, width: pictureWidth } = panel.original;
  const isNarrow = window.matchMedia('(max-width: 560px)').matches;
  const room = isNarrow ? width : width - ROW_NAME_WIDTH;
  const scale = scaleOf(rows[0].pictures, room);
  const cell = Math.round(pictureWidth * scale);
  const fitting = Math.max(1, Math.floor((room + GAP) / (cell + GAP)));
  const perBand = balancedColumns(count, fitting);
  const bands = Math.ceil(count / perBand);
  figure.replaceChildren(
    element(
      'div',
      { class: 'bands' },
      ...Array.from({ length: bands }, (_, band) => {
        const indices = Array.from({ length: Math.min(perBand, count - band * perBand) }, (_, i) => band * perBand + i);
        return element(
          'div',
          { class: 'band' },
          ...rows.flatMap(({ name, pictures }) => [
            element('div', { class: 'row-name' }, name),
            element(
              'div',
              { class: 'strip' },
              ...indices.map((i) => pictureCanvas(pictures, i, scale, `Example ${i + 1}, ${name}`)),
            ),
          ]),
          ...(panel.captions ? captionRow(panel.captions, indices, cell) : []),
        );
      }),
    ),
  );
}

function captionRow(captions: readonly string[], indices: readonly number[], cell: number): HTMLElement[] {
  const spans = indices.map((i) => element('span', { style: `width: ${cell}px` }, captions[i] ?? ''));
  return [element('div', { class: 'row-name' }), element('div', { class: 'strip captions' }, ...spans)];
}

/** A whole factor where pictures are small, so that pixels stay square and sharp. */
function scaleOf({ width }: Pictures, room: number): number {
  const target = Math.min(room, room < 500 ? 56 : 76);
  const factor = target / width;
  return factor >= 1 ? Math.floor(factor) : Math.max(factor, 0.75);
}

type Series = readonly (readonly (readonly number[])[])[];

interface SeriesPoint {
  readonly time: number;
  readonly value: number;
}

/** One small chart per example and channel; the second set of lines, where there is one, over the first. */
function seriesGrid(
  width: number,
  channels: readonly string[],
  first: Series,
  second?: Series,
  captions?: readonly string[],
): HTMLElement {
  const { columns, each } = gridOf(first.length * channels.length, width);
  const charts = first.flatMap((example, e) =>
    example.map((values, c) => {
      const caption = captions?.[e] ?? `Example ${e + 1}`;
      const title = channels.length > 1 ? `${caption}, ${channels[c]}` : caption;
      const lines = second
        ? [
            { values, stroke: 'var(--second)', strokeDasharray: 'none' },
            { values: second[e][c], stroke: 'var(--accent)', strokeDasharray: '5 3' },
          ]
        : [{ values, stroke: 'var(--accent)', strokeDasharray: 'none' }];
      const chart = plot(`${title}: ${second ? 'original and reconstruction' : 'generated'} over time.`, {
        width: each,
        height: 130,
        marginLeft: 44,
        marginRight: 6,
        marginTop: 8,
        marginBottom: 22,
        x: { label: null, ticks: 4, tickSize: 0 },
        y: { label: null, ticks: 3, tickSize: 0, nice: true },
        marks: [
          Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 3 }),
          ...lines.map(({ values, stroke, strokeDasharray }) =>
            Plot.line(
              values.map((value, time): SeriesPoint => ({ time, value })),
              { x: 'time', y: 'value', stroke, strokeDasharray, strokeWidth: 1.6 },
            ),
          ),
        ],
      });
      return element('div', {}, element('h3', {}, title), chart);
    }),
  );
  return element('div', { class: 'multiples', style: `--columns: ${columns}` }, ...charts);
}
