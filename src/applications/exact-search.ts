/**
 * Exact search: the nearest of many points to each of some, by products of matrices.
 *
 *   asked, a few at a time ──┐
 *   all, a block at a time ──┴─ ‖a‖² + ‖b‖² − 2 a·b ── the nearest so far
 *
 * Both are walked through in blocks, so that memory goes with neither's number.
 */
import type { Engine } from '../engine/engine.ts';
import { input } from '../graph/ops/input.ts';
import { type Nearest, squaredDistances } from './neighbours.ts';

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

/** Points asked for at a time, and at most so many that are looked through at a time. */
const ASKED = 128;
const BLOCK = 4096;
/** Numbers in a block of wide points. */
const MOST_NUMBERS = 1 << 24;

/** The `top` nearest to each asked for, nearest first and of equal ones the first: `[asked, top]`. */
export async function nearestIn({ engine, asked, all, distance, top }: SearchRequest): Promise<Nearest> {
  const { width } = all;
  const centre = distance === 'euclidean' ? meanOf(all) : undefined;
  const [askedCount, count] = [asked.values.length / width, all.values.length / width];
  const block = Math.max(1, Math.min(BLOCK, count, Math.floor(MOST_NUMBERS / width)));
  const batch = Math.max(1, Math.min(ASKED, askedCount));
  const program = await engine.compile({
    apart: squaredDistances(input('asked', 'float32', [batch, width]), input('some', 'float32', [block, width])),
  });
  const best: Nearest = {
    rows: new Int32Array(askedCount * top).fill(-1),
    distances: new Float32Array(askedCount * top).fill(Infinity),
  };
  for (let start = 0; start < count; start += block) {
    const some = { data: pointsAt(all, start, block, centre), shape: [block, width] };
    const here = Math.min(block, count - start);
    for (let from = 0; from < askedCount; from += batch) {
      const { apart } = await program.run({
        asked: { data: pointsAt(asked, from, batch, centre), shape: [batch, width] },
        some,
      });
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
  for (let i = 0; i < values.length; i++) mean[i % width] += (values[i] || 0) / count;
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
  for (let place = 0; place < line.length; place++) {
    const apart = line[place];
    if (!(apart < distances[last])) continue;
    let at = last;
    for (; at > 0 && distances[at - 1] > apart; at--) {
      distances[at] = distances[at - 1];
      rows[at] = rows[at - 1];
    }
    distances[at] = apart;
    rows[at] = start + place;
  }
}
