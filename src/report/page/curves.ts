/** Learning curves: the loss large, each of its terms and the learning rate small below it. */
import * as Plot from '@observablehq/plot';
import { figure as format } from '../figures.ts';
import type { EpochRecord, PageData } from '../report-data.ts';
import { element, gridOf, type LegendEntry, legend, plot } from './elements.ts';

interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly part: 'training' | 'validation';
}

const partColors = { training: 'var(--second)', validation: 'var(--accent)' };
/** As the loss and its terms are summed over features, and the mean squared error is not. */
function titleOf(name: string): string {
  if (name === 'mse') return 'Mean squared error per feature';
  const isAbbreviation = name.length <= 2;
  return `${isAbbreviation ? name.toUpperCase() : name.charAt(0).toUpperCase() + name.slice(1)}, nats per example`;
}

export function drawHistory(figure: HTMLElement, width: number, { history = [], bestEpoch = 0 }: PageData): void {
  const names = [
    ...new Set(history.flatMap((row) => [...Object.keys(row.train), ...Object.keys(row.validation ?? {})])),
  ];
  const [main, ...others] = names.includes('loss') ? ['loss', ...names.filter((name) => name !== 'loss')] : names;
  // A term that never changes (a weight, a constant) and a single term that is the loss itself tell nothing.
  const told = others.filter((name) => varies(history, name) && !isSame(history, name, main));
  const hasValidation = history.some(({ validation }) => validation !== undefined);
  const entries: LegendEntry[] = [{ name: 'training', color: partColors.training, mark: 'dashed' }];
  if (hasValidation)
    entries.push({ name: 'validation (not learned from)', color: partColors.validation, mark: 'line' });

  const hasSchedule = new Set(history.map(({ learningRate }) => learningRate)).size > 1;
  const { columns, each } = gridOf(told.length + Number(hasSchedule), width);
  const multiples = told.map((name) => titled(titleOf(name), curve(points(history, name), bestEpoch, each, 150, name)));
  if (hasSchedule) multiples.push(titled('Learning rate', learningRate(history, each)));
  figure.replaceChildren(
    legend(entries),
    titled(titleOf(main), curve(points(history, main), bestEpoch, width, width < 500 ? 230 : 300, main)),
    ...(multiples.length > 0
      ? [element('div', { class: 'multiples', style: `--columns: ${columns}` }, ...multiples)]
      : []),
  );
}

function curve(data: readonly Point[], bestEpoch: number, width: number, height: number, name: string): Node {
  const best = data.find(({ epoch, part }) => epoch === bestEpoch && part === 'validation');
  const values = data.map(({ value }) => value);
  const isLog = Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) > 20;
  const epochs = new Set(data.map(({ epoch }) => epoch)).size;
  const last = data.at(-1);
  return plot(
    `${name} by epoch: from ${format(data[0]?.value)} at the start to ${format(last?.value)} at the end; best epoch ${bestEpoch}.`,
    {
      width,
      height,
      marginLeft: 52,
      marginRight: 14,
      marginBottom: 34,
      marginTop: 18,
      x: {
        label: 'epoch',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: Math.min(epochs, width < 400 ? 4 : 8),
        tickFormat: 'd',
        tickSize: 0,
      },
      y: {
        type: isLog ? 'log' : 'linear',
        label: null,
        nice: true,
        ticks: height < 200 ? 3 : 5,
        tickSize: 0,
        tickFormat: tickOf,
      },
      marks: [
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: height < 200 ? 3 : 5 }),
        Plot.ruleX([bestEpoch], { stroke: 'var(--quiet)', strokeDasharray: '2 4' }),
        height > 200
          ? Plot.text([bestEpoch], {
              x: (epoch: number) => epoch,
              frameAnchor: 'top',
              text: () => 'best',
              dy: -16,
              fill: 'var(--quiet)',
            })
          : null,
        Plot.line(data, {
          filter: isTraining,
          ...xy,
          stroke: partColors.training,
          strokeDasharray: '5 4',
          strokeWidth: 1.75,
        }),
        Plot.line(data, { filter: not(isTraining), ...xy, stroke: partColors.validation, strokeWidth: 2.25 }),
        best
          ? Plot.dot([best], { ...xy, r: 4, fill: partColors.validation, stroke: 'var(--card)', strokeWidth: 2 })
          : null,
        epochs === 1 ? Plot.dot(data, { ...xy, r: 4, fill: (point: Point) => partColors[point.part] }) : null,
        Plot.tip(
          data,
          Plot.pointerX({
            ...xy,
            title: ({ epoch, part, value }: Point) => `epoch ${epoch}\n${part}: ${format(value)}`,
          }),
        ),
      ],
    },
  );
}

const xy = { x: 'epoch', y: 'value' } as const;

function learningRate(history: readonly EpochRecord[], width: number): Node {
  return plot(
    `Learning rate by epoch: ${format(history[0].learningRate)} to ${format(history.at(-1)?.learningRate)}.`,
    {
      width,
      height: 150,
      marginLeft: 52,
      marginRight: 14,
      marginBottom: 34,
      marginTop: 18,
      x: { label: 'epoch', labelAnchor: 'center', labelArrow: 'none', ticks: 4, tickFormat: 'd', tickSize: 0 },
      y: { label: null, nice: true, zero: true, ticks: 3, tickSize: 0, tickFormat: tickOf },
      marks: [
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 3 }),
        Plot.line(history, {
          x: 'epoch',
          y: 'learningRate',
          stroke: 'var(--quiet)',
          strokeWidth: 1.75,
          curve: 'step-after',
        }),
      ],
    },
  );
}

function titled(title: string, chart: Node): HTMLElement {
  return element('div', {}, element('h3', {}, title), chart);
}

function points(history: readonly EpochRecord[], name: string): Point[] {
  const of = (part: Point['part'], pick: (row: EpochRecord) => number | null | undefined) =>
    history.flatMap((row) => {
      const value = pick(row);
      return value === null || value === undefined ? [] : [{ epoch: row.epoch, value, part }];
    });
  return [...of('training', (row) => row.train[name]), ...of('validation', (row) => row.validation?.[name])];
}

function varies(history: readonly EpochRecord[], name: string): boolean {
  const values = points(history, name).map(({ value }) => value);
  return values.some((value) => value !== values[0]);
}

function isSame(history: readonly EpochRecord[], a: string, b: string): boolean {
  const [left, right] = [points(history, a), points(history, b)];
  return left.length === right.length && left.every(({ value }, i) => value === right[i].value);
}

function isTraining({ part }: Point): boolean {
  return part === 'training';
}

function not(test: (point: Point) => boolean): (point: Point) => boolean {
  return (point) => !test(point);
}

/** Ticks of a logarithmic axis are labelled at 1, 2 and 5 only. */
function tickOf(value: number): string {
  const leading = Number(value.toExponential(6).split('e')[0]);
  return [1, 2, 5].includes(leading) || Math.abs(leading - Math.round(leading * 10) / 10) < 1e-6 ? format(value) : '';
}
