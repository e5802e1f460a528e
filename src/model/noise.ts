/** Random numbers for graphs: every call gets counters of its own, so no two share a number under one key. */
import { add, negate } from '../graph/ops/arithmetic.ts';
import { reshape } from '../graph/ops/broadcast.ts';
import { log } from '../graph/ops/elementwise.ts';
import { constant, iota } from '../graph/ops/input.ts';
import { normal, normalRange, uniform } from '../graph/ops/random.ts';
import { concat } from '../graph/ops/shape.ts';
import { type Shape, sizeOf, type Tensor } from '../graph/tensor.ts';
import { type BatchPart, perExample } from './whole-batch.ts';

/**
 * What the numbers are drawn for. `rows`: axis 0 is the examples of the batch, or several times all of them, one time after the other; each
 * has numbers of its own. `batch`: once for the whole batch, whoever has which part of it.
 */
export type DrawnFor = 'rows' | 'batch';

export interface Noise {
  /** Uniform in (0, 1). */
  uniform(shape: Shape, drawnFor?: DrawnFor): Tensor;
  /** Standard normal. */
  normal(shape: Shape): Tensor;
  /** Gumbel's: the largest of logits and this is a draw by their chances (Gumbel 1954). */
  gumbel(shape: Shape): Tensor;
}

/** Noise that follows from `key`. A rank with a `part` of the batch gets what its rows would get in the whole. */
export function noiseFrom(key: Tensor, part?: BatchPart): Noise {
  let used = 0;
  const take = (count: number): number => {
    used += count;
    return used - count;
  };
  const counters = (first: number, count: number): Tensor =>
    first === 0 ? iota(count) : add(iota(count), constant(first, [], 'uint32'));
  const even = (shape: Shape, drawnFor: DrawnFor = 'rows'): Tensor => {
    const { size, ranges } = rangesOf(shape, drawnFor === 'rows' ? part : undefined);
    const first = take(size);
    const places = concat(
      ranges.map(({ from, count }) => counters(first + from, count)),
      0,
    );
    return reshape(uniform(places, key), shape);
  };
  return {
    uniform: even,
    normal(shape) {
      const { size, ranges } = rangesOf(shape, part);
      const count = 2 * Math.ceil(size / 2);
      const first = take(count);
      if (!part) return normal(counters(first, count), key, shape);
      const drawn = ranges.map(({ from, count: length }) =>
        normalRange((at, many) => counters(first + at, many), key, count, { from, count: length }),
      );
      return reshape(concat(drawn, 0), shape);
    },
    gumbel: (shape) => negate(log(negate(log(even(shape))))),
  };
}

interface Range {
  readonly from: number;
  readonly count: number;
}

/** How many numbers the whole batch takes, and which of them are those of a part: `[times · rows, …]` of `[times · count, …]`. */
function rangesOf(shape: Shape, part?: BatchPart): { readonly size: number; readonly ranges: readonly Range[] } {
  const size = sizeOf(shape);
  if (!part) return { size, ranges: [{ from: 0, count: size }] };
  const times = perExample(shape[0], part);
  const width = sizeOf(shape.slice(1));
  return {
    size: times * part.count * width,
    ranges: Array.from({ length: times }, (_, time) => ({
      from: (time * part.count + part.from) * width,
      count: part.rows * width,
    })),
  };
}
