/** Scaled examples with gaps, as simple ways to fill them see them: columns are numbers, or one-hot groups of entries. */
import type { Random } from '../base/random.ts';
import { type ColumnScaling, featureCount, featureNames, ruleWidth } from '../data/columns/form.ts';
import { matrixRows } from '../data/split.ts';

/** Examples `[count, width]` row-major; NaN where missing. */
export interface Cells {
  readonly values: Float32Array;
  readonly count: number;
  readonly columns: readonly CellColumn[];
}

/** A column: which entries of an example it takes, from the first up to, without, the last. */
export interface CellColumn {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly isCategory: boolean;
}

/** A simple way to fill gaps: what it has learned from some examples, put to others. What is there is kept. */
export type Fill = (cells: Cells) => Promise<Float32Array>;

/** Where the columns of a table are, or the single numbers of an example in any other form. */
export function columnSpans(scaling: ColumnScaling): Omit<CellColumn, 'name'>[] {
  if (scaling.form !== 'columns')
    return Array.from({ length: featureCount(scaling) }, (_, from) => ({ from, to: from + 1, isCategory: false }));
  let to = 0;
  return scaling.columns.map((rule) => {
    const from = to;
    to += ruleWidth(rule);
    return { from, to, isCategory: rule.type === 'category' };
  });
}

/** The same with their names. */
export function columnsOf(scaling: ColumnScaling): CellColumn[] {
  const names = scaling.form === 'columns' ? scaling.columns.map(({ name }) => name) : [];
  const features = scaling.form === 'array' ? featureNames(scaling) : names;
  return columnSpans(scaling).map((span, at) => ({ name: features[at] ?? `${at + 1}`, ...span }));
}

/** Numbers in an example. */
export function widthOfCells({ columns }: Cells): number {
  return columns[columns.length - 1].to;
}

/** The examples `rows`, in that order. */
export function chosenRows(cells: Cells, rows: ArrayLike<number>): Cells {
  return { ...cells, values: matrixRows(cells.values, widthOfCells(cells), rows), count: rows.length };
}

/** Some cells hidden that are there. */
export interface Hidden {
  readonly cells: Cells;
  /** `[row, column]`, one pair after the other: which. */
  readonly places: Int32Array;
}

/** Parts that the cells are hidden in, one after the other. */
const PARTS = 5;

/** Hides every cell that is there once: a fifth of them, drawn at random, at a time. */
export function hiddenOnce(cells: Cells, random: Random): Hidden[] {
  const { columns, count } = cells;
  const width = widthOfCells(cells);
  const there: number[] = [];
  for (let row = 0; row < count; row++)
    for (let column = 0; column < columns.length; column++)
      if (!Number.isNaN(cells.values[row * width + columns[column].from])) there.push(row * columns.length + column);
  const order = random.permutation(there.length);
  return Array.from({ length: PARTS }, (_, part) => {
    const values = cells.values.slice();
    const chosen = order.filter((_position, at) => at % PARTS === part);
    const places = new Int32Array(2 * chosen.length);
    for (const [at, position] of chosen.entries()) {
      const [row, column] = [Math.floor(there[position] / columns.length), there[position] % columns.length];
      places.set([row, column], 2 * at);
      values.fill(Number.NaN, row * width + columns[column].from, row * width + columns[column].to);
    }
    return { cells: { ...cells, values }, places };
  });
}

/** Whether the largest guess is the category of a one-hot cell. */
export function isCategoryRight(cell: ArrayLike<number>, guess: ArrayLike<number>): boolean {
  return largestOf(cell) === largestOf(guess);
}

function largestOf(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at] > values[best]) best = at;
  return best;
}
