/**
 * How many more bits one codec takes than another for the same quality, on average over the qualities that both reach. Bjøntegaard 2001,
 * VCEG-M33, with the monotone cubics of Fritsch & Butland 1984 in place of one polynomial, which may swing.
 */

/** Of a picture, or averages over pictures. */
export interface RatePoint {
  readonly bitsPerPixel: number;
  /** In dB. */
  readonly psnr: number;
}

/** Steps that the curves are compared in. */
const STEPS = 256;

/** In percent: below 0 where `curve` takes fewer bits than `reference`. NaN where no quality is reached by both. */
export function bdRate(curve: readonly RatePoint[], reference: readonly RatePoint[]): number {
  const [own, other] = [logRateOf(curve), logRateOf(reference)];
  const [from, to] = [Math.max(own.from, other.from), Math.min(own.to, other.to)];
  if (!(from < to)) return Number.NaN;
  let sum = 0;
  for (let step = 0; step < STEPS; step++) {
    const psnr = from + ((to - from) * (step + 0.5)) / STEPS;
    sum += own.at(psnr) - other.at(psnr);
  }
  return 100 * (Math.exp(sum / STEPS) - 1);
}

/** Bits a pixel at a quality between those of `curve`. */
export function rateAt(curve: readonly RatePoint[], psnr: number): number {
  const { from, to, at } = logRateOf(curve);
  return psnr < from || psnr > to ? Number.NaN : Math.exp(at(psnr));
}

interface LogRate {
  readonly from: number;
  readonly to: number;
  at(psnr: number): number;
}

/** The logarithm of the rate by quality; points that take more bits for less are left out. */
function logRateOf(points: readonly RatePoint[]): LogRate {
  const rising: RatePoint[] = [];
  for (const point of points.toSorted((a, b) => a.bitsPerPixel - b.bitsPerPixel))
    if (point.psnr > (rising.at(-1)?.psnr ?? -Infinity)) rising.push(point);
  const x = rising.map(({ psnr }) => psnr);
  const y = rising.map(({ bitsPerPixel }) => Math.log(bitsPerPixel));
  const slopes = slopesOf(x, y);
  return {
    from: x[0] ?? Infinity,
    to: x[x.length - 1] ?? -Infinity,
    at(psnr) {
      const next = x.findIndex((end) => end >= psnr);
      const right = next < 0 ? x.length - 1 : Math.max(1, next);
      const left = right - 1;
      const width = x[right] - x[left];
      const t = (psnr - x[left]) / width;
      // Hermite's form of a cubic by its ends and slopes there.
      return (
        y[left] * (1 + 2 * t) * (1 - t) ** 2 +
        y[right] * t ** 2 * (3 - 2 * t) +
        width * (slopes[left] * t * (1 - t) ** 2 - slopes[right] * t ** 2 * (1 - t))
      );
    },
  };
}

/** Slopes with which a cubic between two points never leaves the range between them. */
function slopesOf(x: readonly number[], y: readonly number[]): number[] {
  const chords = x.slice(1).map((end, at) => (y[at + 1] - y[at]) / (end - x[at]));
  return x.map((_, at) => {
    if (at === 0) return chords[0];
    if (at === x.length - 1) return chords[at - 1];
    const [before, after] = [chords[at - 1], chords[at]];
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
}
