/** The simplest way to fill a gap: the mean of the column, or its most frequent category. */
import { type Cells, type Fill, widthOfCells } from '../cells.ts';

/** Learns from `cells`; of categories it gives the shares, the largest of which is the most frequent. */
export function fillByMeans(cells: Cells): Fill {
  const means = meansOf(cells);
  return async ({ values }) => values.map((value, at) => (Number.isNaN(value) ? means[at % means.length] : value));
}

/** Mean of every entry over the examples that have it, 0 where none has. */
export function meansOf(cells: Cells): Float64Array {
  const width = widthOfCells(cells);
  const totals = new Float64Array(width);
  const counts = new Float64Array(width);
  for (let at = 0; at < cells.values.length; at++) {
    if (Number.isNaN(cells.values[at])) continue;
    totals[at % width] += cells.values[at];
    counts[at % width]++;
  }
  return totals.map((total, entry) => (counts[entry] > 0 ? total / counts[entry] : 0));
}
