/** A table to try what is found in codes on. */
import { createRandom } from '../../src/base/random.ts';

/** Points along a curve in three columns, its ends of one sort and its middle of another; a few values missing. */
export function curve(): string {
  const random = createRandom(1);
  const rows = Array.from({ length: 300 }, (_, i) => {
    const place = 4 * random.uniform() - 2;
    const cells = [place, place ** 2, Math.sin(2 * place)].map((value) => (value + random.normal() / 20).toFixed(4));
    if (i % 40 === 3) cells[1] = '';
    return [...cells, Math.abs(place) > 1 ? 'end' : 'middle'].join(',');
  });
  return `along,up,wave,sort\n${rows.join('\n')}\n`;
}
