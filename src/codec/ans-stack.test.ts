import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../base/random.ts';
import { type AnsStack, ansStack, leastState, type StateWidth, stateBytes } from './ans-stack.ts';

interface Slot {
  readonly start: number;
  readonly frequency: number;
  readonly bits: number;
}

const refuse = (): never => {
  throw new Error('refused');
};

function stackOf(width: StateWidth, bytes?: Uint8Array, below: () => number = refuse): AnsStack {
  return ansStack({ width, bytes, below, refuse });
}

/** A slot of any frequency, from 1 to the whole range. */
function drawSlot(random: Random, bits: number): Slot {
  const frequency = Math.min(2 ** bits, Math.max(1, Math.floor(2 ** (random.uniform() * bits))));
  return { start: Math.floor(random.uniform() * (2 ** bits - frequency + 1)), frequency, bits };
}

describe.each([
  [31, 16],
  [48, 32],
] as const)('a state of %i bits, slots of up to %i', (width, most) => {
  const random = createRandom(width);
  const slots = Array.from({ length: 20_000 }, (_, at) => drawSlot(random, 1 + (at % most)));

  test('what is pushed last is popped first, and then the stack is as it was', () => {
    const stack = stackOf(width);
    for (const { start, frequency, bits } of slots) stack.push(start, frequency, bits);
    const again = stackOf(width, stack.bytes());
    for (const { start, frequency, bits } of slots.toReversed()) {
      const place = again.peek(bits);
      expect(place >= start && place < start + frequency).toBe(true);
      again.pop(start, frequency, bits);
    }
    expect(again.bytes()).toEqual(stackOf(width).bytes());
  });

  test('what is popped and pushed again leaves the stack as it was: bits are given back', () => {
    const bytes = Uint8Array.from({ length: 9000 }, () => random.integer(256));
    bytes[0] = width === 31 ? 0x40 : 0x80;
    const stack = stackOf(width, bytes);
    const taken: Slot[] = [];
    for (let time = 0; time < 2000; time++) {
      const bits = 1 + (time % most);
      // A slot around what is there.
      const place = stack.peek(bits);
      const start = Math.floor(random.uniform() * (place + 1));
      const frequency = place - start + 1 + Math.floor(random.uniform() * (2 ** bits - place));
      stack.pop(start, frequency, bits);
      taken.push({ start, frequency, bits });
    }
    expect(stack.bytes().length).toBeLessThan(bytes.length);
    for (const { start, frequency, bits } of taken.toReversed()) stack.push(start, frequency, bits);
    expect(stack.bytes()).toEqual(bytes);
  });

  test('a push takes −log₂ of its share, a hundredth of a percent more at most', () => {
    const stack = stackOf(width);
    let bits = 0;
    for (let time = 0; time < 100_000; time++) {
      const start = random.uniform() < 0.9 ? 0 : 0.9 * 2 ** 16;
      const frequency = start === 0 ? Math.floor(0.9 * 2 ** 16) : 2 ** 16 - Math.floor(0.9 * 2 ** 16);
      stack.push(Math.floor(start), frequency, 16);
      bits += 16 - Math.log2(frequency);
    }
    const written = 8 * stack.bytes().length;
    expect(written).toBeGreaterThan(bits);
    expect(written).toBeLessThan(1.0001 * bits + 8 * stateBytes(width));
  });
});

test('what is below the tail is asked for in order, and is left when all is pushed again', () => {
  const below = [17, 42, 99, 3, 8, 200];
  let used = 0;
  const stack = stackOf(48, undefined, () => below[used++]);
  const places = [0, 1, 2].map(() => {
    const place = stack.peek(12);
    stack.pop(place, 1, 12);
    return place;
  });
  // Thirty-six bits, in whole bytes.
  expect(used).toBe(5);
  for (const place of places.toReversed()) stack.push(place, 1, 12);
  expect([...stack.bytes()].slice(stateBytes(48))).toEqual(below.slice(0, used));
});

test('bytes that no stack has written are refused', () => {
  expect(() => stackOf(31, Uint8Array.of(0, 128, 0))).toThrow('refused');
  expect(() => stackOf(31, Uint8Array.of(0, 127, 255, 255))).toThrow('refused');
  expect(() => stackOf(31, Uint8Array.of(128, 0, 0, 0))).toThrow('refused');
  expect(stackOf(31, Uint8Array.of(0, 128, 0, 0)).peek(16)).toBe(leastState(31) % 65_536);
});
