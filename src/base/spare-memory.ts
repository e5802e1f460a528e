/**
 * Memory of large arrays that come and go, used again. What is allocated for each is freed by the collector alone, and a hundred megabytes a
 * second make it go through the whole heap several times a second.
 */

/** Less is not worth keeping. */
const LEAST_BYTES = 1 << 16;
/** Kept in all while nobody uses it. */
const MOST_SPARE = 1 << 25;

export interface SpareMemory {
  /** So many bytes, with whatever is in them. */
  take(size: number): Uint8Array<ArrayBuffer>;
  /** What was taken and is seen by nobody any more. */
  giveBack(bytes: Uint8Array<ArrayBuffer>): void;
}

export function makeSpareMemory(): SpareMemory {
  const spare: ArrayBuffer[] = [];
  return {
    take(size) {
      // Not one that is much too large: it would be missing where it is needed.
      const at = spare.findIndex(({ byteLength }) => byteLength >= size && byteLength <= 2 * size);
      const [memory] = at < 0 ? [new ArrayBuffer(size)] : spare.splice(at, 1);
      return new Uint8Array(memory, 0, size);
    },
    giveBack({ buffer }) {
      if (buffer.byteLength < LEAST_BYTES || buffer.byteLength > MOST_SPARE) return;
      spare.push(buffer);
      let kept = spare.reduce((total, { byteLength }) => total + byteLength, 0);
      while (kept > MOST_SPARE) kept -= spare.shift()?.byteLength ?? kept;
    },
  };
}
