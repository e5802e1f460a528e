/**
 * A Parzen estimator on 0 … 1: a mixture of normal densities, one at each observed place and one that knows nothing, each cut off at the ends.
 * Bergstra et al. 2011, "Algorithms for hyper-parameter optimization", section 4: a place's width is its distance to its farther neighbour.
 */
import type { Random } from '../../base/random.ts';
import { cumulative, density } from './normal.ts';

export interface Density {
  draw(random: Random): number;
  at(place: number): number;
}

/** Narrower than this share of the range with few places, the estimator would only repeat what was tried. */
const MOST_BUMPS = 100;

export function parzen(places: readonly number[]): Density {
  // What nothing is known of: in the middle, as wide as the range.
  const centres = [...places, 0.5].toSorted((a, b) => a - b);
  const prior = centres.indexOf(0.5);
  const least = 1 / Math.min(MOST_BUMPS, 1 + centres.length);
  const widths = centres.map((centre, at) => {
    if (at === prior) return 1;
    const below = centre - (at > 0 ? centres[at - 1] : 0);
    const above = (at < centres.length - 1 ? centres[at + 1] : 1) - centre;
    return Math.min(1, Math.max(least, below, above));
  });
  const shares = centres.map((centre, at) => cumulative((1 - centre) / widths[at]) - cumulative(-centre / widths[at]));
  return {
    draw(random) {
      const bump = random.integer(centres.length);
      for (;;) {
        const place = centres[bump] + widths[bump] * random.normal();
        if (place >= 0 && place <= 1) return place;
      }
    },
    at(place) {
      let total = 0;
      for (const [bump, centre] of centres.entries()) {
        const distance = (place - centre) / widths[bump];
        total += density(distance) / (widths[bump] * shares[bump]);
      }
      return total / centres.length;
    },
  };
}
