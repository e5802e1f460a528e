/**
 * A message as a row of slots, ranges [start, start + frequency) of 2^bits, in bytes: range asymmetric numeral systems. Duda 2013,
 * "Asymmetric numeral systems", section 2.3. Slots are pushed backwards, so that they are read forwards.
 */
import { DataError } from '../base/errors.ts';
import { type AnsStack, ansStack, leastState, stateBytes } from './ans-stack.ts';

const WIDTH = 31;

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
      const stack = ansStack({ width: WIDTH, below: neverPopped, refuse: neverPopped });
      for (let at = used - 3; at >= 0; at -= 3) stack.push(slots[at], slots[at + 1], slots[at + 2]);
      return stack.bytes();
    },
  };
}

export interface RansReader extends Pick<AnsStack, 'peek'> {
  /** Takes the slot away; it must contain what `peek` gave. @throws DataError where the bytes end. */
  take(start: number, frequency: number, bits: number): void;
  /** @throws DataError for bytes that are left over, or that no writer has written. */
  finish(): void;
}

/** @throws DataError for bytes that no writer has written. */
export function ransReader(bytes: Uint8Array, where: string): RansReader {
  const stack = ansStack({
    width: WIDTH,
    bytes,
    below: () => damaged(where, 'an end before the last of them'),
    refuse: () => damaged(where, 'another beginning'),
  });
  return {
    peek: stack.peek,
    take: stack.pop,
    finish() {
      const rest = stack.bytes();
      const state = rest.reduce((sum, byte) => 256 * sum + byte, 0);
      if (rest.length !== stateBytes(WIDTH) || state !== leastState(WIDTH))
        damaged(where, 'more than they were to hold');
    },
  };
}

function neverPopped(): never {
  throw new Error('internal: a stack that is only pushed was popped');
}

function damaged(where: string, got: string): never {
  throw new DataError({
    where,
    expected: 'the bytes of coded numbers',
    got,
    fix: 'the file is damaged: fetch or make it again',
  });
}
