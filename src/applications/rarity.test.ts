import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { shareAtLeastOf } from './rarity.ts';

test.each([1, 2, 50, 5000])(
  'the share of %i numbers that is at least another, also at the numbers themselves',
  (count) => {
    const random = createRandom(count);
    const sorted = Float64Array.from({ length: count }, () => Math.round(random.normal() * 1000) / 100).sort();
    const shareOf = shareAtLeastOf(sorted);
    const asked = [
      ...sorted,
      ...Array.from({ length: 500 }, () => 20 * random.normal()),
      -1e300,
      1e300,
      Number.POSITIVE_INFINITY,
    ];
    for (const value of asked) expect(shareOf(value)).toBe(sorted.filter((other) => other >= value).length / count);
  },
);
