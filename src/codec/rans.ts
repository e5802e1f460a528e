/**
 * Entropy coding in whole numbers alone: range asymmetric numeral systems, byte by byte. Duda 2013, "Asymmetric numeral systems", section 2.3.
 *
 * A message is a row of slots, ranges [start, start + frequency) of 2^bits. What is read follows from the bytes and the slots: no float has a say,
 * so the same bytes are the same message on every machine. Slots are written backwards, so that they are read forwards.
 */
import { DataError } from '../base/errors.ts';

/** The state stays in [LEAST, 256 · LEAST), which is below 2³¹. */
const LEAST = 2 ** 23;

/** Most bits of a slot's whole range. */
export const MOST_BITS = 16;

export interface RansWriter {
  /** Adds a slot: 1 ≤ frequency, start + frequency ≤ 2^bits, bits ≤ 16. */
  put(start: number, frequency: number, bits: number): void;
  /** The bytes of all slots so far. */
  finish(): Uint8Array;
}

export function ransWriter(): RansWriter {
  let slots = new Uint32Array(3 * 1024);
  let used = 0;
  return {
    put(start, frequency, bits) {
      if (used === slots.length) {
        const more = new Uint32Array(2 * used);
        more.set(slots);
        slots = more;
      }
      slots[used++] = start;
      slots[used++] = frequency;
      slots[used++] = bits;
    },
    finish() {
      // A slot takes two bytes at most.
      const bytes = new Uint8Array(4 + (2 * used) / 3);
      let first = bytes.length;
      let state = LEAST;
      for (let at = used - 3; at >= 0; at -= 3) {
        const [start, frequency, bits] = [slots[at], slots[at + 1], slots[at + 2]];
        const bound = 2 ** (31 - bits) * frequency;
        while (state >= bound) {
          bytes[--first] = state & 255;
          state >>>= 8;
        }
        state = Math.floor(state / frequency) * 2 ** bits + (state % frequency) + start;
      }
      for (let byte = 0; byte < 4; byte++) bytes[--first] = (state >>> (8 * byte)) & 255;
      return bytes.slice(first);
    },
  };
}

export interface RansReader {
  /** Where in its range of 2^bits the next slot lies: 0 … 2^bits − 1. */
  peek(bits: number): number;
  /** Takes the slot away; it must contain what `peek` gave. @throws DataError where the bytes end. */
  take(start: number, frequency: number, bits: number): void;
  /** @throws DataError for bytes that are left over, or that no writer has written. */
  finish(): void;
}

/** @throws DataError for bytes that no writer has written. */
export function ransReader(bytes: Uint8Array, where: string): RansReader {
  let at = 4;
  let state = bytes.length < 4 ? 0 : bytes[0] * 2 ** 24 + (bytes[1] << 16) + (bytes[2] << 8) + bytes[3];
  if (state < LEAST || state >= 256 * LEAST) throw damaged(where, 'another beginning');
  return {
    peek: (bits) => state & (2 ** bits - 1),
    take(start, frequency, bits) {
      state = frequency * (state >>> bits) + (state & (2 ** bits - 1)) - start;
      while (state < LEAST) {
        if (at === bytes.length) throw damaged(where, 'an end before the last of them');
        state = state * 256 + bytes[at++];
      }
    },
    finish() {
      if (state !== LEAST || at !== bytes.length) throw damaged(where, 'more than they were to hold');
    },
  };
}

function damaged(where: string, got: string): DataError {
  return new DataError({
    where,
    expected: 'the bytes of coded numbers',
    got,
    fix: 'the file is damaged: fetch or make it again',
  });
}
