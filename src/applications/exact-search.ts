/**
 * Exact search: the nearest of many points to each of some, by products of matrices.
 *
 *   asked, a few at a time ──┐
 *   all, a block at a time ──┴─ ½‖b‖² − a·b ── the nearest so far
 *
 * Both are walked through in blocks, so that memory beyond the points goes with neither's number but for two numbers a point.
 */
import type { Engine } from '../engine/engine.ts';
import { multiply, subtract } from '../graph/ops/arithmetic.ts';
import { input } from '../graph/ops/input.ts';
import { matmul } from '../graph/ops/matmul.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Nearest } from './neighbours.ts';

/** Cosine: 1 less the cosine of the angle between two, 0 … 2. */
export const distanceNames = ['cosine', 'euclidean'] as const;

export type DistanceName = (typeof distanceNames)[number];

/** Points in rows, `[count, width]` row-major; a missing number (NaN) counts as 0. */
export interface Rows {
  readonly values: Float32Array | Uint8Array;
  readonly width: number;
}

export interface SearchRequest {
  readonly engine: Engine;
  readonly asked: Rows;
  readonly all: Rows;
  readonly distance: DistanceName;
  /** How many to find: at most as many as there are. */
  readonly top: number;
}

/** Points asked for at a time. */
const ASKED = 128;
/** Distances that are held at a time. */
const BLOCK = 1 << 19;
/** Points that are looked through at a time, at most: few are asked for at once where that is many. */
const MOST_ROWS = 1 << 15;
/** Numbers in a block of wide points. */
const MOST_NUMBERS = 1 << 24;

/** The `top` nearest to each asked for, nearest first and of equal ones the first: `[asked, top]`. */
export function nearestIn({ engine, asked, all, distance, top }: SearchRequest): Promise<Nearest> {
  return makeSearcher(engine, all, distance)(asked, top);
}

/** Searches in the same points, again and again. */
export type Searcher = (asked: Rows, top: number) => Promise<Nearest>;

/** What can be known of points before anybody asks is worked out here, once: 8 bytes each. The points themselves are not copied. */
export function makeSearcher(engine: Engine, all: Rows, distance: DistanceName): Searcher {
  const { width } = all;
  const count = all.values.length / width;
  const centre = distance === 'euclidean' ? meanOf(all) : undefined;
  const terms = centre ? aboutCentre(all, centre) : byLength(all);
  const plain = all.values instanceof Float32Array && !hasGap(all.values) ? all.values : undefined;
  const someAt = (start: number, block: number): Float32Array =>
    plain && start + block <= count
      ? plain.subarray(start * width, (start + block) * width)
      : numbersAt(all, start, block);
  return async (asked, top) => {
    const askedCount = asked.values.length / width;
    const batch = Math.max(1, Math.min(ASKED, askedCount));
    const block = Math.max(1, Math.min(count, MOST_ROWS, Math.floor(BLOCK / batch), Math.floor(MOST_NUMBERS / width)));
    const program = await engine.compile({ apart: halfSquares(batch, block, width) });
    const best: Nearest = {
      rows: new Int32Array(askedCount * top).fill(-1),
      distances: new Float32Array(askedCount * top).fill(Infinity),
    };
    for (let start = 0; start < count; start += block) {
      const here = Math.min(block, count - start);
      const some = {
        some: { data: someAt(start, block), shape: [block, width] },
        own: { data: padded(terms.own, start, block), shape: [1, block] },
        scale: { data: padded(terms.scale, start, block), shape: [1, block] },
      };
      for (let from = 0; from < askedCount; from += batch) {
        const points = { data: pointsAt(asked, from, batch, centre), shape: [batch, width] };
        const { apart } = await program.run({ asked: points, ...some });
        const found = apart.data as Float32Array;
        for (let row = from; row < Math.min(askedCount, from + batch); row++)
          keepNearest(found.subarray((row - from) * block, (row - from) * block + here), start, {
            rows: best.rows.subarray(row * top, (row + 1) * top),
            distances: best.distances.subarray(row * top, (row + 1) * top),
          });
      }
    }
    await program.dispose();
    return measured({ asked, all, distance, top }, best.rows);
  };
}

/**
 * ½‖a − b‖², less what is the same for all b: `[batch, block]`. Of directions, b̂ = b / ‖b‖: ½‖b̂‖² − a·b / ‖b‖. About a centre c, which a is
 * less already: ½‖b − c‖² − a·b, short of the a·c that all have.
 */
function halfSquares(batch: number, block: number, width: number): Tensor {
  const products = matmul(input('asked', 'float32', [batch, width]), input('some', 'float32', [block, width]), {
    right: true,
  });
  return subtract(input('own', 'float32', [1, block]), multiply(products, input('scale', 'float32', [1, block])));
}

/** Of each point: half its square, and what its products are multiplied by. */
interface Terms {
  readonly own: Float32Array;
  readonly scale: Float32Array;
}

function aboutCentre({ values, width }: Rows, centre: Float64Array): Terms {
  const count = values.length / width;
  const own = new Float32Array(count);
  for (let row = 0, at = 0; row < count; row++) {
    let squares = 0;
    for (let i = 0; i < width; i++) {
      const away = (values[at++] || 0) - centre[i];
      squares += away * away;
    }
    own[row] = squares / 2;
  }
  return { own, scale: new Float32Array(count).fill(1) };
}

function byLength({ values, width }: Rows): Terms {
  const count = values.length / width;
  const [own, scale] = [new Float32Array(count), new Float32Array(count)];
  for (let row = 0, at = 0; row < count; row++) {
    let squares = 0;
    for (let i = 0; i < width; i++) {
      const value = values[at++] || 0;
      squares += value * value;
    }
    own[row] = squares > 0 ? 0.5 : 0;
    scale[row] = 1 / (Math.sqrt(squares) || 1);
  }
  return { own, scale };
}

function hasGap(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

/** Some rows as they are; past the end, zeros. */
function numbersAt({ values, width }: Rows, start: number, count: number): Float32Array {
  const numbers = new Float32Array(count * width);
  const some = values.subarray(start * width, (start + count) * width);
  for (let i = 0; i < some.length; i++) numbers[i] = some[i] || 0;
  return numbers;
}

/** Some of the numbers; past the end, zeros. */
function padded(numbers: Float32Array, start: number, count: number): Float32Array {
  const some = numbers.subarray(start, start + count);
  if (some.length === count) return some;
  const whole = new Float32Array(count);
  whole.set(some);
  return whole;
}

/** The distances themselves, to all digits: a difference of squares in 32 bits has none left for what is the same. */
function measured(request: Omit<SearchRequest, 'engine'>, found: Int32Array): Nearest {
  const { asked, all, distance, top } = request;
  const { width } = all;
  const centre = distance === 'euclidean' ? new Float64Array(width) : undefined;
  const rows = new Int32Array(found.length);
  const distances = new Float32Array(found.length);
  for (let from = 0; from < found.length; from += top) {
    const point = pointsAt(asked, from / top, 1, centre);
    const near = Array.from(found.subarray(from, from + top), (row) => {
      const other = pointsAt(all, row, 1, centre);
      let squares = 0;
      for (let i = 0; i < width; i++) squares += (point[i] - other[i]) ** 2;
      // Of points on the unit sphere, ‖a − b‖² = 2 (1 − cos).
      return { row, apart: distance === 'cosine' ? squares / 2 : Math.sqrt(squares) };
    }).sort((a, b) => a.apart - b.apart);
    rows.set(
      near.map(({ row }) => row),
      from,
    );
    distances.set(
      near.map(({ apart }) => apart),
      from,
    );
  }
  return { rows, distances };
}

function meanOf({ values, width }: Rows): Float64Array {
  const count = values.length / width;
  const mean = new Float64Array(width);
  for (let row = 0, at = 0; row < count; row++) for (let i = 0; i < width; i++) mean[i] += (values[at++] || 0) / count;
  return mean;
}

/** Some rows less a centre, or, without one, of length 1: then only directions count. Past the end, zeros. */
function pointsAt({ values, width }: Rows, start: number, count: number, centre?: Float64Array): Float32Array {
  const points = new Float32Array(count * width);
  const some = values.subarray(start * width, (start + count) * width);
  for (let i = 0; i < some.length; i++) points[i] = (some[i] || 0) - (centre?.[i % width] ?? 0);
  if (centre) return points;
  for (let at = 0; at < some.length; at += width) {
    let squares = 0;
    for (let i = at; i < at + width; i++) squares += points[i] ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let i = at; i < at + width; i++) points[i] /= length;
  }
  return points;
}

/** Puts those of a line of distances, the first of which is to the row `start`, in their places among the nearest so far. */
function keepNearest(line: Float32Array, start: number, { rows, distances }: Nearest): void {
  const last = rows.length - 1;
  let most = distances[last];
  for (let place = 0; place < line.length; place++) {
    const apart = line[place];
    if (!(apart < most)) continue;
    let at = last;
    for (; at > 0 && distances[at - 1] > apart; at--) {
      distances[at] = distances[at - 1];
      rows[at] = rows[at - 1];
    }
    distances[at] = apart;
    rows[at] = start + place;
    most = distances[last];
  }
}
