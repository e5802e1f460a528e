/** Curves over epochs or steps, by uPlot. */
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** A custom property of the style sheet, e.g. `--accent`. */
  readonly color: string;
  readonly isDashed?: boolean;
}

interface Props {
  readonly name: string;
  readonly x: readonly number[];
  readonly xName: string;
  readonly lines: readonly Line[];
  readonly height?: number;
}

/** Distances of the marks on an axis of whole numbers. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

export function LineChart({ name, x, xName, lines, height = 240 }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const names = lines.map((line) => line.name).join('\n');
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const color = (property: string): string => getComputedStyle(element).getPropertyValue(property).trim();
    const axis = { stroke: color('--quiet'), grid: { stroke: color('--grid'), width: 1 }, ticks: { show: false } };
    const made = new uPlot(
      {
        width: element.clientWidth || 600,
        height,
        scales: { x: { time: false } },
        cursor: { y: false },
        legend: { live: false },
        axes: [
          {
            ...axis,
            label: xName,
            size: 30,
            labelSize: 20,
            labelFont: '13px system-ui',
            ...(x.every(Number.isInteger) ? { incrs: WHOLE } : {}),
          },
          { ...axis, size: 64 },
        ],
        series: [
          { label: xName },
          ...lines.map((line) => ({
            label: line.name,
            stroke: color(line.color),
            width: 2,
            dash: line.isDashed ? [6, 5] : undefined,
            points: { show: x.length < 3 },
            value: (_: uPlot, value: number | null) => (value === null ? '–' : value.toPrecision(4)),
          })),
        ],
      },
      [[...x], ...lines.map(({ values }) => [...values])],
      element,
    );
    chart.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [names, xName, height, x.length < 3]);
  useEffect(() => {
    chart.current?.setData([[...x], ...lines.map(({ values }) => [...values])]);
  }, [x, lines]);
  const last = lines.map((line) => `${line.name} ${line.values.at(-1)?.toPrecision(3) ?? 'not known yet'}`).join(', ');
  return <div ref={place} className="line-chart" role="img" aria-label={`${name}. At the end: ${last}.`} />;
}
