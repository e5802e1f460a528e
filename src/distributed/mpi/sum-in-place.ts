/** Many arrays summed over ranks: small ones with one message, large ones where they lie. */

/** From this many numbers on, a message of its own costs less than copying. */
const LARGE = 16_384;

/** Replaces all numbers of `arrays` by what `sum` makes of them, in one or more of its calls. */
export function sumInPlace(arrays: readonly Float32Array[], sum: (values: Float32Array) => void): void {
  const small = arrays.filter(({ length }) => length < LARGE);
  if (small.length === 1) sum(small[0]);
  if (small.length > 1) {
    const all = new Float32Array(small.reduce((total, { length }) => total + length, 0));
    let at = 0;
    for (const array of small) {
      all.set(array, at);
      at += array.length;
    }
    sum(all);
    at = 0;
    for (const array of small) {
      array.set(all.subarray(at, at + array.length));
      at += array.length;
    }
  }
  for (const array of arrays) if (array.length >= LARGE) sum(array);
}
