/**
 * What a network says of each pixel of a picture of two values, set right by the neighbours that are known already: where a stroke was missed on the
 * left, it is likely to be missed here.
 *
 *   odds' = (1 + a) odds + Σ wₙ (xₙ − pₙ)        xₙ, pₙ: what a neighbour is, and the chance that the network gave it
 *
 * Whole numbers: odds in 256ths, chances and a in 65536ths, weights in 256ths.
 */

/** Rows up and columns to the left: the neighbours, in the order of their weights. */
const NEIGHBOURS = [
  [0, 1],
  [1, 0],
  [1, 1],
  [1, -1],
] as const;

/** a, and a weight for each neighbour. */
export const WEIGHTS = 1 + NEIGHBOURS.length;
/** Weights stay below it in size, so that sums are exact. */
export const MOST_WEIGHT = 2 ** 20;
/** Chances are of odds in 32nds, from −16 to 16. */
export const CHANCES = 1024;
/** Odds are of so many parts, as a power of two. */
export const ODDS_BITS = 8;
const CHANCE_BITS = 5;
/** No chance is nearer to 0 or 1, so that each pixel takes more than 1/2048 of a bit. */
export const LEAST_CHANCE = 24;

export interface OddsTables {
  /** Chances of a 1, in 65536ths: `[CHANCES]`. */
  readonly chances: Uint16Array;
  /** `[WEIGHTS]`. */
  readonly weights: Int32Array;
}

/** Made once, with floats, and kept: decoding makes none. */
export function makeChances(): Uint16Array {
  return Uint16Array.from({ length: CHANCES }, (_, at) => {
    const odds = (at - CHANCES / 2 + 0.5) / 2 ** CHANCE_BITS;
    return Math.min(65536 - LEAST_CHANCE, Math.max(LEAST_CHANCE, Math.round(65536 / (1 + Math.exp(-odds)))));
  });
}

/** The chance of a 1 in 65536ths by odds alone. */
export function chanceOf(chances: Uint16Array, odds: number): number {
  const at = Math.floor(odds / 2 ** (ODDS_BITS - CHANCE_BITS)) + CHANCES / 2;
  return chances[Math.min(CHANCES - 1, Math.max(0, at))];
}

/**
 * How far each neighbour of a pixel is from what the network said of it, in 65536ths, written into `into` `[WEIGHTS − 1]`; 0 beyond the edges.
 *
 * @param plain what the network says of each pixel of the picture, in 65536ths.
 */
export function surprises(pixels: Uint8Array, plain: Uint16Array, width: number, at: number, into: Int32Array): void {
  const x = at % width;
  for (const [n, [up, left]] of NEIGHBOURS.entries()) {
    const place = at - up * width - left;
    const isWithin = place >= 0 && x >= left && x - left < width;
    into[n] = isWithin ? 65536 * pixels[place] - plain[place] : 0;
  }
}

/** Chances of the pixels of one picture, in any order, as far as those before are filled in. */
export function pixelChances(
  odds: Int32Array,
  pixels: Uint8Array,
  width: number,
  { chances, weights }: OddsTables,
): (at: number) => number {
  const plain = Uint16Array.from(odds, (own) => chanceOf(chances, own));
  const found = new Int32Array(NEIGHBOURS.length);
  return (at) => {
    surprises(pixels, plain, width, at, found);
    // |odds| < 2²⁴, a weight < 2²⁰: a sum below 2⁴⁶.
    let sum = odds[at] * (65536 + weights[0]);
    for (let n = 0; n < found.length; n++) sum += weights[n + 1] * found[n];
    return chanceOf(chances, Math.floor(sum / 65536));
  };
}
