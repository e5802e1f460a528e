import { describe, expect, test, vi } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { TableSource } from '../data/dataset.ts';
import { channelNames, channelRows, windowStarts, windowsOf } from '../data/windows.ts';
import { nodeEngine } from '../engine/node.ts';
import { type Detector, scoreWith } from './detector.ts';
import { fitSeriesDetector, scoreRows } from './series.ts';
import { makeSeriesScorer, type RowScores } from './series-scorer.ts';

// Models take their time to train where other work shares the machine.
vi.setConfig({ testTimeout: 60_000 });

const engine = nodeEngine({ threads: 1 });
const LENGTH = 12;

/** A wave with gaps, and which half of it the rows are in, which is not always known. */
function wave(rows: number): TableSource {
  const random = createRandom(rows);
  const phase = (row: number): number => (2 * Math.PI * row) / 25;
  return {
    form: 'table',
    name: 'wave',
    rows,
    columns: [
      {
        type: 'numeric',
        name: 'height',
        values: Float64Array.from({ length: rows }, (_, row) =>
          row % 17 === 3 ? Number.NaN : 40 + Math.sin(phase(row)) + 0.1 * random.normal(),
        ),
      },
      {
        type: 'category',
        name: 'half',
        values: Array.from({ length: rows }, (_, row) =>
          row % 31 === 5 ? null : Math.sin(phase(row)) < 0 ? 'lower' : 'upper',
        ),
      },
    ],
  };
}

const fitted = fitSeriesDetector({
  source: wave(400),
  length: LENGTH,
  engine,
  options: { epochs: 2, hidden: [8] },
  isRobust: false,
  models: 2,
  random: createRandom(1),
  clock: () => 0,
});

async function streamed(
  detector: Required<Pick<Detector, 'members' | 'windows'>>,
  table: TableSource,
  { stride, part }: { readonly stride: number; readonly part: number },
): Promise<RowScores> {
  const { members, windows } = detector;
  const scorer = makeSeriesScorer({ name: table.name, members, windows, stride });
  const rows = channelRows(table, windows.channels);
  const size = part * windows.channels.length;
  const all: RowScores[] = [];
  for (let at = 0; at < rows.length; at += size) all.push(await scorer.add(rows.subarray(at, at + size)));
  all.push(await scorer.finish());
  await scorer.dispose();
  return {
    scores: Float64Array.from(all.flatMap(({ scores }) => [...scores])),
    column: Int32Array.from(all.flatMap(({ column }) => [...column])),
    nats: Float32Array.from(all.flatMap(({ nats }) => [...nats])),
  };
}

/** The same, word for word: every window at once, every row by itself. */
async function plain({ members, windows }: Detector, table: TableSource, stride: number): Promise<Float64Array> {
  if (!windows) throw new Error('a detector of series');
  const { length, channels, smoothing } = windows;
  const starts = windowStarts(table.rows, { length, stride });
  const { columns } = await scoreWith(members, windowsOf(table, { length, channels, stride }));
  const size = length * channels.length;
  const sizes = Array.from({ length: table.rows }, (_, row) => {
    const own = [...starts.entries()].filter(([, start]) => start <= row && row < start + length);
    const nats = own.map(([at, start]) =>
      columns
        .subarray(at * size + (row - start) * channels.length, at * size + (row - start + 1) * channels.length)
        .reduce((sum, value) => sum + value, 0),
    );
    return Math.sqrt((2 * nats.reduce((sum, value) => sum + value, 0)) / own.length);
  });
  const half = Math.floor(smoothing / 2);
  return Float64Array.from(sizes, (_, row) => {
    const about = sizes.slice(Math.max(0, row - half), row + half + 1);
    return about.reduce((sum, value) => sum + value, 0) / about.length;
  });
}

function expectSame(own: ArrayLike<number>, other: ArrayLike<number>): void {
  expect(own).toHaveLength(other.length);
  for (let row = 0; row < own.length; row++) expect(Math.abs(own[row] / other[row] - 1)).toBeLessThan(1e-5);
}

async function detectorWith(smoothing: number) {
  const { members, windows } = await fitted;
  if (!windows) throw new Error('a detector of series');
  return { members, windows: { ...windows, smoothing }, reference: new Float64Array(1) };
}

describe('rows that come one part after the other', () => {
  test.each([
    { part: 1, smoothing: 1 },
    { part: 5, smoothing: 8 },
    { part: LENGTH - 1, smoothing: 3 },
    { part: LENGTH + 1, smoothing: 50 },
    { part: 100, smoothing: 7 },
    { part: 300, smoothing: 1000 },
  ])('in parts of $part, smoothed over $smoothing, score as they do all at once', async ({ part, smoothing }) => {
    const detector = await detectorWith(smoothing);
    const table = wave(300);
    const { scores, columns } = await scoreRows(detector.members, table, detector.windows);
    const own = await streamed(detector, table, { stride: 1, part });
    expectSame(own.scores, scores);
    const width = channelNames(table).length;
    for (const [row, nats] of own.nats.entries()) {
      const all = columns.subarray(row * width, (row + 1) * width);
      expect(nats).toBeCloseTo(Math.max(...all), 3);
      expect(all[own.column[row]]).toBeCloseTo(Math.max(...all), 3);
    }
  });

  test.each([
    { rows: 61, stride: 5, part: 7 },
    { rows: 60, stride: LENGTH, part: 13 },
    { rows: 72, stride: LENGTH, part: 72 },
    { rows: LENGTH, stride: 3, part: 5 },
    { rows: LENGTH + 1, stride: 4, part: LENGTH + 1 },
  ])('$rows rows by windows that are $stride apart', async ({ rows, stride, part }) => {
    const detector = await detectorWith(4);
    const { scores } = await streamed(detector, wave(rows), { stride, part });
    expectSame(scores, await plain(detector, wave(rows), stride));
  });

  test('fewer than a window has, and none with a value, are refused', async () => {
    const detector = await detectorWith(1);
    const few = wave(LENGTH - 1);
    await expect(streamed(detector, few, { stride: 1, part: 4 })).rejects.toThrow(`the ${LENGTH} rows of a window`);
    const none: TableSource = {
      ...wave(20),
      columns: [
        { type: 'numeric', name: 'height', values: new Float64Array(20).fill(Number.NaN) },
        { type: 'category', name: 'half', values: new Array(20).fill(null) },
      ],
    };
    await expect(streamed(detector, none, { stride: 1, part: 20 })).rejects.toThrow('at least one value');
  });
});
