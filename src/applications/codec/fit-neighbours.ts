/** The weights by which neighbours set right what a network says of a pixel: logistic regression on pictures that it has not learned from. */
import { chanceOf, MOST_WEIGHT, ODDS_BITS, surprises, WEIGHTS } from '../../codec/neighbour-odds.ts';

/** Times that the pictures are gone through. */
const PASSES = 3;
const RATE = 0.05;

/**
 * By AdaGrad (Duchi, Hazan & Singer 2011), a pixel at a time.
 *
 * @param odds what the network says of `pixels`, `[count, pixels of a picture]`.
 */
export function fitNeighbours(
  odds: Int32Array,
  pixels: Uint8Array,
  { width, area, chances }: { readonly width: number; readonly area: number; readonly chances: Uint16Array },
): Int32Array {
  const weights = new Float64Array(WEIGHTS);
  const squares = new Float64Array(WEIGHTS).fill(0.01);
  const inputs = new Float64Array(WEIGHTS);
  const found = new Int32Array(WEIGHTS - 1);
  for (let pass = 0; pass < PASSES; pass++)
    for (let from = 0; from < pixels.length; from += area) {
      const own = odds.subarray(from, from + area);
      const picture = pixels.subarray(from, from + area);
      const plain = Uint16Array.from(own, (value) => chanceOf(chances, value));
      for (let at = 0; at < area; at++) {
        surprises(picture, plain, width, at, found);
        const alone = own[at] / 2 ** ODDS_BITS;
        inputs[0] = alone / 4;
        for (let n = 0; n < found.length; n++) inputs[n + 1] = found[n] / 65536;
        const total = inputs.reduce((sum, value, n) => sum + weights[n] * value, alone);
        const error = picture[at] - 1 / (1 + Math.exp(-total));
        for (let n = 0; n < WEIGHTS; n++) {
          const slope = error * inputs[n];
          squares[n] += slope * slope;
          weights[n] += (RATE * slope) / Math.sqrt(squares[n]);
        }
      }
    }
  return Int32Array.from(weights, (weight, n) => {
    const whole = Math.round(n === 0 ? (weight / 4) * 65536 : weight * 2 ** ODDS_BITS);
    return Math.min(MOST_WEIGHT, Math.max(-MOST_WEIGHT, whole));
  });
}
