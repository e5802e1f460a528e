import { expect, test } from 'vitest';
import { makeSpareMemory } from './spare-memory.ts';

const LARGE = 1 << 20;

test('what was given back is used again, for as much and somewhat less', () => {
  const memory = makeSpareMemory();
  const first = memory.take(LARGE);
  const second = memory.take(LARGE);
  expect(second.buffer).not.toBe(first.buffer);
  memory.giveBack(first);
  const third = memory.take(LARGE - 1000);
  expect(third.buffer).toBe(first.buffer);
  expect(third).toHaveLength(LARGE - 1000);
  memory.giveBack(third);
  expect(memory.take(LARGE).buffer).toBe(first.buffer);
});

test('for much less, for more, and of little bytes, there is other memory', () => {
  const memory = makeSpareMemory();
  const large = memory.take(LARGE);
  memory.giveBack(large);
  expect(memory.take(LARGE / 4).buffer).not.toBe(large.buffer);
  expect(memory.take(LARGE + 1).buffer).not.toBe(large.buffer);
  const small = memory.take(1000);
  memory.giveBack(small);
  expect(memory.take(1000).buffer).not.toBe(small.buffer);
});

test('what is kept has a limit: the oldest goes first, and what is too large at once', () => {
  const memory = makeSpareMemory();
  const taken = Array.from({ length: 33 }, () => memory.take(LARGE));
  for (const bytes of taken) memory.giveBack(bytes);
  const again = new Set(Array.from({ length: 33 }, () => memory.take(LARGE).buffer));
  expect(taken.map(({ buffer }) => again.has(buffer))).toEqual(taken.map((_, at) => at > 0));
  const huge = memory.take(33 * LARGE);
  memory.giveBack(huge);
  expect(memory.take(33 * LARGE).buffer).not.toBe(huge.buffer);
});
