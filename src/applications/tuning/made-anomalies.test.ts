import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { applyScaling, fitScaling } from '../../data/columns/scaling.ts';
import type { Dataset, TableSource } from '../../data/dataset.ts';
import { type Extent, makeAnomalies, SORTS } from './made-anomalies.ts';

const COUNT = 500;

/** Two numbers that go together, one that does not, and a category. */
function table(): Dataset {
  const random = createRandom(1).fork('table');
  const a = Float64Array.from({ length: COUNT }, () => random.normal());
  const b = a.map((value) => 2 * value + 0.1 * random.normal());
  const c = Float64Array.from({ length: COUNT }, () => random.normal());
  const d = Array.from({ length: COUNT }, () => ['red', 'green', 'blue'][random.integer(3)]);
  const source: TableSource = {
    form: 'table',
    name: 'made',
    rows: COUNT,
    columns: [
      { type: 'numeric', name: 'a', values: a },
      { type: 'numeric', name: 'b', values: b },
      { type: 'numeric', name: 'c', values: c },
      { type: 'category', name: 'd', values: d },
    ],
  };
  return applyScaling(fitScaling(source, 'standard'), source);
}

const width = 6;
const column = ({ values, count }: Dataset, at: number) =>
  Array.from({ length: count }, (_, row) => values[row * width + at]);

describe('makeAnomalies', () => {
  const normal = table();

  test.each(SORTS)(
    '%s: every row is changed, the category stays one of its own, the rows given stay as they are',
    (sort) => {
      const before = Float32Array.from(normal.values);
      const made = makeAnomalies(normal, sort, 'some', createRandom(2));
      expect(normal.values).toEqual(before);
      let changed = 0;
      for (let row = 0; row < COUNT; row++) {
        const own = made.values.subarray(row * width, (row + 1) * width);
        expect(own[3] + own[4] + own[5]).toBe(1);
        if (own.some((value, at) => value !== normal.values[row * width + at])) changed++;
      }
      expect(changed).toBeGreaterThan(0.8 * COUNT);
      expect(makeAnomalies(normal, sort, 'some', createRandom(2)).values).toEqual(made.values);
    },
  );

  test('dependence: each value was there, what goes together does no more', () => {
    const made = makeAnomalies(normal, 'dependence', 'all', createRandom(3));
    for (const at of [0, 1, 2]) {
      const there = new Set(column(normal, at));
      expect(column(made, at).every((value) => there.has(value))).toBe(true);
    }
    const apart = (data: Dataset): number => {
      const [a, b] = [column(data, 0), column(data, 1)];
      return a.reduce((sum, value, row) => sum + Math.abs(value - b[row]), 0) / COUNT;
    };
    expect(apart(made)).toBeGreaterThan(5 * apart(normal));
  });

  test('few, some or all of the columns', () => {
    const changedBy = (extent: Extent): number => {
      const { values } = makeAnomalies(normal, 'local', extent, createRandom(5));
      return [0, 1, 2].filter((at) => values[at] !== normal.values[at]).length;
    };
    expect(changedBy('few')).toBeLessThanOrEqual(1);
    expect(changedBy('all')).toBe(3);
  });

  test('global: within a tenth beyond the extremes', () => {
    const made = makeAnomalies(normal, 'global', 'all', createRandom(4));
    for (const at of [0, 1, 2]) {
      const [usual, values] = [column(normal, at), column(made, at)];
      const [least, most] = [Math.min(...usual), Math.max(...usual)];
      expect(Math.min(...values)).toBeGreaterThanOrEqual(least - 0.11 * (most - least));
      expect(Math.max(...values)).toBeLessThanOrEqual(most + 0.11 * (most - least));
    }
  });
});
