import { describe, expect, test, vi } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { Source, TableSource } from '../data/dataset.ts';
import { takeRows } from '../data/split.ts';
import { nodeEngine } from '../engine/node.ts';
import { anomalyLabels, findAnomalies } from './anomalies.ts';
import { fitDetector, scoreWith } from './detector.ts';
import { decodeDetector, encodeDetector } from './detector-file.ts';
import { areaUnderRoc } from './roc.ts';

// Models take their time to train where other work shares the machine.
vi.setConfig({ testTimeout: 60_000 });

const engine = nodeEngine({ threads: 1 });

/** b follows a, the mode follows its sign, c is noise. */
function rows(count: number, seed: number): TableSource {
  const random = createRandom(seed);
  const a = Float64Array.from({ length: count }, () => random.normal());
  return {
    form: 'table',
    name: 'rows',
    rows: count,
    columns: [
      { type: 'numeric', name: 'a', values: a },
      { type: 'numeric', name: 'b', values: a.map((value) => 100 * value ** 2 + 5 * random.normal()) },
      { type: 'numeric', name: 'c', values: a.map(() => random.normal()) },
      { type: 'category', name: 'mode', values: Array.from(a, (value) => (value > 0 ? 'up' : 'down')) },
    ],
  };
}

/** The first tenth of the rows with b and the mode of others: every value alone is usual. */
function withBroken(source: TableSource): { readonly source: TableSource; readonly labels: boolean[] } {
  const broken = Math.floor(source.rows / 10);
  const shifted = takeRows(
    source,
    Int32Array.from({ length: source.rows }, (_, at) => (at < broken ? at + broken : at)),
  );
  if (shifted.form !== 'table') throw new Error('a table was expected');
  const columns = source.columns.map((column, at) => (at === 1 || at === 3 ? shifted.columns[at] : column));
  return { source: { ...source, columns }, labels: Array.from({ length: source.rows }, (_, at) => at < broken) };
}

const fit = (source: Source, options: { isRobust?: boolean; models?: number } = {}) =>
  fitDetector({
    source,
    engine,
    options: { epochs: 40 },
    isRobust: false,
    models: 1,
    ...options,
    random: createRandom(1),
    clock: () => 0,
  });

describe('a detector of rows', () => {
  const normal = rows(1200, 1);
  const { source, labels } = withBroken(rows(500, 2));

  test('finds broken relations that no column shows alone, names the columns, and is saved with the same scores', async () => {
    const detector = await fit(normal);
    expect(detector.heldOut).toHaveLength(120);
    const found = await findAnomalies({
      engine,
      detector,
      source,
      threshold: { by: 'quantile', quantile: 0.99 },
      labels,
      fitOn: normal,
      random: createRandom(1),
    });
    expect(found.measured?.model.auroc).toBeGreaterThan(0.8);
    expect(found.measured?.model.auroc).toBeGreaterThan(found.measured?.baselines?.isolationForest.auroc ?? 1);
    expect(found.names).toEqual(['a', 'b', 'c', 'mode']);
    const nats = [0, 1, 2, 3].map((at) =>
      found.columns.reduce((sum, value, i) => sum + (i % 4 === at && i < 200 ? value : 0), 0),
    );
    expect(nats[2]).toBeLessThan(nats[1]);
    // What is held for normal is above the threshold as often as the quantile says.
    const fresh = (await scoreWith(detector.members, rows(2000, 5))).scores;
    const alarms = fresh.filter((score) => score > found.threshold).length / fresh.length;
    expect(alarms).toBeGreaterThan(0.001);
    expect(alarms).toBeLessThan(0.05);

    const text = new TextDecoder().decode(
      encodeDetector(detector, ['model/model.safetensors'], { threshold: 1.5, normal: 'ok' }),
    );
    const saved = decodeDetector(text, 'detector.json');
    expect([saved.threshold, saved.normal]).toEqual([1.5, 'ok']);
    const again = await scoreWith(saved.assemble(detector.members).members, source);
    expect(again.scores).toEqual(found.scores);
  });

  test('the order of rows is nothing to it', async () => {
    const detector = await fit(normal);
    const order = createRandom(4).permutation(500);
    const one = (await scoreWith(detector.members, source)).scores;
    const other = (await scoreWith(detector.members, takeRows(source, order))).scores;
    for (const [at, row] of order.entries()) expect(other[at]).toBeCloseTo(one[row], 4);
  });

  test('gaps and categories that were never seen are scored: a gap says nothing, a new category is as rare as one row', async () => {
    const detector = await fit(normal);
    const [usual] = rows(1, 9).columns;
    const fresh: TableSource = {
      ...takeRows(normal, [0, 0, 0]),
      form: 'table',
      rows: 3,
      columns: normal.columns.map((column) => {
        if (column.type === 'category') return { ...column, values: [column.values[0], 'sideways', column.values[0]] };
        const [first] = column.values;
        return { ...column, values: Float64Array.of(first, first, column.name === 'c' ? Number.NaN : first) };
      }),
    };
    expect(usual.name).toBe('a');
    const { columns, scores, unseen } = await scoreWith(detector.members, fresh);
    expect(unseen).toEqual([{ row: 1, column: 'mode', category: 'sideways' }]);
    expect(columns[4 + 3]).toBeCloseTo(Math.log(detector.members[0].card.data.examples + 1), 5);
    expect(columns[8 + 2]).toBe(0);
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  test('a robust one learns from rows with anomalies among them', async () => {
    const outside = rows(1000, 3);
    for (const column of outside.columns)
      if (column.type === 'numeric')
        column.values.set([8, 9, 10, 11, 12, 13, 14, 15].map((v) => v * (column.name === 'b' ? 100 : 1)));
    const truth = Array.from({ length: 1000 }, (_, row) => row < 8);
    const detector = await fit(outside, { isRobust: true, models: 4 });
    expect(detector.members).toHaveLength(4);
    expect(detector.heldOut).toHaveLength(0);
    const { scores } = await scoreWith(detector.members, outside);
    expect(areaUnderRoc(scores, truth)).toBeGreaterThan(0.99);
  });

  test('too few rows, and rows without a value, are refused', async () => {
    await expect(fit(rows(7, 1))).rejects.toThrow('at least 8 rows');
    const detector = await fit(normal);
    const empty = {
      ...rows(2, 1),
      columns: normal.columns.map((column) =>
        column.type === 'numeric'
          ? { ...column, values: Float64Array.of(NaN, NaN) }
          : { ...column, values: [null, null] },
      ),
    };
    await expect(scoreWith(detector.members, empty)).rejects.toThrow('missing values only');
  });
});

test('which class is normal', () => {
  const labels = { values: Int32Array.of(0, 1, 1, -1, 2), names: ['a', 'b', 'normal'] };
  expect(anomalyLabels(labels)).toEqual({ normal: 'normal', isAnomaly: [true, true, true, undefined, false] });
  expect(anomalyLabels({ ...labels, names: ['a', 'b', 'c'] }).normal).toBe('b');
  expect(anomalyLabels(labels, 'a').isAnomaly).toEqual([false, true, true, undefined, true]);
  expect(() => anomalyLabels(labels, 'z')).toThrow('--normal z');
});

test.each([
  ['no JSON', '{'],
  ['of another format', '{"format":"x"}'],
  [
    'with a path out of its folder',
    JSON.stringify({
      format: 'autoencoder-detector',
      version: 1,
      members: [{ model: '../../etc/m.safetensors', spread: [1] }],
      reference: [1],
      threshold: 1,
    }),
  ],
  [
    'of a newer version',
    JSON.stringify({ format: 'autoencoder-detector', version: 2, members: [], reference: [], threshold: 1 }),
  ],
])('a detector file %s is refused', (_, text) => {
  expect(() => decodeDetector(text, 'detector.json')).toThrow('detector.json');
});
