/**
 * Normal distributions in whole numbers: buckets of equal chance under N(0, 1), and how likely each is under N(μ, σ²). Townsend, Bird & Barber
 * 2019, section 2.5.1: buckets that hold as much of the prior each.
 *
 * Places on the axis are in 2¹⁸ths. Whatever came of functions of floats (exponentials, quantiles) is worked out once, when a codec is
 * made, and kept in its file: machines need not agree on their last digits.
 */
import type { AnsStack } from './ans-stack.ts';

/** Places per unit of the axis, as a power of two: so many that the narrowest buckets are wide. */
export const PLACE_BITS = 18;
/**
 * Slots of a posterior are of this many bits. Every bucket has one at least, however far away; with 24 bits such were drawn for a picture in
 * a hundred, and cost half a bit each on average.
 */
export const POSTERIOR_BITS = 32;
/** Knots of the distribution function per σ, and how many σ they reach to either side. */
const KNOTS_PER_SIGMA = 16;
const REACH = 8;
const KNOTS = 2 * REACH * KNOTS_PER_SIGMA + 1;
/** Widths σ = e^(−level / 16), level by level, from e^¼ to below any bucket. */
const LEVELS_PER_E = 16;
const LEVELS = 112;
const WIDEST = 4;
/** Between knots, places are told apart in 4096ths. */
const PART_BITS = 12;
/** Inverse widths are in 4096ths. */
export const INVERSE_BITS = 12;

/** All whole numbers. */
export interface NormalTables {
  /** The bounds between buckets, from left to right: `[buckets − 1]`. */
  readonly bounds: Int32Array;
  /** The middle of each bucket by chance, `[buckets]`. */
  readonly centres: Int32Array;
  /** The distribution function at knots, in 2³²ths, from 0 to what buckets leave of 2³². */
  readonly knots: Uint32Array;
  /** Of each level: 2¹² / σ. */
  readonly inverseWidths: Int32Array;
}

/** Buckets, as a power of two. */
export function bucketBits({ centres }: Pick<NormalTables, 'centres'>): number {
  return Math.log2(centres.length);
}

export function makeNormalTables(bits: number): NormalTables {
  const buckets = 2 ** bits;
  const place = (chance: number): number => Math.round(quantile(chance) * 2 ** PLACE_BITS);
  const room = 2 ** POSTERIOR_BITS - buckets;
  return {
    bounds: Int32Array.from({ length: buckets - 1 }, (_, at) => place((at + 1) / buckets)),
    centres: Int32Array.from({ length: buckets }, (_, at) => place((at + 0.5) / buckets)),
    knots: Uint32Array.from({ length: KNOTS }, (_, at) =>
      Math.round(room * distribution((at - (KNOTS - 1) / 2) / KNOTS_PER_SIGMA)),
    ),
    inverseWidths: Int32Array.from({ length: LEVELS }, (_, level) =>
      Math.round(2 ** INVERSE_BITS * Math.exp((level - WIDEST) / LEVELS_PER_E)),
    ),
  };
}

/** How many entries tables of 2^bits buckets have. */
export function tableSizes(bits: number): Readonly<Record<keyof NormalTables, number>> {
  return { bounds: 2 ** bits - 1, centres: 2 ** bits, knots: KNOTS, inverseWidths: LEVELS };
}

/** Whether tables are such as can be coded by: all in order, and none beyond what the arithmetic bears. */
export function areSound({ bounds, centres, knots, inverseWidths }: NormalTables): boolean {
  const isRising = (values: Int32Array | Uint32Array): boolean =>
    values.every((value, at) => at === 0 || value >= values[at - 1]);
  const farthest = 2 ** (PLACE_BITS + 4);
  return (
    [bounds, centres, knots, inverseWidths].every(isRising) &&
    bounds.every((bound) => Math.abs(bound) < farthest) &&
    centres.every((centre) => Math.abs(centre) < farthest) &&
    knots[knots.length - 1] <= 2 ** POSTERIOR_BITS - centres.length &&
    inverseWidths[0] >= 1 &&
    inverseWidths[LEVELS - 1] < 2 ** 24
  );
}

/** Level of the σ with log σ² = `logVariance` / 2^bits; the widest or the narrowest where it is beyond. */
export function levelOf(logVariance: number, bits: number): number {
  const level = Math.floor((-logVariance * LEVELS_PER_E) / 2 ** (bits + 1)) + WIDEST;
  return Math.min(LEVELS - 1, Math.max(0, level));
}

/** A normal posterior over buckets, as slots of 2³². */
export interface PosteriorSlots {
  /** Takes a bucket off the stack, as likely as the posterior says. */
  pop(stack: AnsStack, mean: number, level: number): number;
  push(stack: AnsStack, mean: number, level: number, bucket: number): void;
  /** How likely a bucket is, in 2³²ths. */
  frequency(mean: number, level: number, bucket: number): number;
}

/** @param tables as `areSound` says. `mean` is a place below 2²³ in size. */
export function posteriorSlots({ bounds, centres, knots, inverseWidths }: NormalTables): PosteriorSlots {
  const last = (KNOTS - 1) * 2 ** PART_BITS;
  // |bound − mean| < 2²⁴ and an inverse width < 2²⁴: products below 2⁴⁸.
  const shift = 2 ** (PLACE_BITS + INVERSE_BITS - PART_BITS) / KNOTS_PER_SIGMA;
  /** Slots of all buckets before this one; each has at least one. */
  const before = (mean: number, level: number, bucket: number): number => {
    if (bucket === 0) return 0;
    if (bucket === centres.length) return 2 ** POSTERIOR_BITS;
    const at = Math.floor(((bounds[bucket - 1] - mean) * inverseWidths[level]) / shift) + last / 2;
    if (at <= 0) return bucket + knots[0];
    if (at >= last) return bucket + knots[KNOTS - 1];
    const part = at % 2 ** PART_BITS;
    const knot = (at - part) / 2 ** PART_BITS;
    const rise = knots[knot + 1] - knots[knot];
    return bucket + knots[knot] + Math.floor((rise * part) / 2 ** PART_BITS);
  };
  return {
    pop(stack, mean, level) {
      const slot = stack.peek(POSTERIOR_BITS);
      let [low, high] = [0, centres.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (before(mean, level, middle) <= slot) low = middle;
        else high = middle - 1;
      }
      const start = before(mean, level, low);
      stack.pop(start, before(mean, level, low + 1) - start, POSTERIOR_BITS);
      return low;
    },
    push(stack, mean, level, bucket) {
      const start = before(mean, level, bucket);
      stack.push(start, before(mean, level, bucket + 1) - start, POSTERIOR_BITS);
    },
    frequency: (mean, level, bucket) => before(mean, level, bucket + 1) - before(mean, level, bucket),
  };
}

/** Φ(x) = ½ erfc(−x / √2), by the continued fraction beyond 3 and the series of Φ around 0 within. Abramowitz & Stegun 26.2.10 and 26.2.14. */
function distribution(x: number): number {
  const density = Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) < 3) {
    let [term, sum] = [x, x];
    for (let odd = 3; Math.abs(term) > 1e-17; odd += 2) {
      term *= (x * x) / odd;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = Math.abs(x);
  for (let depth = 60; depth > 0; depth--) fraction = Math.abs(x) + depth / fraction;
  return x < 0 ? density / fraction : 1 - density / fraction;
}

/** Φ⁻¹(chance), by halving. */
function quantile(chance: number): number {
  let [low, high] = [-REACH, REACH];
  for (let time = 0; time < 60; time++) {
    const middle = (low + high) / 2;
    if (distribution(middle) < chance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
