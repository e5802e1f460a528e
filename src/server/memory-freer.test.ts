import { expect, test } from 'vitest';
import { memoryFreer } from './memory-freer.ts';

const MEGABYTES = 2 ** 20;

test('large pieces are empty afterwards and their memory is free, small ones and parts of others stay as they are', async () => {
  const free = memoryFreer();
  // Once more after the other end was seen to be closed.
  for (let turn = 0; turn < 2; turn++) {
    const [large, small] = [new Uint8Array(MEGABYTES).fill(1), new Uint8Array(10).fill(1)];
    const part = new Uint8Array(MEGABYTES).fill(1).subarray(1);
    for (const piece of [large, small, part]) free(piece);
    expect([large.length, small.length, part.length]).toEqual([0, 10, MEGABYTES - 1]);
    expect(part.at(-1)).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const before = process.memoryUsage().arrayBuffers;
  for (let at = 0; at < 300; at++) free(new Uint8Array(MEGABYTES));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * MEGABYTES);
});
