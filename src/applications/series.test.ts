import { describe, expect, test, vi } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { TableSource } from '../data/dataset.ts';
import { asSeries } from '../data/windows.ts';
import { nodeEngine } from '../engine/node.ts';
import { findAnomalies } from './anomalies.ts';
import { decodeDetector, encodeDetector } from './detector-file.ts';
import { defaultWindow, fitSeriesDetector, scoreRows, smoothingFor } from './series.ts';

// Models take their time to train where other work shares the machine.
vi.setConfig({ testTimeout: 60_000 });

const engine = nodeEngine({ threads: 1 });

/** A wave of 25 rows and its double; from `broken` on, 20 rows of the first stand still. */
function waves(rows: number, broken?: number): TableSource {
  const random = createRandom(rows);
  const wave = (period: number) =>
    Float64Array.from({ length: rows }, (_, row) => Math.sin((2 * Math.PI * row) / period) + 0.05 * random.normal());
  const [slow, fast] = [wave(25), wave(12.5)];
  if (broken !== undefined) slow.fill(0.2, broken, broken + 20);
  return {
    form: 'table',
    name: 'waves',
    rows,
    columns: [
      { type: 'numeric', name: 'slow', values: slow },
      { type: 'numeric', name: 'fast', values: fast },
    ],
  };
}

describe('a detector of series', () => {
  test('finds where a wave stands still, though every value is usual', async () => {
    const usual = waves(1200);
    const detector = await fitSeriesDetector({
      source: usual,
      length: 30,
      engine,
      options: {},
      isRobust: false,
      models: 1,
      random: createRandom(1),
      clock: () => 0,
    });
    const broken = waves(600, 300);
    const labels = Array.from({ length: 600 }, (_, row) => row >= 300 && row < 320);
    const found = await findAnomalies({
      engine,
      detector,
      source: broken,
      threshold: { by: 'deviations', deviations: 6 },
      labels,
      fitOn: usual,
      random: createRandom(1),
    });
    expect(found.scores).toHaveLength(600);
    expect(found.stretches).toHaveLength(1);
    expect(found.measured?.events).toEqual({ found: 1, missed: 0, falseAlarms: 0 });
    expect(found.measured?.model.auroc).toBeGreaterThan(0.97);
    expect(found.measured?.baselines?.pca.auroc).toBeGreaterThan(0.5);
    const nats = (row: number): number => found.columns[2 * row] + found.columns[2 * row + 1];
    expect(nats(310)).toBeGreaterThan(5 * nats(100));

    const text = new TextDecoder().decode(encodeDetector(detector, ['model/model.safetensors'], found));
    const { members, windows } = decodeDetector(text, 'detector.json').assemble(detector.members);
    expect(windows).toEqual(detector.windows);
    if (windows) expect((await scoreRows(members, broken, windows)).scores).toEqual(found.scores);
    const moved = text.replace('"length":30', '"length":20');
    expect(() => decodeDetector(moved, 'detector.json').assemble(detector.members)).toThrow('detector.json');
  });

  test('a series shorter than a window, and pictures, are refused', async () => {
    const request = { engine, options: {}, isRobust: false, random: createRandom(1), clock: () => 0 };
    await expect(fitSeriesDetector({ ...request, source: waves(20), length: 30 })).rejects.toThrow(
      '30 rows of a window',
    );
    expect(() => asSeries({ form: 'array', name: 'p', values: new Uint8Array(8), shape: [2, 1, 2, 2] })).toThrow(
      'moments of a series',
    );
    expect(asSeries({ form: 'array', name: 'p', values: Float32Array.of(1, 2, 3, 4), shape: [2, 2] }).columns).toEqual([
      { type: 'numeric', name: 'feature1', values: Float64Array.of(1, 3) },
      { type: 'numeric', name: 'feature2', values: Float64Array.of(2, 4) },
    ]);
  });
});

test('scores are averaged over a share of the rows, and over no more than a window of a long series', () => {
  expect([100, 4000, 30_000, 1e8].map(smoothingFor)).toEqual([1, 20, 150, 150]);
});

test('a tenth of a short series is a window', () => {
  expect([defaultWindow(10_000), defaultWindow(400), defaultWindow(5)]).toEqual([150, 40, 2]);
});
