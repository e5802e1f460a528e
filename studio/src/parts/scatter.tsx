/** Hundreds of thousands of points by WebGL (regl-scatterplot): to move over, to zoom into, to draw a lasso around. */
import { scaleLinear } from 'd3-scale';
import { useEffect, useRef, useState } from 'react';
import createScatterplot from 'regl-scatterplot';
import type { CodeMap, Coloring } from '../../worker/codes.ts';
import { amountColors, classColors } from './palette.ts';

interface Props {
  readonly map: CodeMap;
  readonly coloring?: Coloring;
  readonly mode: 'walk' | 'lasso';
  /** The place that is looked at, in the units of the map. */
  readonly at?: readonly [number, number];
  readonly onMove: (x: number, y: number) => void;
  readonly onChoose: (points: readonly number[]) => void;
}

type Scatterplot = ReturnType<typeof createScatterplot>;

/** From the units of the map to −1 … 1, the same for both axes, and back. */
interface Frame {
  readonly center: readonly [number, number];
  readonly half: number;
}

const STEP = 0.02;

export function Scatter({ map, coloring, mode, at, onMove, onChoose }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const plot = useRef<Scatterplot>(null);
  const scales = useRef({ x: scaleLinear().domain([-1, 1]), y: scaleLinear().domain([-1, 1]) });
  const choose = useRef(onChoose);
  choose.current = onChoose;
  const [problem, setProblem] = useState<string>();
  const [, redraw] = useState(0);
  const frame = frameOf(map.points);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    let made: Scatterplot;
    try {
      const { width, height } = element.getBoundingClientRect();
      const dark = matchMedia('(prefers-color-scheme: dark)').matches;
      made = createScatterplot({
        canvas: element,
        width,
        height,
        xScale: scales.current.x,
        yScale: scales.current.y,
        backgroundColor: dark ? '#191f28' : '#ffffff',
        pointSizeSelected: 2,
        lassoColor: '#0b6b8a',
        lassoInitiator: false,
        deselectOnDblClick: true,
      });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      return;
    }
    plot.current = made;
    made.subscribe('select', ({ points }: { points: number[] }) => choose.current(points));
    made.subscribe('deselect', () => choose.current([]));
    made.subscribe('view', () => redraw((number) => number + 1));
    let settled: ReturnType<typeof setTimeout> | undefined;
    const parent = element.parentElement;
    const watcher = new ResizeObserver(() => {
      // The plot gives the canvas a size in pixels, which stays when the window changes: what is around it tells the new one.
      const [width, height] = [parent?.clientWidth ?? 0, parent?.clientHeight ?? 0];
      if (width === 0) return;
      made.set({ width, height });
      // Once the window has found its size: the plot takes on a new one with its next picture.
      clearTimeout(settled);
      settled = setTimeout(() => void whole(made), 120);
    });
    if (parent) watcher.observe(parent);
    return () => {
      watcher.disconnect();
      clearTimeout(settled);
      plot.current = null;
      made.destroy();
    };
  }, []);

  useEffect(() => {
    const made = plot.current;
    if (!made) return;
    const { points } = map;
    const count = points.length / 2;
    const { center, half } = frameOf(points);
    const x = Array.from({ length: count }, (_, point) => (points[2 * point] - center[0]) / half);
    const y = Array.from({ length: count }, (_, point) => (points[2 * point + 1] - center[1]) / half);
    const { values, colors, isClasses } = colored(coloring, count);
    made.set({
      pointColor: colors,
      colorBy: 'valueA',
      pointSize: count > 20_000 ? 2 : count > 4000 ? 3 : 5,
      opacity: count > 20_000 ? 0.5 : 0.8,
    });
    void made
      .draw({ x, y, z: values }, { zDataType: isClasses ? 'categorical' : 'continuous' })
      .then(() => whole(made));
  }, [map, coloring]);

  useEffect(() => {
    plot.current?.set({ mouseMode: mode === 'lasso' ? 'lasso' : 'panZoom' });
  }, [mode]);

  const moved = (clientX: number, clientY: number): void => {
    const element = canvas.current;
    if (!element) return;
    const box = element.getBoundingClientRect();
    const { x, y } = scales.current;
    onMove(
      frame.center[0] + frame.half * x.invert(clientX - box.left),
      frame.center[1] + frame.half * y.invert(clientY - box.top),
    );
  };
  const byKey = (event: React.KeyboardEvent): void => {
    const [right, up] =
      { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [];
    if (right === undefined || up === undefined) return;
    event.preventDefault();
    const [x, y] = at ?? frame.center;
    onMove(x + right * STEP * frame.half, y + up * STEP * frame.half);
  };
  const [left, top] = at
    ? [
        scales.current.x((at[0] - frame.center[0]) / frame.half),
        scales.current.y((at[1] - frame.center[1]) / frame.half),
      ]
    : [];
  if (problem)
    return (
      <p className="problem" role="alert">
        This browser draws no map ({problem}); the sliders below reach every code.
      </p>
    );
  return (
    <div
      className="scatter"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved about in by the arrow keys
      tabIndex={0}
      role="application"
      aria-label={`Map of ${map.points.length / 2} codes. The arrow keys move about; what is there is decoded beside it.`}
      onKeyDown={byKey}
      onPointerMove={(event) => mode === 'walk' && event.buttons === 0 && moved(event.clientX, event.clientY)}
      onPointerDown={(event) => mode === 'walk' && moved(event.clientX, event.clientY)}
    >
      <canvas ref={canvas} />
      {left !== undefined && top !== undefined && <span className="cross" style={{ left, top }} />}
    </div>
  );
}

/** All points in view, whatever the shape of the window. */
async function whole(plot: Scatterplot): Promise<void> {
  if (plot.get('points').length > 0) await plot.zoomToArea({ x: -1, y: -1, width: 2, height: 2 });
}

function frameOf(points: Float32Array): Frame {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 2) {
    left = Math.min(left, points[at]);
    right = Math.max(right, points[at]);
    low = Math.min(low, points[at + 1]);
    high = Math.max(high, points[at + 1]);
  }
  const half = 1.08 * Math.max((right - left) / 2, (high - low) / 2, 1e-9);
  return { center: [(left + right) / 2, (low + high) / 2], half };
}

function colored(
  coloring: Coloring | undefined,
  count: number,
): { readonly values: number[]; readonly colors: string[]; readonly isClasses: boolean } {
  if (!coloring) return { values: new Array<number>(count).fill(0), colors: ['#2f7fd6'], isClasses: true };
  const { values, names } = coloring;
  if (names) {
    const colors = [...classColors(names.length), '#8a949e'];
    return { values: Array.from(values, (value) => (value < 0 ? names.length : value)), colors, isClasses: true };
  }
  // Between the 2nd and the 98th of a hundred, so that one extreme value does not make all others alike.
  const known = Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  const [least, most] = [
    known[Math.floor(0.02 * (known.length - 1))] ?? 0,
    known[Math.floor(0.98 * (known.length - 1))] ?? 1,
  ];
  const span = most - least || 1;
  return {
    values: Array.from(values, (value) => (Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, (value - least) / span)))),
    colors: [...amountColors],
    isClasses: false,
  };
}
