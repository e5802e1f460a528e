import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { nodeEngine } from '../../engine/node.ts';
import type { CellColumn, Cells } from '../cells.ts';
import { simpleFills, simpleWays } from './fills.ts';

const engine = nodeEngine({ threads: 1 });
const column = (name: string, from: number, to = from + 1): CellColumn => ({
  name,
  from,
  to,
  isCategory: to > from + 1,
});
const numbers = (width: number): CellColumn[] => Array.from({ length: width }, (_, at) => column(`x${at}`, at));
const cellsOf = (rows: readonly (readonly number[])[], columns: readonly CellColumn[]): Cells => ({
  values: Float32Array.from(rows.flat()),
  count: rows.length,
  columns,
});

/** x₂ = 2 x₀ − x₁ + 3, and a category by the sign of x₀; some cells of each are missing. */
function plane(count: number, seed: number): { readonly cells: Cells; readonly truth: Float32Array } {
  const random = createRandom(seed);
  const rows = Array.from({ length: count }, () => {
    const [a, b] = [random.normal(), random.normal()];
    return [a, b, 2 * a - b + 3, a > 0 ? 1 : 0, a > 0 ? 0 : 1];
  });
  const columns = [...numbers(3), column('sign', 3, 5)];
  const cells = cellsOf(rows, columns);
  const truth = cells.values.slice();
  for (let row = 0; row < count; row++) {
    const gap = columns[random.integer(2 * columns.length)];
    if (gap) cells.values.fill(Number.NaN, row * 5 + gap.from, row * 5 + gap.to);
  }
  return { cells, truth };
}

describe.each(simpleWays)('%s', (way) => {
  test('keeps what is there, fills what is not, and changes nothing that it is given', async () => {
    const { cells } = plane(200, 1);
    const before = cells.values.slice();
    const fill = await simpleFills[way](engine, cells, createRandom(0));
    const filled = await fill(cells);
    expect(cells.values).toEqual(before);
    for (const [at, value] of before.entries())
      if (Number.isNaN(value)) expect(Number.isFinite(filled[at])).toBe(true);
      else expect(filled[at]).toBeCloseTo(value, 5);
  });

  test('fills examples that it has not learned from, and one of which nothing is there', async () => {
    const { cells, truth } = plane(300, 2);
    const fill = await simpleFills[way](engine, cells, createRandom(0));
    const empty = cellsOf([new Array(5).fill(Number.NaN)], cells.columns);
    for (const value of await fill(empty)) expect(Number.isFinite(value)).toBe(true);
    const other = plane(50, 3);
    expect(await fill(other.cells)).toHaveLength(truth.length / 6);
  });
});

test('means: the mean of what is there, and the most frequent category', async () => {
  const columns = [column('x', 0), column('c', 1, 4)];
  const nan = Number.NaN;
  const rows = [
    [1, 0, 1, 0],
    [nan, 0, 1, 0],
    [4, 1, 0, 0],
    [nan, nan, nan, nan],
  ];
  const fill = await simpleFills.means(engine, cellsOf(rows, columns), createRandom(0));
  const filled = await fill(cellsOf(rows, columns));
  expect(filled[4]).toBe(2.5);
  expect([...filled.subarray(13)].map((share) => share.toFixed(3))).toEqual(['0.333', '0.667', '0.000']);
});

test('neighbours: those with the cell, by what both have; the farther group has no say', async () => {
  const nan = Number.NaN;
  // Two groups far apart; in each, the second number is told by its neighbours. One near donor lacks the cell.
  const rows = Array.from({ length: 40 }, (_, i) => (i < 20 ? [i / 100, 5, 1] : [10 + i / 100, -5, -1]));
  rows[3][1] = nan;
  const donors = cellsOf(rows, numbers(3));
  const fill = await simpleFills.neighbours(engine, donors, createRandom(0));
  const filled = await fill(
    cellsOf(
      [
        [0.03, nan, nan],
        [nan, nan, -1],
      ],
      numbers(3),
    ),
  );
  expect(filled[1]).toBeCloseTo(5, 5);
  expect(filled[2]).toBeCloseTo(1, 5);
  expect(filled[4]).toBeCloseTo(-5, 5);
});

test('neighbours: an example is found among thousands by a cell that only it has', async () => {
  const random = createRandom(5);
  const rows = Array.from({ length: 2000 }, (_, i) => [i, i === 1234 ? 7 : Number.NaN, random.normal() / 1000]);
  const donors = cellsOf(rows, numbers(3));
  const fill = await simpleFills.neighbours(engine, donors, random);
  const filled = await fill(cellsOf([[5, Number.NaN, 0]], numbers(3)));
  expect(filled[1]).toBe(7);
});

test('regressions: what follows from the other columns is found, and what is noise is the mean', async () => {
  const { cells, truth } = plane(500, 4);
  const filled = await (await simpleFills.regressions(engine, cells, createRandom(0)))(cells);
  for (const [at, value] of truth.entries()) {
    // The first three columns are one plane: any two say the third.
    if (at % 5 < 3) expect(Math.abs(filled[at] - value)).toBeLessThan(0.02);
  }
  const random = createRandom(6);
  const noise = cellsOf(
    Array.from({ length: 60 }, () =>
      Array.from({ length: 20 }, () => (random.uniform() < 0.1 ? Number.NaN : random.normal())),
    ),
    numbers(20),
  );
  const told = await (await simpleFills.regressions(engine, noise, random))(noise);
  const gaps = [...told].filter((_, at) => Number.isNaN(noise.values[at]));
  // Sixty examples of noise in twenty columns: least squares would tell numbers as large as the data.
  expect(Math.sqrt(gaps.reduce((sum, value) => sum + value ** 2, 0) / gaps.length)).toBeLessThan(0.45);
});
