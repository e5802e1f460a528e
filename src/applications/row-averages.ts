/** Averages over the rows of a series that come one part after the other: none waits for more rows than it is made of. */
import { joinNumbers } from '../data/append.ts';

/** What windows that overlap say of each row, averaged. */
export interface OverlapAverage {
  /** What the window says that begins at row `start`, `[length, width]`; none begins before a row that was taken. */
  add(start: number, values: Float32Array): void;
  /** The rows that were not taken yet, up to, without, `end`: `[rows, width]`. No window that comes later has them. */
  take(end: number): Float32Array;
}

export function overlapAverage(width: number): OverlapAverage {
  let from = 0;
  // Of the rows after those taken: sums, and how many windows have each.
  let [total, seen] = [new Float64Array(0), new Int32Array(0)];
  const reach = (rows: number): void => {
    if (rows <= seen.length) return;
    const [more, moreSeen] = [new Float64Array(2 * rows * width), new Int32Array(2 * rows)];
    more.set(total);
    moreSeen.set(seen);
    [total, seen] = [more, moreSeen];
  };
  return {
    add(start, values) {
      const first = start - from;
      const end = first + values.length / width;
      reach(end);
      for (let at = 0, to = first * width; at < values.length; at++, to++) total[to] += values[at];
      for (let row = first; row < end; row++) seen[row]++;
    },
    take(end) {
      const rows = end - from;
      reach(rows);
      const averages = new Float32Array(rows * width);
      for (let row = 0, at = 0; row < rows; row++)
        for (const count = Math.max(1, seen[row]); at < (row + 1) * width; at++) averages[at] = total[at] / count;
      total.copyWithin(0, rows * width).fill(0, total.length - rows * width);
      seen.copyWithin(0, rows).fill(0, seen.length - rows);
      from = end;
      return averages;
    },
  };
}

/** An average over `width` values about each; over as many as there are at the ends. */
export interface MovingAverage {
  /** The averages that are known with these values, of the first that have none yet, one after the other. */
  add(values: Float64Array): Float64Array;
  /** With these, which are the last, all others. */
  finish(values: Float64Array): Float64Array;
}

export function movingAverage(width: number): MovingAverage {
  const half = Math.floor(width / 2);
  // The values that averages which are not known reach back to; the first of these averages is that of value `next`.
  let kept: Float64Array = new Float64Array(0);
  let next = 0;
  const upTo = (end: number): Float64Array => {
    const sums = new Float64Array(kept.length + 1);
    for (let at = 0; at < kept.length; at++) sums[at + 1] = sums[at] + kept[at];
    const averages = Float64Array.from({ length: end - next }, (_, place) => {
      const at = next + place;
      const [from, to] = [Math.max(0, at - half), Math.min(kept.length, at + half + 1)];
      return (sums[to] - sums[from]) / (to - from);
    });
    const first = Math.max(0, end - half);
    kept = kept.slice(first);
    next = end - first;
    return averages;
  };
  return {
    add(values) {
      kept = joinNumbers(kept, values);
      return upTo(Math.max(next, kept.length - half));
    },
    finish(values) {
      kept = joinNumbers(kept, values);
      return upTo(kept.length);
    },
  };
}
