/**
 * A stack of slots in one number and a tail of bytes: what is pushed last is popped first. Duda 2013, "Asymmetric numeral systems",
 * section 2.3; as a stack: Townsend, Bird & Barber 2019, "Practical lossless compression with latent variables using bits back coding", section 2.
 *
 *   push: state = ⌊state / f⌋ · 2ᵇ + state mod f + s          pop: state = f · ⌊state / 2ᵇ⌋ + state mod 2ᵇ − s
 *
 * Whole numbers below 2⁵³ and the four operations: no float has a say, so that the same slots are the same bytes on every machine.
 */

export interface AnsStack {
  /** Where in its range of 2^bits the top slot lies: 0 … 2^bits − 1. */
  peek(bits: number): number;
  /** Takes the top slot away; it must contain what `peek` gave. */
  pop(start: number, frequency: number, bits: number): void;
  /** Puts a slot on top: 1 ≤ frequency, start + frequency ≤ 2^bits, bits ≤ width − 15. */
  push(start: number, frequency: number, bits: number): void;
  /** The top first: the state, its highest byte first, and the tail. */
  bytes(): Uint8Array;
}

/**
 * How wide the state is: it stays in [2^(width − 8), 2^width). The narrow one takes fewer bytes; the wide one bears slots of 2³².
 */
export type StateWidth = 31 | 48;

export interface StackSource {
  readonly width: StateWidth;
  /** What `bytes` gave; absent: an empty stack. */
  readonly bytes?: Uint8Array;
  /** The next byte below the tail's end, when more is popped than was pushed. May throw. */
  readonly below: () => number;
  /** Called for bytes that no stack has written. Throws. */
  readonly refuse: () => never;
}

/** The state of an empty stack. */
export function leastState(width: StateWidth): number {
  return 2 ** (width - 8);
}

/** Bytes that the state takes. */
export function stateBytes(width: StateWidth): number {
  return Math.ceil(width / 8);
}

export function ansStack({ width, bytes, below, refuse }: StackSource): AnsStack {
  const least = leastState(width);
  const head = stateBytes(width);
  let state = least;
  let tail = new Uint8Array(1024);
  let used = 0;
  if (bytes) {
    state = 0;
    for (let at = 0; at < head; at++) state = 256 * state + (bytes[at] ?? 0);
    if (bytes.length < head || state < least || state >= 256 * least) refuse();
    tail = bytes.slice(head).reverse();
    used = tail.length;
  }
  return {
    peek: (bits) => state % 2 ** bits,
    pop(start, frequency, bits) {
      const range = 2 ** bits;
      const quotient = Math.floor(state / range);
      state = frequency * quotient + (state - quotient * range) - start;
      while (state < least) state = 256 * state + (used > 0 ? tail[--used] : below());
    },
    push(start, frequency, bits) {
      const bound = frequency * 2 ** (width - bits);
      while (state >= bound) {
        if (used === tail.length) {
          const more = new Uint8Array(2 * used + 1024);
          more.set(tail);
          tail = more;
        }
        tail[used++] = state % 256;
        state = Math.floor(state / 256);
      }
      const quotient = Math.floor(state / frequency);
      state = quotient * 2 ** bits + (state - quotient * frequency) + start;
    },
    bytes() {
      const all = new Uint8Array(head + used);
      let rest = state;
      for (let at = head - 1; at >= 0; at--) {
        all[at] = rest % 256;
        rest = Math.floor(rest / 256);
      }
      for (let at = 0; at < used; at++) all[head + at] = tail[used - 1 - at];
      return all;
    },
  };
}
