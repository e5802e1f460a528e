/** The standard normal distribution. */

export function density(x: number): number {
  return Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI);
}

/** Abramowitz & Stegun 26.2.17, to 7.5e-8. */
export function cumulative(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = density(x) * series;
  return x >= 0 ? 1 - tail : tail;
}
