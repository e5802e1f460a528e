import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

test.each([0, 1, 2, 3, 24_575, 24_576, 24_577, 100_000])('%i bytes come back, and are what Node writes', (length) => {
  const bytes = Uint8Array.from({ length }, (_, at) => (at * 167) & 255);
  expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  expect(fromBase64(toBase64(bytes))).toEqual(bytes);
});
