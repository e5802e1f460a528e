/** Where a number stands among others: for a few by halving, for many by a table. */

/** Places of the table. */
const PLACES = 4096;

/** The share of the ascending `sorted` that is at least a number, for numbers that are many. */
export function shareAtLeastOf(sorted: Float64Array): (value: number) => number {
  const { length } = sorted;
  const [least, most] = [sorted[0], sorted[length - 1]];
  const perUnit = most > least ? PLACES / (most - least) : 0;
  // How many are below the lower end of each place.
  const below = new Int32Array(PLACES + 1);
  for (let place = 0, at = 0; place <= PLACES; place++) {
    while (at < length && (sorted[at] - least) * perUnit < place) at++;
    below[place] = at;
  }
  return (value) => {
    if (!(value > least)) return 1;
    if (value > most) return 0;
    let at = below[Math.floor((value - least) * perUnit)];
    while (at < length && sorted[at] < value) at++;
    return (length - at) / length;
  };
}
